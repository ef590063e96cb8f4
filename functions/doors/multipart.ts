// A multipart body, part by part as it arrives. Forgives what real clients send: a body that ends after a boundary line.
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { drain } from './drain.ts';

/** Takes one part; `filename` is undefined for a plain field. Must read `data` to its end, or throw. */
export type TakePart = (name: string, filename: string | undefined, data: AsyncIterable<Uint8Array>) => Promise<void>;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Why a body cannot be read: it is none of this kind, it is damaged or ended early, or it has far too many parts. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
  readonly reason: 'not_multipart' | 'damaged' | 'too_many_parts';
  constructor(reason: BrokenBody['reason']) {
    super(reason);
    this.reason = reason;
  }
}

const maxParts = 10_000;

const damaged = () => new BrokenBody('damaged');

const tailLength = 300;

/** Whether nothing but the two dashes of the closing boundary is missing. The parser itself does not always tell a part cut short. */
const endsAtBoundary = (tail: string, contentType: string): boolean => {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  return tail.trimEnd().endsWith(`\r\n--${quoted ?? plain}`);
};

const openParser = (contentType: string): BusboyInstance => {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Every part as a stream of raw bytes: the charset of fields is known only once the signature is checked.
      isPartAFile: () => true,
      limits: { parts: maxParts },
    });
  } catch {
    throw new BrokenBody('not_multipart');
  }
};

/**
 * Hands over every part. Throws BrokenBody, what `overflow` gave, or what `take` threw; then no `take` is running any more and
 * the rest of the body was read or given up.
 */
export const readParts = async (
  reader: Reader,
  contentType: string,
  overflow: (total: number) => Error | undefined,
  take: TakePart,
): Promise<void> => {
  const parser = openParser(contentType);
  const open = new Set<Readable>();
  const taken: Promise<void>[] = [];
  let failure: { error: unknown } | undefined;
  let wake = (): void => undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    wake();
  };
  /** Waits for the parser, or for a failure: a parser whose part nobody reads any more goes on no more. */
  const until = (begin: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (failure) resolve();
      else begin(resolve);
    });

  parser.on('file', (name: string | undefined, stream, filename: string | undefined) => {
    open.add(stream);
    // Whoever reads the part hears of it as well, and `take` fails by it.
    stream.on('error', () => undefined);
    const taking = take(name ?? '', filename, stream).catch(fail);
    taken.push(taking.finally(() => open.delete(stream)));
  });
  parser.on('partsLimit', () => fail(new BrokenBody('too_many_parts')));
  let tail = '';
  parser.on('error', () => {
    if (!endsAtBoundary(tail, contentType)) fail(damaged());
  });

  try {
    for (let total = 0; !failure; ) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.byteLength;
      tail = (tail + Buffer.from(value.subarray(-tailLength)).toString('latin1')).slice(-tailLength);
      await until((resume) => parser.write(value, () => resume()));
      const excess = overflow(total);
      if (excess) fail(excess);
    }
    if (!failure)
      await until((resume) => {
        parser.on('finish', resume);
        parser.end();
      });
  } catch {
    fail(damaged());
  }
  if (failure) for (const stream of open) stream.destroy(damaged());
  await Promise.all(taken);
  if (!failure) return;
  await drain(reader);
  throw (failure as { error: unknown }).error;
};
