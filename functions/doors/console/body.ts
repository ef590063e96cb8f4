// The body of a call: read whole before anyone knows who calls, so it must be small.

import { depthOf, maxJsonDepth } from '../../jobs/json-depth.ts';
import { drain } from '../drain.ts';
import { DoorError } from './errors.ts';

/** Bytes of a body. */
const maxBody = 1024 * 1024;

/** The bytes of the body. Throws DoorError when there are too many, or when they end early. */
export const readBody = async (request: Request): Promise<Buffer> => {
  const reader = request.body?.getReader();
  const pieces: Uint8Array[] = [];
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(() => {
      throw new DoorError(400, 'invalid_json', 'The body ended early');
    });
    if (done) break;
    size += value.byteLength;
    if (size > maxBody) {
      await drain(reader);
      throw new DoorError(413, 'too_large', 'The body is larger than 1 MB: bring addresses as a file');
    }
    pieces.push(value);
  }
  return Buffer.concat(pieces);
};

/** The JSON in a body. Throws DoorError when it is none. */
export const readJson = (body: Uint8Array): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (depthOf(text) <= maxJsonDepth) return JSON.parse(text);
  } catch {
    // Said below: the parser's own words may repeat what was sent.
  }
  throw new DoorError(400, 'invalid_json', 'The body is not JSON in UTF-8, or nested too deeply');
};
