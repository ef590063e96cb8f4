// UTF-16 bytes to UTF-8 bytes.
import type { Encoding } from './sniff.ts';

/** Stands for what is no text: never part of UTF-8, so that the row reader rejects the row and only that. */
const invalid = 0xff;

/** Decodes UTF-16 with its byte order mark. Lone surrogates and half a unit at the end become a byte that is no UTF-8. */
export async function* utf8FromUtf16(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Extract<Encoding, `utf-16${string}`>,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = Buffer.alloc(0);
  let first = true;
  for await (const block of bytes) {
    const joined = Buffer.concat([rest, block]);
    const units = joined.length - (joined.length % 2);
    const lead = units >= 2 ? (joined[encoding === 'utf-16le' ? units - 1 : units - 2] ?? 0) : 0;
    // A high surrogate waits for its partner.
    const end = (lead & 0xfc) === 0xd8 ? units - 2 : units;
    rest = Buffer.from(joined.subarray(end));
    if (end === 0) continue;
    const whole = joined.subarray(first ? 2 : 0, end);
    first = false;
    yield encode((encoding === 'utf-16be' ? whole.swap16() : whole).toString('utf16le'));
  }
  if (rest.length > 0) yield Buffer.from([invalid]);
}

const encode = (text: string): Buffer => {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Buffer[] = [];
  for (const [index, part] of text.split(/\p{Cs}/u).entries()) {
    if (index > 0) parts.push(Buffer.from([invalid]));
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
};
