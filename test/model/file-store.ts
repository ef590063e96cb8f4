// Objects in memory: whole or not at all.
import { FileGone, type FileInfo } from '../../functions/jobs/ports.ts';

export interface StoredFile extends FileInfo {
  bytes: Buffer;
  /** The step in which it was put. */
  step: number;
}

export class FileStore {
  readonly objects = new Map<string, StoredFile>();
  readonly #step: () => number;
  #puts = 0;

  constructor(step: () => number) {
    this.#step = step;
  }

  put(key: string, bytes: Buffer): FileInfo {
    const file = { bytes, size: bytes.length, etag: `e${++this.#puts}`, step: this.#step() };
    this.objects.set(key, file);
    return { size: file.size, etag: file.etag };
  }

  get(key: string, { start, end, etag }: { start?: number; end?: number; etag?: string }): Buffer {
    const file = this.objects.get(key);
    if (!file || (etag !== undefined && file.etag !== etag)) throw new FileGone();
    return file.bytes.subarray(start, end);
  }

  join(key: string, parts: readonly string[]): FileInfo {
    return this.put(key, Buffer.concat(parts.map((part) => this.get(part, {}))));
  }

  list(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  text(key: string): string | undefined {
    return this.objects.get(key)?.bytes.toString('utf8');
  }
}
