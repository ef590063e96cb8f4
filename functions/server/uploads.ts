// Takes the files of upload tickets on one machine, as S3 takes a presigned form on AWS: the fields, then exactly the bytes, S3's words.
import type { Context, Handler } from 'hono';
import { BrokenBody, readParts, type TakePart } from '../doors/multipart.ts';
import type { Ports } from '../jobs/ports.ts';

/** What a valid form allows. */
interface UploadTarget {
  key: string;
  size: number;
}

interface UploadRules {
  ports: Pick<Ports, 'files' | 'log'>;
  /** What the fields of a form allow, `expired` or `invalid`. */
  check: (fields: ReadonlyMap<string, string>) => UploadTarget | 'expired' | 'invalid';
  /** Told of every object that lies in the store; of one that lay there already once more. */
  arrived: (key: string) => Promise<unknown>;
}

/** Bytes of all fields together: S3's own limit. */
const mostFields = 20_000;
/** Names, headers and boundaries of the parts come on top of what they hold. */
const mostBesides = 1024 * 1024;

class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly status: 400 | 403 | 409;
  readonly code: string;
  constructor(status: 400 | 403 | 409, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const tooLarge = () =>
  new UploadError(400, 'EntityTooLarge', 'Your proposed upload exceeds the size that the form was made for');
const tooSmall = () =>
  new UploadError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the size that the form was made for');
const taken = () => new UploadError(409, 'ObjectAlreadyExists', 'The file of this form has been uploaded already');
const malformed = () =>
  new UploadError(400, 'MalformedPOSTRequest', 'The body is not well-formed multipart/form-data with one part "file"');

/** The form is the authority: no cookie counts here, so a page of any origin may send one, and read the answer. */
const anyOrigin = { 'access-control-allow-origin': '*' };
const preflight = {
  ...anyOrigin,
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': '*',
  'access-control-max-age': '3600',
};

/** Answers `POST` and `OPTIONS`: 204, or a status with S3's XML. */
export const uploads = (rules: UploadRules): Handler => {
  const ending = new Set<string>();
  return async (context) => {
    if (context.req.method === 'OPTIONS') return context.body(null, 204, preflight);
    try {
      await receive(context.req.raw, rules, ending);
      return context.body(null, 204, anyOrigin);
    } catch (error) {
      if (error instanceof UploadError) return refuse(context, error.status, error.code, error.message);
      if (error instanceof BrokenBody) return refuse(context, 400, malformed().code, malformed().message);
      rules.ports.log.error('uploads.unexpected', { error: error instanceof Error ? error.name : 'unknown' });
      return refuse(context, 500, 'InternalError', 'Please try again');
    }
  };
};

const refuse = (context: Context, status: 400 | 403 | 409 | 500, code: string, message: string): Response =>
  context.body(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    status,
    { 'content-type': 'application/xml', ...anyOrigin },
  );

type Data = AsyncIterable<Uint8Array>;

/** `ending` holds the keys whose bytes have all come and whose requests are not over: a job must not find another file in its place. */
const receive = async (request: Request, rules: UploadRules, ending: Set<string>): Promise<void> => {
  const contentType = request.headers.get('content-type') ?? '';
  const reader = request.body?.getReader();
  if (!reader || !/^\s*multipart\/form-data/i.test(contentType)) throw malformed();
  const { files } = rules.ports;
  const form = new Map<string, string>();
  const fields: Promise<void>[] = [];
  let target: UploadTarget | undefined;
  let claimed = false;
  let stored = false;
  let whole = false;

  const takeFile = async (data: Data): Promise<void> => {
    // The parser is ahead of whoever reads the fields.
    await Promise.all(fields);
    const { key, size } = allowed(rules.check(form));
    target = { key, size };
    await refuseSecond(rules, ending, key);
    const body = async function* () {
      yield* exactly(data, size);
      // Of those that send at the same time, the first that is whole has it.
      if (ending.has(key)) throw taken();
      ending.add(key);
      claimed = true;
      await refuseSecond(rules, new Set(), key);
    };
    await files.put(key, body(), { maxBytes: size });
    stored = true;
  };
  const room = { bytes: mostFields };
  let fileParts = 0;
  const take: TakePart = async (name, _filename, data) => {
    if (name === 'file' && fileParts++ === 0) return takeFile(data);
    // What follows the file counts for nothing.
    if (fileParts > 0) return skip(data);
    const field = takeField(form, name, data, room);
    fields.push(field);
    return field;
  };

  const overflow = (total: number) => (total > (target?.size ?? 0) + mostBesides ? tooLarge() : undefined);
  try {
    await readParts(reader, contentType, overflow, take);
    if (!stored || !target) throw malformed();
    whole = true;
    await rules.arrived(target.key);
  } catch (error) {
    // The body went wrong behind the file: whoever sent it hears of no success, so there is none.
    if (stored && target && !whole) await files.remove([target.key]);
    throw error;
  } finally {
    if (claimed && target) ending.delete(target.key);
  }
};

const skip = async (data: Data): Promise<void> => {
  for await (const _ of data);
};

const takeField = async (form: Map<string, string>, name: string, data: Data, room: { bytes: number }) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data) {
    room.bytes -= chunk.byteLength;
    if (room.bytes < 0)
      throw new UploadError(400, 'MaxPostPreDataLengthExceeded', 'The fields before the file are too large');
    chunks.push(chunk);
  }
  if (form.has(name)) throw malformed();
  form.set(name, Buffer.concat(chunks).toString());
};

const allowed = (checked: UploadTarget | 'expired' | 'invalid'): UploadTarget => {
  if (checked === 'invalid') throw new UploadError(403, 'AccessDenied', 'The form is not signed, or was changed');
  if (checked === 'expired') throw new UploadError(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
  return checked;
};

const refuseSecond = async (
  { ports, arrived }: UploadRules,
  ending: ReadonlySet<string>,
  key: string,
): Promise<void> => {
  if (ending.has(key)) throw taken();
  if (!(await ports.files.head(key))) return;
  // Whoever brought it may have died, or failed, before its job heard of it.
  await arrived(key);
  throw taken();
};

async function* exactly(data: Data, size: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of data) {
    total += chunk.byteLength;
    if (total > size) throw tooLarge();
    yield chunk;
  }
  if (total < size) throw tooSmall();
}
