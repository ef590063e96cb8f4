// Imports, exports and rejected rows through the command line, against the real server.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobAnswer } from '../../functions/doors/console/schemas.ts';
import { type Bench, openBench } from './cli.ts';

const people =
  'email,city\nada@example.com,Oslo\nnot-an-address,Rome\ngrace@example.com,"Paris, France"\nada@example.com,Bonn\n';

describe('orders of the command line', () => {
  let bench: Bench;
  let file: string;
  beforeAll(async () => {
    bench = await openBench();
    file = join(bench.folder, 'people.csv');
    writeFileSync(file, people);
  });
  afterAll(() => bench.close());

  it('imports a file, waits for the end, and tells what became of the rows and why', async () => {
    const { code, stdout, stderr } = await bench.run('import', file, '--list', 'Told', '--wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(/List Import: Told {2}completed/);
    expect(stdout).toMatch(/4 rows\n +2 created\n +1 duplicate\n +1 rejected\n +1 because the address has no @/);
    expect(stdout).toMatch(/stevedore rejected [0-9a-f]{24} -o rejected\.csv/);
    expect(stderr).toMatch(/^Job [0-9a-f]{24}\n$/);
  });

  it('ends with 5 in strict mode when rows were rejected, with 0 when none were', async () => {
    const rejected = await bench.json('import', file, '-l', 'Strict', '--strict');
    expect(rejected.code).toBe(5);
    expect(rejected.value).toMatchObject({ state: 'completed', counts: { rejected: 1 } });
    expect((await bench.json('import', '--emails', 'a@example.com', '-l', 'Strict', '--strict')).code).toBe(0);
  });

  it('writes with --json one object as the API shows a job, and nothing else', async () => {
    const begun = await bench.json('import', file, '--list', 'Json');
    expect(begun.code).toBe(0);
    expect(jobAnswer.parse(begun.value).name).toBe('List Import: Json');
    expect(begun.stderr).toBe('');
    const ended = await bench.json('import', file, '--list', 'Json', '--wait');
    expect(jobAnswer.parse(ended.value).state).toBe('completed');
    expect(ended.stderr).toBe('');
  });

  it('ends with 1 when the job fails, and says why', async () => {
    const bad = join(bench.folder, 'bad.csv');
    writeFileSync(bad, 'name,city\nAda,Oslo\n');
    const { code, stdout } = await bench.run('import', bad, '--list', 'Bad', '--wait');
    expect(code).toBe(1);
    expect(stdout).toContain('The file has no column "email"');
  });

  it('makes a dry run that changes nothing, and carries it out when told to', async () => {
    const plan = await bench.json('import', file, '--list', 'Planned', '--plan', '--wait');
    expect(plan.value).toMatchObject({ mode: 'plan', state: 'completed', counts: { created: 0, updated: 2 } });
    const fresh = join(bench.folder, 'fresh.csv');
    writeFileSync(fresh, 'email\nnobody-before@example.com\n');
    const other = await bench.json('import', fresh, '--list', 'Planned', '--plan', '--wait');
    expect(other.value).toMatchObject({ counts: { created: 1 } });
    const run = await bench.json('jobs', 'run', other.value.id, '--wait');
    expect(run.value).toMatchObject({ mode: 'run', state: 'completed', counts: { created: 1 } });
  });

  it('passes on the error budget and the options of the order', async () => {
    const { value } = await bench.json(
      'import',
      file,
      '-l',
      'Budget',
      '--max-errors',
      '0',
      '--begins-at',
      'January 1, 2020',
      '--wait',
    );
    expect(value).toMatchObject({ errorBudget: { maxErrors: 0 } });
    expect(value.state).not.toBe('completed');
    const later = Math.floor(Date.now() / 1000) + 86_400;
    const waiting = await bench.json('import', file, '-l', 'Budget', '--begins-at', String(later));
    expect(waiting.value).toMatchObject({ state: 'scheduled', beginsAt: new Date(later * 1000).toISOString() });
  });

  it('exports a list to a file, whole, and to stdout', async () => {
    await bench.json('import', file, '--list', 'Out', '--wait');
    const target = join(bench.folder, 'out.csv');
    const { code, value } = await bench.json('export', 'Out', '--fields', 'domain,vars.city', '-o', target);
    expect(code).toBe(0);
    expect(value).toMatchObject({ type: 'export_list_data', state: 'completed', counts: { exported: 2 } });
    const text = readFileSync(target, 'utf8');
    expect(text.split('\n')[0]).toBe('"Profile Id","Email Hash",Domain,city');
    expect(text).toContain('Bonn');
    const out = await bench.run('export', 'Out', '--fields', 'domain,vars.city', '-o', '-');
    expect(out.stdout).toBe(text);
    expect(readdirSync(bench.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('refuses an export of a list that is not there with 3, and leaves no file behind', async () => {
    const target = join(bench.folder, 'nothing.csv');
    const { code, stderr, stdout } = await bench.run('export', 'Nowhere', '-o', target, '--json');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'list_not_found', message: 'List not found' } });
    expect(existsSync(target)).toBe(false);
  });

  it('brings the rejected rows, which can be imported again once they are mended', async () => {
    const { value } = await bench.json('import', file, '--list', 'Mend', '--wait');
    const { stdout } = await bench.run('rejected', value.id);
    expect(stdout).toBe('email,city,_line,_reason\nnot-an-address,Rome,3,the address has no @\n');
    const target = join(bench.folder, 'rejected.csv');
    const told = await bench.json('rejected', value.id, '-o', target);
    expect(told.value).toMatchObject({ job: value.id, kind: 'rejected', path: target, size: stdout.length });
    writeFileSync(target, readFileSync(target, 'utf8').replace('not-an-address', 'alan@example.com'));
    const again = await bench.json('import', target, '--list', 'Mend', '--wait', '--strict');
    expect(again).toMatchObject({ code: 0, value: { counts: { created: 1 } } });
  });

  it('says so when nothing was rejected', async () => {
    const { value } = await bench.json('import', '--emails', 'fine@example.com', '-l', 'Fine', '--wait');
    const { code, stdout, stderr } = await bench.run('rejected', value.id);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('has no such file');
  });

  it('updates people who are named, who are in a file, and who match a query', async () => {
    await bench.json('import', '--emails', 'u1@example.com,u2@example.com', '-l', 'Updated', '--wait');
    const named = await bench.json(
      'update',
      '--emails',
      'u1@example.com',
      '--set',
      'city=Oslo',
      '--add-to',
      'North',
      '--wait',
    );
    expect(named).toMatchObject({ code: 0, value: { type: 'update', counts: { updated: 1 } } });
    const lines = join(bench.folder, 'updates.jsonl');
    writeFileSync(lines, '{"email":"u2@example.com","vars":{"city":"Rome"}}\nbroken\n');
    const filed = await bench.json('update', lines, '--strict');
    expect(filed).toMatchObject({ code: 5, value: { counts: { updated: 1, rejected: 1 } } });
    const checked = await bench.json('check', lines, '--type', 'update');
    expect(checked).toMatchObject({ code: 5, value: { rows: 2, rejected: 1, reasons: filed.value.reasons } });
    const query = JSON.stringify({ source_list: 'Updated' });
    const chosen = await bench.json('update', '--query', query, '--unset', 'city', '--wait');
    expect(chosen).toMatchObject({ code: 0, value: { counts: { updated: 2 } } });
    const refused = await bench.run('update', '--emails', 'u1@example.com', '--update', '{"optout":"maybe"}', '--json');
    expect(refused.code).toBe(3);
  });

  it('asks for exactly one source of rows', async () => {
    expect((await bench.run('import', '-l', 'Main')).code).toBe(2);
    expect((await bench.run('import', file, '--emails', 'a@example.com', '-l', 'Main')).code).toBe(2);
    expect(await bench.run('import', 'no-such-file.csv', '-l', 'Main')).toMatchObject({ code: 2, stdout: '' });
  });
});
