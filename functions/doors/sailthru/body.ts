// The body of a POST: its fields as texts of bytes, and its file, which goes to the store while it arrives.
import { createHash, type Hash, randomBytes } from 'node:crypto';
import type { Files } from '../../jobs/ports.ts';
import { drain } from '../drain.ts';
import { BrokenBody, readParts, type TakePart } from '../multipart.ts';
import { ApiError, bodyTooLarge, fileTooLarge, tooManyParameters } from './errors.ts';
import type { Field } from './form.ts';
import { fieldsOfQuery } from './query.ts';

const mebibyte = 1024 * 1024;

export interface Limits {
  /** Bytes of all fields together. */
  fields: number;
  /** Bytes of a file. */
  file: number;
}
export const defaultLimits: Limits = { fields: 10 * mebibyte, file: 1024 * mebibyte };

/** A file that lies in the store. `sha256` only when it was asked for. */
export interface Upload {
  key: string;
  filename: string;
  sha256?: string;
}

export interface Body {
  fields: Field[];
  upload?: Upload;
}

/** Text as bytes, one character each. */
const rawText = (bytes: Buffer): string => bytes.toString('latin1');

/** Removes spooled files. What the caller must hear is why, not that this failed: the store lets uploads expire anyway. */
export const discard = (files: Pick<Files, 'remove'>, keys: readonly string[]): Promise<void> =>
  keys.length === 0 ? Promise.resolve() : files.remove(keys).catch(() => undefined);

/** Reads a body whole. Throws ApiError, and then nothing of it is left in the store. */
export const readBody = async (
  request: Request,
  files: Pick<Files, 'put' | 'remove'>,
  options: { limits: Limits; hash: boolean },
): Promise<Body> => {
  const reader = request.body?.getReader();
  if (!reader) return { fields: [] };
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^\s*multipart\//i.test(contentType)) return { fields: await readUrlencoded(reader, options.limits) };
  // Said at once, instead of after a gigabyte.
  if (Number(request.headers.get('content-length')) > mostBytes(options.limits)) {
    await drain(reader);
    throw new ApiError(400, 99, fileTooLarge);
  }
  return readMultipart(reader, contentType, files, options);
};

/** Headers and boundaries of the parts come on top of what they hold. */
const mostBytes = (limits: Limits): number => limits.file + limits.fields + mebibyte;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const readUrlencoded = async (reader: Reader, limits: Limits): Promise<Field[]> => {
  const chunks: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read().catch(() => {
      throw new ApiError(400, 99, 'The request body ended early');
    });
    if (done) return fieldsOfQuery(rawText(Buffer.concat(chunks)).trim());
    size += value.byteLength;
    if (size > limits.fields) {
      await drain(reader);
      throw bodyTooLarge();
    }
    chunks.push(value);
  }
};

const brokenBodies: Record<BrokenBody['reason'], () => ApiError> = {
  not_multipart: () => new ApiError(400, 99, 'Invalid multipart body'),
  damaged: () => new ApiError(400, 99, 'Failed to upload file'),
  too_many_parts: tooManyParameters,
};

const readMultipart = async (
  reader: Reader,
  contentType: string,
  files: Pick<Files, 'put' | 'remove'>,
  { limits, hash }: { limits: Limits; hash: boolean },
): Promise<Body> => {
  const fields: Field[] = [];
  const spooled: (Upload & { part: string; size: number })[] = [];
  let fieldBytes = 0;
  let fileParts = 0;

  const takeField = async (name: string, data: AsyncIterable<Uint8Array>): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) {
      fieldBytes += chunk.byteLength;
      if (fieldBytes > limits.fields) throw bodyTooLarge();
      chunks.push(chunk);
    }
    fields.push([rawText(Buffer.from(name)), rawText(Buffer.concat(chunks))]);
  };
  const takeFile = async (part: string, filename: string, data: AsyncIterable<Uint8Array>): Promise<void> => {
    const wanted = part === 'file' ? !spooled.some((other) => other.part === 'file') : fileParts === 1;
    if (!wanted) {
      for await (const _ of data);
      return;
    }
    const digest = hash ? createHash('sha256') : undefined;
    const upload = { key: `uploads/spool/${randomBytes(16).toString('hex')}`, filename, part, size: 0 };
    spooled.push(upload);
    const info = await files.put(upload.key, digest ? hashing(data, digest) : data, { maxBytes: limits.file });
    Object.assign(upload, { size: info.size, ...(digest && { sha256: digest.digest('hex') }) });
  };
  const take: TakePart = (name, filename, data) => {
    if (filename === undefined) return takeField(name, data);
    fileParts++;
    return takeFile(name, filename, data);
  };

  const most = mostBytes(limits);
  try {
    const tooLong = () => (fileParts > 0 ? new ApiError(400, 99, fileTooLarge) : bodyTooLarge());
    await readParts(reader, contentType, (total) => (total > most ? tooLong() : undefined), take);
    const chosen = spooled.find((upload) => upload.part === 'file') ?? (fileParts === 1 ? spooled[0] : undefined);
    // A form whose file was not chosen sends a part without a name and without bytes.
    const upload = chosen && (chosen.filename !== '' || chosen.size > 0) ? chosen : undefined;
    const others = spooled.filter((other) => other !== upload);
    await discard(
      files,
      others.map(({ key }) => key),
    );
    if (!upload) return { fields };
    const { key, filename, sha256 } = upload;
    return { fields, upload: { key, filename, ...(sha256 !== undefined && { sha256 }) } };
  } catch (error) {
    await discard(
      files,
      spooled.map(({ key }) => key),
    );
    throw error instanceof BrokenBody ? brokenBodies[error.reason]() : error;
  }
};

async function* hashing(data: AsyncIterable<Uint8Array>, digest: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of data) {
    digest.update(chunk);
    yield chunk;
  }
}
