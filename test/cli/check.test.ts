// `check` says of a file what the cloud says of it: the same counts and the same reasons.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFile } from '../../tools/cli/check/engine.ts';
import { sampleCounts, sampleRows } from '../../tools/sample.ts';
import { untilEnded } from '../helpers/machine.ts';
import { type Bench, openBench } from './cli.ts';

/** Cells as real files have them, good and bad; the first of a row is often an address. */
const address = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((number) => `p${number}@example.com`),
  fc.integer({ min: 0, max: 12 }).map((number) => ` P${number}@Example.com `),
  fc.constantFrom(
    '',
    'no-at-sign',
    'two@@example.com',
    'a b@example.com',
    'x@localhost',
    'ü@bücher.example',
    '"open@example.com',
  ),
);
const cell = fc.constantFrom(
  '',
  'Oslo',
  '"a, b"',
  '"line\nbreak"',
  '"say ""hi"""',
  'in"side',
  '"closed" late',
  '\ufffd',
  '\0',
  'Zoë',
);
const row = fc.tuple(address, fc.array(cell, { maxLength: 4 })).map(([first, rest]) => [first, ...rest].join(','));
const header = fc.constantFrom(
  'email,city,plan',
  'Email;city;plan',
  'name,city',
  'email,city,city',
  'p0@example.com',
  'email,signup_date,',
);
const eol = fc.constantFrom('\n', '\r\n', '\r');
const file = fc
  .tuple(header, fc.array(row, { maxLength: 30 }), eol, fc.constantFrom('plain', 'gzip', 'utf16', 'bom'))
  .map(([first, rows, end, form]) => {
    const text = [first, ...rows, ''].join(end);
    if (form === 'gzip') return gzipSync(text);
    if (form === 'utf16') return Buffer.from(`\ufeff${text}`, 'utf16le');
    return Buffer.from(form === 'bom' ? `\ufeff${text}` : text);
  });

describe('check', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  /** What the running system makes of the same bytes, in the words of `check`. */
  const asked = async (path: string) => {
    const posted = await bench.machine.client.post({ job: 'import', list: 'Checked', file: path });
    const job = await untilEnded(bench.machine.client, posted.job_id);
    const { rows, duplicate, rejected, reasons, warnings, error_message } = job as Record<string, unknown>;
    const url = job.rejected_url;
    const text = url === undefined ? '' : await (await fetch(String(url))).text();
    return {
      rows: rows ?? 0,
      duplicate,
      rejected,
      reasons: reasons ?? {},
      warnings: warnings ?? [],
      error_message,
      text,
    };
  };

  const checked = async (path: string) => {
    let seen: unknown;
    await checkFile({ path, type: 'import', params: { list: 'check' }, timeZone: 'UTC' }, async (result) => {
      const { rows = 0, counts, reasons, warnings, failure } = result.job;
      const { duplicate = 0, rejected = 0 } = counts;
      const parts: Uint8Array[] = [];
      for await (const part of result.rejected()) parts.push(part);
      const text = Buffer.concat(parts).toString();
      seen = {
        rows,
        duplicate,
        rejected,
        reasons: { ...reasons },
        warnings: [...warnings],
        error_message: failure?.message,
        text,
      };
    });
    return seen;
  };

  it('has the verdicts of the running system, count for count, reason for reason, line for line', async () => {
    const path = join(bench.folder, 'generated');
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        writeFileSync(path, bytes);
        expect(await checked(path)).toEqual(await asked(path));
      }),
      { numRuns: 40 },
    );
  });

  it('has them for files that are refused whole', async () => {
    const path = join(bench.folder, 'refused');
    const files = [
      Buffer.from('%PDF-1.7'),
      Buffer.from('name\nx\n'),
      gzipSync('email\n').subarray(0, 12),
      Buffer.alloc(0),
    ];
    for (const bytes of files) {
      writeFileSync(path, bytes);
      expect(await checked(path)).toEqual(await asked(path));
    }
  });

  it('has them for a file of many chunks with repeats in it', async () => {
    const path = join(bench.folder, 'large.csv');
    const options = { rows: 45_000, seed: 7 };
    writeFileSync(path, Buffer.concat([...sampleRows(options)]));
    const { duplicate, rejected } = sampleCounts(options);
    const seen = await checked(path);
    expect(seen).toMatchObject({ rows: 45_000, duplicate, rejected });
    expect(seen).toEqual(await asked(path));
  });

  it('needs no server, says what it found, and ends with 5 when rows would be rejected', async () => {
    const path = join(bench.folder, 'said.csv');
    const target = join(bench.folder, 'said-rejected.csv');
    writeFileSync(path, 'email,city\na@example.com,Oslo\nbroken,Rome\nA@example.com,Bonn\n');
    const nowhere = { STEVEDORE_URL: 'http://127.0.0.1:1' };
    const { code, stdout } = await bench.start(['check', path, '-o', target], nowhere).ended;
    expect(code).toBe(5);
    expect(stdout).toMatch(
      /3 rows\n +1 people\n +1 duplicates.*\n +1 would be rejected\n +1 because the address has no @/,
    );
    expect(stdout).toContain('line 3: the address has no @: broken, Rome');
    expect(readFileSync(target, 'utf8')).toBe('email,city,_line,_reason\nbroken,Rome,3,the address has no @\n');
    const json = await bench.json('check', path);
    expect(json.value).toMatchObject({ rows: 3, people: 1, duplicate: 1, rejected: 1 });
    writeFileSync(path, 'email\na@example.com\n');
    expect((await bench.json('check', path)).code).toBe(0);
    writeFileSync(path, '%PDF-1.7');
    expect(await bench.json('check', path)).toMatchObject({
      code: 1,
      value: { failure: expect.stringContaining('a PDF') },
    });
    expect((await bench.run('check', join(bench.folder, 'no-such-file'))).code).toBe(2);
  });

  it('leaves the file where it is, and nothing of it elsewhere', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'stevedore-check-test-'));
    const path = join(bench.folder, 'kept.csv');
    writeFileSync(path, 'email\na@example.com\nbroken\n');
    await bench.start(['check', path], { TMPDIR: temporary }).ended;
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });
});
