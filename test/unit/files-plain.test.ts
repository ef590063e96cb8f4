// Sniffing and unpacking: what is accepted, what is refused and how that is said.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../functions/files/plain.ts';
import { detectEol, type Encoding, sniff } from '../../functions/files/sniff.ts';
import { Reject } from '../../functions/jobs/errors.ts';
import { anyCuts, bytesOf, collectBytes, cut } from './files-helpers.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const unpack = (bytes: Uint8Array, sizes?: readonly number[]) =>
  collectBytes(plainText(cut(bytes, sizes), sniff(bytes.subarray(0, 65_536))));

const utf16 = (text: string, encoding: Encoding): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
};

describe('sniffing', () => {
  test.each<[string, Uint8Array, Encoding]>([
    ['an empty file', hex(''), 'utf-8'],
    ['plain text', bytesOf('email\n'), 'utf-8'],
    ['a UTF-8 byte order mark', bytesOf('\ufeffemail\n'), 'utf-8'],
    ['a UTF-16 byte order mark', hex('fffe6100'), 'utf-16le'],
    ['a big-endian UTF-16 byte order mark', hex('feff0061'), 'utf-16be'],
    ['gzip', gzipSync('email\n'), 'gzip'],
    ['a column that begins like a Parquet file', bytesOf('PAR1,email\n'), 'utf-8'],
    ['NUL behind the first 64 KiB', bytesOf(`${'a'.repeat(65_536)}\0`), 'utf-8'],
  ])('knows %s', (_, bytes, encoding) => {
    expect(sniff(bytes)).toEqual({ encoding });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['a zip archive', hex('504b030414000600'), /zip archive or an Excel workbook; accepted is text.*CSV.*gzip/],
    ['an old Excel file', hex('d0cf11e0a1b11ae1'), /old Excel/],
    ['a PDF', bytesOf('%PDF-1.7\n'), /a PDF/],
    ['a PNG', hex('89504e470d0a1a0a'), /PNG/],
    ['bzip2', hex('425a6839314159265359'), /bzip2/],
    ['Zstandard', hex('28b52ffd'), /Zstandard/],
    ['xz', hex('fd377a585a00'), /xz/],
    ['UTF-32', hex('fffe000061000000'), /UTF-32/],
    ['a tar archive', Buffer.concat([Buffer.alloc(257, 'a'), bytesOf('ustar')]), /tar/],
    ['UTF-16 without a byte order mark', utf16('email\n', 'utf-16le').subarray(2), /not text/],
    ['NUL in the first 64 KiB', bytesOf(`${'a'.repeat(65_535)}\0`), /not text/],
  ])('refuses %s and says what it is', (_, bytes, message) => {
    expect(() => sniff(bytes)).toThrow(Reject);
    expect(() => sniff(bytes)).toThrow(message);
  });

  test('takes CR for a line end only when the first 64 KiB hold no LF', () => {
    expect(detectEol(bytesOf('a\rb\r'))).toBe('cr');
    expect(detectEol(bytesOf('a\rb\n'))).toBe('lf');
    expect(detectEol(bytesOf('a'))).toBe('lf');
    expect(detectEol(bytesOf(`a\r${'b'.repeat(65_534)}\n`))).toBe('cr');
    expect(detectEol(bytesOf(`${'b'.repeat(65_535)}\r\n`))).toBe('lf');
  });
});

describe('plain text', () => {
  const text = `email\n${Array.from({ length: 1000 }, (_, n) => `user${n * 7919}@example.com`).join('\n')}\n`;
  const packed = gzipSync(text);

  test('comes out of gzip, of several members too, however it is cut', async () => {
    const members = Buffer.concat([packed, gzipSync('one more\n'), gzipSync('')]);
    for (const sizes of [[1], [7, 100], [1_000_000]])
      expect((await unpack(members, sizes)).toString()).toBe(`${text}one more\n`);
  });

  test('passes plain text through untouched', async () => {
    expect((await unpack(bytesOf('\ufeffemail\n'))).toString()).toBe('\ufeffemail\n');
    expect(await unpack(hex(''))).toEqual(hex(''));
  });

  const damaged = Buffer.from(packed);
  damaged.writeUInt32LE(0, damaged.length - 8);
  test.each<[string, Uint8Array, RegExp]>([
    ['cut short in the data', packed.subarray(0, packed.length / 2), /cut short/],
    ['cut short in the checksum', packed.subarray(0, -3), /cut short/],
    ['cut short in the second member', Buffer.concat([packed, packed.subarray(0, 30)]), /cut short/],
    ['only two bytes long', packed.subarray(0, 2), /cut short/],
    ['with a wrong checksum', damaged, /checksum/],
    ['with text behind', Buffer.concat([packed, bytesOf('some text behind')]), /other bytes behind/],
    ['with zero bytes behind', Buffer.concat([packed, Buffer.alloc(512)]), /other bytes behind/],
    ['with one zero byte behind', Buffer.concat([packed, Buffer.alloc(1)]), /other bytes behind/],
    ['in which another gzip file lies', gzipSync(packed), /another gzip/],
    ['in which a zip lies', gzipSync(hex('504b030414000600')), /zip archive/],
    ['in which no text lies', gzipSync(Buffer.alloc(10)), /not text/],
  ])('is not given of a gzip file %s', async (_, bytes, message) => {
    for (const sizes of [[1], [100], [1_000_000]]) {
      await expect(unpack(bytes, sizes)).rejects.toBeInstanceOf(Reject);
      await expect(unpack(bytes, sizes)).rejects.toThrow(message);
    }
  });

  test('is not given of a gzip file that inflates to more than 200 times its size', async () => {
    await expect(unpack(gzipSync('email\n'.repeat(100_000)))).rejects.toThrow(/200 times/);
    // The bomb is left long before its end.
    let taken = 0;
    const bomb = gzipSync(Buffer.alloc(200 * 1024 ** 2, 'a'));
    await expect(
      (async () => {
        for await (const block of plainText(cut(bomb), { encoding: 'gzip' })) taken += block.length;
      })(),
    ).rejects.toThrow(/200 times/);
    expect(taken).toBeLessThan(50 * 1024 ** 2);
  });

  test('ends with the error of its source, not one about gzip', async () => {
    async function* failing() {
      yield packed.subarray(0, 100);
      throw new Error('the disk is gone');
    }
    await expect(collectBytes(plainText(failing(), { encoding: 'gzip' }))).rejects.toThrow('the disk is gone');
  });

  test('closes its source when the reader leaves', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield packed;
      } finally {
        closed = true;
      }
    }
    for await (const _ of plainText(source(), { encoding: 'gzip' })) break;
    await expect.poll(() => closed).toBe(true);
  });

  test('comes out of UTF-16 of either order, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), anyCuts, async (any, sizes) => {
        for (const encoding of ['utf-16le', 'utf-16be'] as const) {
          const bytes = utf16(any, encoding);
          expect((await collectBytes(plainText(cut(bytes, sizes), { encoding }))).toString()).toBe(any);
          expect((await unpack(gzipSync(bytes), sizes)).toString()).toBe(any);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is invalid just where UTF-16 was: lone surrogates, half a unit', async () => {
    const lone = utf16('a\nb\ud800c\nd\udc00\n\ufffd😀', 'utf-16le');
    for (const sizes of [[1], [3], [1000]]) {
      const plain = await unpack(Buffer.concat([lone, hex('61')]), sizes);
      expect(plain.toString('hex')).toBe(
        Buffer.concat([
          bytesOf('a\nb'),
          hex('ff'),
          bytesOf('c\nd'),
          hex('ff'),
          bytesOf('\n\ufffd😀'),
          hex('ff'),
        ]).toString('hex'),
      );
    }
  });
});
