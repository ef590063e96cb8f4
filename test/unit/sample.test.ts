// The sample file is what it says it is: same seed, same bytes, and exactly the counts that are promised.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SampleOptions, sampleCounts, sampleRows } from '../../tools/sample.ts';

const fileOf = (options: SampleOptions) => Buffer.concat([...sampleRows(options)]);
const recordsOf = (options: SampleOptions): string[][] =>
  parse(fileOf(options), { relax_column_count: true, record_delimiter: options.crlf ? '\r\n' : '\n' });

/** The rules for addresses, written down a second time and as plainly as can be. */
const addressOf = (cells: string[]): string | undefined => {
  if (cells.length > 7) return undefined;
  const [local = '', domain = '', ...rest] = (cells[0] ?? '').trim().toLowerCase().split('@');
  if (rest.length > 0 || local === '' || Buffer.byteLength(local) > 64 || /[\s"]/.test(local)) return undefined;
  const labels = domainToASCII(domain).split('.');
  return labels.length < 2 || labels.includes('') ? undefined : `${local}@${labels.join('.')}`;
};

const counted = (options: SampleOptions) => {
  const [, ...records] = recordsOf(options);
  const valid = records.map(addressOf).filter((address) => address !== undefined);
  const distinctValid = new Set(valid).size;
  return {
    rows: records.length,
    distinctValid,
    duplicate: valid.length - distinctValid,
    rejected: records.length - valid.length,
  };
};

const options = fc.record({
  rows: fc.integer({ min: 0, max: 2500 }),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  mix: fc.constantFrom('new' as const, 'mixed' as const),
  crlf: fc.boolean(),
});

test('the promised counts are what the file holds', () => {
  fc.assert(
    fc.property(options, (any) => {
      expect(counted(any)).toEqual(sampleCounts(any));
    }),
    { numRuns: 30 },
  );
  const large: SampleOptions = { rows: 60_000 };
  expect(counted(large)).toEqual({ rows: 60_000, distinctValid: 55_800, duplicate: 2_400, rejected: 1_800 });
  expect(sampleCounts(large)).toEqual(counted(large));
});

test('"new" rows are all valid and all different', () => {
  expect(counted({ rows: 20_000, mix: 'new' })).toEqual({
    rows: 20_000,
    distinctValid: 20_000,
    duplicate: 0,
    rejected: 0,
  });
});

test('same options, same bytes; a longer file begins with the shorter one', () => {
  fc.assert(
    fc.property(options, (any) => {
      const file = fileOf(any);
      expect(file.equals(fileOf(any))).toBe(true);
      expect(
        fileOf({ ...any, rows: any.rows + 7 })
          .subarray(0, file.length)
          .equals(file),
      ).toBe(true);
    }),
    { numRuns: 10 },
  );
});

test('other seeds give other people: no address in common', () => {
  const addresses = (seed: number) => recordsOf({ rows: 2000, seed, mix: 'new' }).slice(1).map(addressOf);
  const first = new Set(addresses(1));
  for (const seed of [0, 2, 3, 36, 0xffffffff]) {
    expect(addresses(seed).filter((address) => first.has(address))).toEqual([]);
  }
});

describe('the file holds what real files hold', () => {
  const text = fileOf({ rows: 5000 }).toString();
  const [header, ...records] = recordsOf({ rows: 5000 });
  const cells = records.flat();

  test('the header', () => {
    expect(header).toEqual(['email', 'first_name', 'last_name', 'city', 'plan', 'score', 'signup_date']);
  });

  test('names beyond ASCII, in UTF-8 without loss', () => {
    expect(cells).toEqual(expect.arrayContaining(['Łukasz', 'Νίκος', '美咲', 'Østergård']));
    expect(text).not.toContain('\ufffd');
  });

  test('quoted commas, quotes and newlines, empty cells', () => {
    expect(cells).toEqual(expect.arrayContaining(['Washington, D.C.', 'Anna "Annie"', 'Suite 4\nBristol', '']));
  });

  test('addresses in reserved domains only', () => {
    const domains = new Set(records.map(addressOf).map((address) => address?.split('@')[1]));
    domains.delete(undefined);
    for (const domain of domains) expect(domain).toMatch(/(^|\.)example(\.com|\.org|\.net)?$/);
  });

  test('every row ends as asked for', () => {
    const withCr = fileOf({ rows: 5000, crlf: true }).toString();
    expect(text).not.toContain('\r');
    expect(withCr.split('\r\n')).toHaveLength(5002);
    expect(withCr.replaceAll('\r\n', '\n')).toBe(text);
  });

  test('it comes in pieces: memory does not grow with it', () => {
    let most = 0;
    for (const piece of sampleRows({ rows: 30_000 })) most = Math.max(most, piece.length);
    expect(most).toBeLessThan(512 * 1024);
  });
});

describe('command', () => {
  const run = (...words: string[]) => promisify(execFile)(process.execPath, ['tools/sample.ts', ...words]);

  test('writes the file to standard output or to --out, the counts beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stevedore-sample-'));
    try {
      const out = join(folder, 'file.csv');
      const expected: SampleOptions = { rows: 300, seed: 5, mix: 'new', crlf: true };
      const piped = await run('300', '--seed', '5', '--new', '--crlf');
      const written = await run('300', '--seed', '5', '--new', '--crlf', '--out', out);
      expect(piped.stdout).toBe(fileOf(expected).toString());
      expect(await readFile(out, 'utf8')).toBe(piped.stdout);
      expect(written.stdout).toBe('');
      expect(JSON.parse(written.stderr)).toEqual(sampleCounts(expected));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    [[]],
    [['x']],
    [['-5']],
    [['1.5']],
    [['1', '2']],
    [['1', '--new', '--mixed']],
    [['1', '--seed', 'x']],
    [['1', '--nonsense']],
    [['1', '--out', '/nowhere/file.csv']],
  ])('refuses %j with its usage', async (words) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('usage'),
    });
  });
});
