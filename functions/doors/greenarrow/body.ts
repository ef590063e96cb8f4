// The body of a call: read only once the caller is known, up to a size.

import { depthOf, maxJsonDepth } from '../../jobs/json-depth.ts';
import { drain } from '../drain.ts';
import { DoorError, invalidRequest } from './errors.ts';

/** Bytes of a body: 10 MB of a file stand in it even when every line end and quote is escaped. */
const maxBody = 24 * 1024 ** 2;

/** The JSON object in a body. Throws DoorError when it is too large, or none. */
export const readObject = async (request: Request): Promise<Record<string, unknown>> => {
  const bytes = await readBytes(request);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = depthOf(text) <= maxJsonDepth ? JSON.parse(text) : undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below: the parser's own words may repeat what was sent.
  }
  throw invalidRequest('The body is not a JSON object in UTF-8, or nested too deeply');
};

/** Reads what nobody wants: most clients read no answer before they have sent everything. */
export const discardBody = async ({ body }: Request): Promise<void> => {
  if (body && !body.locked) await drain(body.getReader());
};

const readBytes = async (request: Request): Promise<Buffer> => {
  const reader = request.body?.getReader();
  const pieces: Uint8Array[] = [];
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(() => {
      throw invalidRequest('The body ended early');
    });
    if (done) break;
    size += value.byteLength;
    if (size > maxBody) {
      await drain(reader);
      throw new DoorError('invalid_request', 'The body is larger than 24 MB: bring the file by its URL', 413);
    }
    pieces.push(value);
  }
  return Buffer.concat(pieces);
};
