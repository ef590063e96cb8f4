// What options become on the wire, and how things are shown to a person.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../tools/cli/commands/export.ts';
import { updateOf } from '../../tools/cli/commands/update.ts';
import { bytesText, plain, table } from '../../tools/cli/output.ts';
import { barLine } from '../../tools/cli/progress.ts';

describe('words of the command line', () => {
  it('makes the fields of an export out of names', () => {
    expect(fieldsOf('opens,clicks')).toEqual({ opens: 1, clicks: 1 });
    expect(fieldsOf('domain,vars')).toEqual({ domain: 1, vars: 1 });
    expect(fieldsOf(' domain , vars.city,vars.a.b')).toEqual({ domain: 1, vars: { city: 1, 'a.b': 1 } });
    expect(fieldsOf('vars,vars.city')).toEqual({ vars: { city: 1 } });
    expect(() => fieldsOf('opens,,clicks')).toThrow(/names separated by commas/);
  });

  it('makes the change of an update out of options, as the API takes it', () => {
    expect(updateOf({})).toEqual({});
    expect(
      updateOf({ set: { city: 'Oslo' }, unset: ['old'], addTo: ['A'], removeFrom: ['B'], optout: 'blast' }),
    ).toEqual({ vars: { city: 'Oslo' }, delete_vars: ['old'], lists: { A: 1, B: 0 }, optout: 'blast' });
    expect(updateOf({ update: { signup_date: '2020-01-01' }, addTo: ['A'] })).toEqual({
      signup_date: '2020-01-01',
      lists: { A: 1 },
    });
  });

  it('shows progress without ever leaving its line', () => {
    expect(barLine('Upload', 0, 100)).toBe(`Upload [${' '.repeat(28)}]  0 %`);
    expect(barLine('Upload', 50, 100, '5 of 10')).toBe(`Upload [${'='.repeat(14)}${' '.repeat(14)}] 50 %  5 of 10`);
    expect(barLine('pending', 0, null)).toBe(`pending [${' '.repeat(28)}]`);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (value, total) => {
        const line = barLine('x', value, total);
        expect(line.length).toBe(`x [${' '.repeat(28)}]`.length + 5);
      }),
    );
  });

  it('lets no control character of others reach the terminal', () => {
    expect(plain('List Import: \u001b[31mred\u001b[0m\nnext\u0007')).toBe('List Import: red next ');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{Cc}/u.test(plain(text))));
    const lines = table(
      ['id', 'name'],
      [
        ['1', 'a\nb'],
        ['22', 'c'],
      ],
    ).split('\n');
    expect(lines).toEqual(['id  name', '1   a b', '22  c']);
  });

  it('writes sizes as people read them', () => {
    expect([0, 999, 1000, 1_234_567, 5_000_000_000].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.2 MB',
      '5.0 GB',
    ]);
  });

  it('runs as the package’s own command, and passes exit codes on', async () => {
    const command = new URL('../../tools/stevedore.mjs', import.meta.url).pathname;
    const run = promisify(execFile);
    expect((await run(process.execPath, [command, '--help'])).stdout).toContain('Usage: stevedore');
    await expect(run(process.execPath, [command, 'nonsense'])).rejects.toMatchObject({ code: 2 });
  });
});
