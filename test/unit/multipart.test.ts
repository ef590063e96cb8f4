// Multipart bodies as the public clients write them, however the network cuts them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../functions/doors/multipart.ts';

interface Part {
  name: string;
  filename: string | undefined;
  text: string;
}

const streamOf = (chunks: Iterable<Uint8Array>): ReadableStreamDefaultReader<Uint8Array> =>
  ReadableStream.from<Uint8Array>(chunks).getReader();

/** Cuts bytes at the given places. */
const cut = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const places = [
    0,
    ...[...at].map((place) => place % (bytes.length + 1)).sort((one, other) => one - other),
    bytes.length,
  ];
  return places
    .slice(1)
    .map((end, index) => bytes.subarray(places[index], end))
    .filter((chunk) => chunk.length > 0);
};

const parse = async (body: string | Buffer, cuts: readonly number[] = [], boundary = 'X'): Promise<Part[]> => {
  const parts: Part[] = [];
  const chunks = cut(Buffer.isBuffer(body) ? body : Buffer.from(body), cuts);
  await readParts(
    streamOf(chunks),
    `multipart/form-data; boundary=${boundary}`,
    () => undefined,
    async (name, filename, data) => {
      const read: Uint8Array[] = [];
      const part: Part = { name, filename, text: '' };
      parts.push(part);
      for await (const chunk of data) read.push(chunk);
      part.text = Buffer.concat(read).toString();
    },
  );
  return parts;
};

const field = (name: string, value: string) =>
  `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (head: string, value: string) =>
  `--X\r\nContent-Disposition: form-data; ${head}\r\nContent-Type: text/plain\r\n\r\n${value}\r\n`;
const csv = 'email,first_name\r\nada@example.com,Ada\r\n--xenon,--X\n\r\n--\r\n';
const people = { name: 'file', filename: 'people.csv', text: csv };
const json = { name: 'json', filename: undefined, text: '{"job":"import","list":"Main"}' };

const shapes: [string, string, Part[]][] = [
  [
    'fields, then the file',
    `${field('json', json.text)}${file('name="file"; filename="people.csv"', csv)}--X--\r\n`,
    [json, people],
  ],
  [
    'the file, then fields',
    `${file('name="file"; filename="people.csv"', csv)}${field('json', json.text)}--X--`,
    [people, json],
  ],
  [
    'no closing boundary',
    `\r\n${field('json', json.text)}${file('name="file"; filename=people.csv', csv)}--X\r\n`,
    [json, people],
  ],
  [
    'no closing boundary, and no line end either',
    `${field('json', json.text)}${file('name="file"; filename="people.csv"', csv)}--X`,
    [json, people],
  ],
  [
    'no closing boundary after a field',
    `${file('name="file"; filename="people.csv"', csv)}${field('json', json.text)}--X\r\n`,
    [people, json],
  ],
  [
    'an empty field and an empty file',
    `${field('a', '')}${file('name="file"; filename="e.csv"', '')}--X--\r\n`,
    [
      { name: 'a', filename: undefined, text: '' },
      { name: 'file', filename: 'e.csv', text: '' },
    ],
  ],
  [
    'text before the first boundary and behind the last',
    `preamble\r\n${field('json', json.text)}--X--\r\nepilogue`,
    [json],
  ],
  [
    'a part without a disposition',
    `--X\r\nContent-Type: text/plain\r\n\r\nlost\r\n${field('json', json.text)}--X--\r\n`,
    [json],
  ],
  ['a path as file name', `${file('name="file"; filename="C:\\\\data\\\\people.csv"', csv)}--X--`, [people]],
];

describe('a multipart body', () => {
  it.each(shapes)('with %s is read whole, however it is cut', async (_, body, expected) => {
    expect(await parse(body)).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 12 }), async (cuts) => {
        expect(await parse(body, cuts)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    const bytes = Array.from({ length: Buffer.byteLength(body) }, (_, at) => at);
    expect(await parse(body, bytes)).toEqual(expected);
  });

  it('with the constant boundary of Ruby is read', async () => {
    const boundary = '-----------RubyMultipartPost';
    const body = `${field('json', json.text)}${file('name="file"; filename="local.path"', csv)}--X--\r\n`
      .replaceAll('--X\r', `--${boundary}\r`)
      .replace('--X--', `--${boundary}--`);
    const parts = await parse(body, [50, 99], boundary);
    expect(parts.map(({ filename }) => filename)).toEqual([undefined, 'local.path']);
  });

  it('keeps the bytes of a field as they are', async () => {
    const latin1 = Buffer.from(`${field('json', '{"list":"Über"}')}--X--`, 'latin1');
    const read: string[] = [];
    await readParts(
      streamOf([latin1]),
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        for await (const chunk of data) read.push(Buffer.from(chunk).toString('latin1'));
      },
    );
    expect(read.join('')).toBe('{"list":"Über"}');
  });

  it('that is cut short inside a part is refused, however it is cut, even when nobody has begun to read the part', async () => {
    const whole = `${field('json', json.text)}${file('name="file"; filename="people.csv"', csv)}`;
    const headOfFile = whole.indexOf('--X', 4);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: headOfFile + 6, max: whole.length }),
        fc.array(fc.nat(whole.length), { maxLength: 6 }),
        async (end, cuts) => {
          await expect(parse(whole.slice(0, end), cuts)).rejects.toMatchObject({ reason: 'damaged' });
        },
      ),
      { numRuns: 60 },
    );
    const lazy = readParts(
      streamOf([Buffer.from(whole)]),
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        await new Promise((resolve) => setImmediate(resolve));
        for await (const chunk of data) expect(chunk.length).toBeGreaterThan(0);
      },
    );
    await expect(lazy).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('is refused when the connection breaks, after every reader of a part has heard of it', async () => {
    const heard: string[] = [];
    const broken = async function* () {
      yield Buffer.from(file('name="file"; filename="people.csv"', csv.repeat(5000)));
      throw new Error('socket hang up');
    };
    const reader = ReadableStream.from<Uint8Array>(broken()).getReader();
    const reading = readParts(
      reader,
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        try {
          for await (const chunk of data) expect(chunk.length).toBeGreaterThan(0);
        } catch (error) {
          heard.push('failed');
          throw error;
        }
      },
    );
    await expect(reading).rejects.toMatchObject({ reason: 'damaged' });
    expect(heard).toEqual(['failed']);
  });

  it('is read on and forgotten when a part is refused, and the first refusal is the answer', async () => {
    let sent = 0;
    const endless = function* () {
      yield Buffer.from(`--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`);
      for (; sent < 200; sent++) yield Buffer.alloc(1024 * 1024, 'a');
    };
    const reading = readParts(
      streamOf(endless()),
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        for await (const chunk of data) if (chunk.length > 0) throw new Error('no room');
      },
    );
    await expect(reading).rejects.toThrow('no room');
    expect(sent).toBeGreaterThan(60);
    expect(sent).toBeLessThan(80);
  });

  it('is refused as well when a part fails while the next bytes are still on their way', async () => {
    const failed = Promise.withResolvers<void>();
    const slow = async function* () {
      yield Buffer.from(`--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nemail\n`);
      await failed.promise;
      for (let chunk = 0; chunk < 10; chunk++) yield Buffer.alloc(1024 * 1024, 'a');
    };
    const reader = ReadableStream.from<Uint8Array>(slow()).getReader();
    const reading = readParts(
      reader,
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        for await (const chunk of data) {
          setImmediate(() => failed.resolve());
          if (chunk.length > 0) throw new Error('no room');
        }
      },
    );
    await expect(reading).rejects.toThrow('no room');
  });

  it('holds back the sender while a part is not read', async () => {
    let sent = 0;
    const megabytes = function* () {
      yield Buffer.from(`--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`);
      for (; sent < 100; sent++) yield Buffer.alloc(1024 * 1024, 'a');
      yield Buffer.from('\r\n--X--\r\n');
    };
    let size = 0;
    let ahead = 0;
    await readParts(
      streamOf(megabytes()),
      'multipart/form-data; boundary=X',
      () => undefined,
      async (_, __, data) => {
        for await (const chunk of data) {
          size += chunk.length;
          await new Promise((resolve) => setImmediate(resolve));
          ahead = Math.max(ahead, sent - Math.floor(size / (1024 * 1024)));
        }
      },
    );
    expect(size).toBe(100 * 1024 * 1024);
    expect(ahead).toBeLessThan(5);
  });

  it('without a boundary, or with very many parts, is refused', async () => {
    const reader = streamOf([Buffer.from('x')]);
    await expect(
      readParts(
        reader,
        'multipart/form-data',
        () => undefined,
        async () => undefined,
      ),
    ).rejects.toMatchObject({ reason: 'not_multipart' });
    await expect(parse(`${field('a', 'b').repeat(10_001)}--X--`)).rejects.toMatchObject({ reason: 'too_many_parts' });
  });
});
