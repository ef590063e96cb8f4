// Writes one object piece by piece: from memory, or copied inside S3. Small ones in one request, others in parts.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { FileInfo } from '../jobs/ports.ts';
import type { Place } from './object-key.ts';

const MiB = 1024 * 1024;
/** Every part but the last must have this size. */
export const leastPart = 5 * MiB;
/** What one copy request may carry; the limit is 5 GiB. */
const mostCopied = 1024 * MiB;
const partsInFlight = 3;

export interface Headers {
  ContentType?: string;
  ContentDisposition?: string;
}

/** Bytes come by `write` and `copy`, in their order; nothing is there until `close`; `abort` leaves nothing behind. */
export class ObjectWriter {
  readonly #s3: S3Client;
  readonly #place: Place;
  readonly #headers: Headers;
  readonly #partSize: number;
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  #size = 0;
  #upload: string | undefined;
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];
  readonly #running = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;

  constructor(s3: S3Client, place: Place, headers: Headers, partSize = 8 * MiB) {
    this.#s3 = s3;
    this.#place = place;
    this.#headers = headers;
    this.#partSize = partSize;
  }

  /** Bytes that are held and not yet on their way. */
  get held(): number {
    return this.#waitingSize;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingSize += bytes.length;
    this.#size += bytes.length;
    while (this.#waitingSize > this.#partSize) await this.#flush(this.#partSize);
  }

  /** Copies bytes [start, end) of another object; at least `leastPart` of them, and `held` must be 0 or as large. */
  async copy(from: Place & { etag: string }, start: number, end: number): Promise<void> {
    if (this.#waitingSize > 0) await this.#flush(this.#waitingSize);
    const pieces = Math.ceil((end - start) / mostCopied);
    const step = Math.ceil((end - start) / pieces);
    for (let at = start; at < end; at += step) {
      const last = Math.min(end, at + step) - 1;
      await this.#part(async (PartNumber) => {
        const answer = await this.#s3.send(
          new UploadPartCopyCommand({
            ...this.#place,
            UploadId: this.#upload,
            PartNumber,
            CopySource: `${from.Bucket}/${from.Key.split('/').map(encodeURIComponent).join('/')}`,
            CopySourceIfMatch: from.etag,
            CopySourceRange: `bytes=${at}-${last}`,
          }),
        );
        return answer.CopyPartResult?.ETag;
      });
    }
    this.#size += end - start;
  }

  async close(): Promise<FileInfo> {
    if (this.#upload === undefined) {
      const Body = Buffer.concat(this.#waiting);
      const { ETag } = await this.#s3.send(new PutObjectCommand({ ...this.#place, ...this.#headers, Body }));
      return { size: this.#size, etag: String(ETag) };
    }
    if (this.#waitingSize > 0) await this.#flush(this.#waitingSize);
    await this.#settled();
    const Parts = this.#parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const command = new CompleteMultipartUploadCommand({
      ...this.#place,
      UploadId: this.#upload,
      MultipartUpload: { Parts },
    });
    try {
      const { ETag } = await this.#s3.send(command);
      return { size: this.#size, etag: String(ETag) };
    } catch (error) {
      // When the answer to an earlier try got lost, the upload is gone because the object is there.
      if (!(error instanceof S3ServiceException) || error.name !== 'NoSuchUpload' || error.$metadata.attempts === 1)
        throw error;
      const there = await this.#s3.send(new HeadObjectCommand(this.#place)).catch(() => undefined);
      if (there?.ContentLength !== this.#size) throw error;
      return { size: this.#size, etag: String(there.ETag) };
    }
  }

  /** Takes back all parts. Never throws: what it cannot take back, the bucket's lifecycle does. */
  async abort(): Promise<void> {
    this.#failure ??= { error: new Error('aborted') };
    // A part that arrives after the abort would stay.
    await Promise.all(this.#running);
    if (this.#upload === undefined) return;
    const command = new AbortMultipartUploadCommand({ ...this.#place, UploadId: this.#upload });
    await this.#s3.send(command).catch(() => undefined);
  }

  async #flush(size: number): Promise<void> {
    const [first = new Uint8Array(0), ...others] = this.#waiting;
    const all = others.length > 0 ? Buffer.concat([first, ...others]) : first;
    const Body = all.subarray(0, size);
    this.#waiting = all.length > size ? [all.subarray(size)] : [];
    this.#waitingSize = all.length - size;
    await this.#part(async (PartNumber) => {
      const command = new UploadPartCommand({ ...this.#place, UploadId: this.#upload, PartNumber, Body });
      return (await this.#s3.send(command)).ETag;
    });
  }

  /** Begins to send a part, when there is room for one more in flight. */
  async #part(send: (number: number) => Promise<string | undefined>): Promise<void> {
    while (this.#running.size >= partsInFlight) await Promise.race(this.#running);
    if (this.#failure) throw this.#failure.error;
    if (this.#upload === undefined) {
      const { UploadId } = await this.#s3.send(new CreateMultipartUploadCommand({ ...this.#place, ...this.#headers }));
      this.#upload = UploadId;
    }
    const part = { PartNumber: this.#parts.length + 1, ETag: undefined as string | undefined };
    this.#parts.push(part);
    const running: Promise<void> = send(part.PartNumber)
      .then((etag) => {
        part.ETag = etag;
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }
}
