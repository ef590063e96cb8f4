// The fields of a query string or of an urlencoded body. Whoever sends them is not known yet, so they must cost little.
import { tooManyParameters } from './errors.ts';
import { type Field, maxFields } from './form.ts';

/** Names and values as texts of bytes. Throws ApiError when there are too many. */
export const fieldsOfQuery = (query: string): Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < query.length; ) {
    const ampersand = query.indexOf('&', at);
    const end = ampersand < 0 ? query.length : ampersand;
    if (end > at && fields.length === maxFields) throw tooManyParameters();
    if (end > at) fields.push(fieldOf(query.slice(at, end)));
    at = end + 1;
  }
  return fields;
};

const fieldOf = (pair: string): Field => {
  const equals = pair.indexOf('=');
  return equals < 0
    ? [percentDecoded(pair), '']
    : [percentDecoded(pair.slice(0, equals)), percentDecoded(pair.slice(equals + 1))];
};

const plus = 0x2b;
const space = 0x20;
const percent = 0x25;

/** A broken escape stays as it is. Works on bytes in one pass: a replacement with a callback takes seconds for 10 MB of escapes. */
const percentDecoded = (text: string): string => {
  if (!/[%+]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at] ?? 0;
    if (byte === plus) byte = space;
    else if (byte === percent) {
      const escaped = (hexDigit(bytes[at + 1]) << 4) | hexDigit(bytes[at + 2]);
      if (escaped >= 0) {
        byte = escaped;
        at += 2;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.toString('latin1', 0, length);
};

/** -1 for what is no hexadecimal digit: it keeps its sign under shifts and ors. */
const hexDigit = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};
