// The body of a call: a JSON object, read up to a size once the caller is known.
import { depthOf, maxJsonDepth } from '../../jobs/json-depth.ts';
import { isObject, type JsonObject } from '../../jobs/json-line.ts';
import { drain } from '../drain.ts';
import { DoorError, invalid } from './errors.ts';

/** Bytes of a batch of records in a request. */
const maxBody = 10 * 1024 ** 2;

/** No body at all is an empty object where `optional`. Throws DoorError. */
export const readObject = async (request: Request, { optional = false } = {}): Promise<JsonObject> => {
  const type = request.headers.get('content-type');
  if (type && !/^\s*application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type))
    throw new DoorError(415, 'Unsupported Media Type');
  const bytes = await readBytes(request);
  if (optional && bytes.length === 0) return {};
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = depthOf(text) <= maxJsonDepth ? JSON.parse(text) : undefined;
    if (isObject(value)) return value;
  } catch {
    // Said below: the parser's own words may repeat what was sent.
  }
  throw invalid('The body is not a JSON object');
};

const readBytes = async (request: Request): Promise<Buffer> => {
  const reader = request.body?.getReader();
  const pieces: Uint8Array[] = [];
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(() => {
      throw invalid('The body ended early');
    });
    if (done) break;
    size += value.byteLength;
    if (size > maxBody) {
      await drain(reader);
      throw new DoorError(413, 'Request Too Long');
    }
    pieces.push(value);
  }
  return Buffer.concat(pieces);
};
