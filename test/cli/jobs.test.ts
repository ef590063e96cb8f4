// Following jobs and acting on them through the command line; leaving, and coming back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobAnswer, jobSummary } from '../../functions/doors/console/schemas.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { until } from '../helpers/machine.ts';
import { type Bench, linesOf, openBench } from './cli.ts';

describe('jobs of the command line', () => {
  let bench: Bench;
  let door: ReturnType<typeof consoleClient>;
  beforeAll(async () => {
    bench = await openBench();
    door = consoleClient((target, init) => fetch(bench.machine.url + target, init));
  });
  afterAll(() => bench.close());

  /** A job that stands still until somebody does something with it. */
  const waitingJob = async (list: string): Promise<string> => {
    const begins_at = Math.floor(Date.now() / 1000) + 86_400;
    return (await door.submit({ type: 'import', list, emails: 'a@example.com', begins_at })).body.id;
  };

  it('lists jobs by state and text, page after page, one JSON object a line', async () => {
    const ids = [await waitingJob('Listed one'), await waitingJob('Listed two'), await waitingJob('Another')];
    const { stdout, code } = await bench.run('jobs', 'list', '--text', 'listed', '--state', 'scheduled', '--json');
    expect(code).toBe(0);
    const found = linesOf(stdout).map((line) => jobSummary.parse(line).id);
    expect(found.sort()).toEqual(ids.slice(0, 2).sort());
    const limited = await bench.run('jobs', 'list', '-n', '2');
    expect(limited.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(limited.stderr).toContain('There are more');
    const none = await bench.run('jobs', 'list', '--text', 'no such text', '--json');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect((await bench.run('jobs', 'list', '--state', 'nonsense')).code).toBe(3);
  });

  it('shows a job as the API does, and in words', async () => {
    const id = await waitingJob('Shown');
    expect(jobAnswer.parse((await bench.json('jobs', 'show', id)).value).id).toBe(id);
    const { stdout } = await bench.run('jobs', 'show', id);
    expect(stdout).toMatch(/^List Import: Shown {2}scheduled/);
    expect(stdout).toContain('It allows: pause, cancel');
  });

  it('pauses, resumes and cancels a job, and says with 3 what the job does not allow', async () => {
    const id = await waitingJob('Steered');
    expect((await bench.json('jobs', 'pause', id)).value.state).toBe('paused');
    expect((await bench.json('jobs', 'resume', id)).value.state).toBe('scheduled');
    expect((await bench.json('jobs', 'cancel', id)).value.state).toBe('cancelled');
    const again = await bench.run('jobs', 'pause', id, '--json');
    expect(again.code).toBe(3);
    expect(JSON.parse(again.stderr).error).toEqual({
      code: 'not_allowed',
      message: 'The job is cancelled: it cannot be paused',
    });
  });

  it('retries the rows that were rejected, as a job of its own', async () => {
    const { value } = await bench.json('import', '--emails', 'fine@example.com,broken', '-l', 'Retried', '--wait');
    const again = await bench.json('jobs', 'retry', value.id, '--wait');
    expect(again.value).toMatchObject({ parent: value.id, state: 'completed', rows: 1, counts: { rejected: 1 } });
    expect(again.value.id).not.toBe(value.id);
  });

  it('follows a job to its end, with each change on a line', async () => {
    const id = await waitingJob('Watched');
    const watching = bench.start(['jobs', 'watch', id, '--json']);
    let seen = '';
    watching.child.stdout?.on('data', (block) => {
      seen += String(block);
    });
    await until(
      async () => seen,
      (text) => text.includes('"scheduled"'),
    );
    await door.act(id, 'cancel');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(1);
    const states = linesOf(stdout).map((line) => jobAnswer.parse(line).state);
    expect(states).toEqual(['scheduled', 'cancelled']);
  });

  it('leaves the job running at Ctrl-C, ends with 130 and says how to come back', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => `left${index}@example.com`).join('\n');
    const file = join(bench.folder, 'left.txt');
    writeFileSync(file, rows);
    const later = String(Math.floor(Date.now() / 1000) + 86_400);
    const running = bench.start(['import', file, '-l', 'Left', '--begins-at', later, '--wait']);
    const [, id = ''] = await running.said(/Job ([0-9a-f]{24})/);
    running.child.kill('SIGINT');
    const { code, stderr, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`Job ${id} goes on without you. To come back: stevedore jobs watch ${id}`);
    expect((await door.job(id)).body.state).toBe('scheduled');
  });

  it('bears a server that is away for a moment while it waits', async () => {
    const id = await waitingJob('Away');
    const { port } = new URL(bench.machine.url);
    const watching = bench.start(['jobs', 'watch', id, '--json']);
    let seen = '';
    watching.child.stdout?.on('data', (block) => {
      seen += String(block);
    });
    await until(
      async () => seen,
      (text) => text.includes('"scheduled"'),
    );
    await bench.restart({ PORT: port });
    await door.act(id, 'cancel');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(1);
    expect(linesOf(stdout).at(-1).state).toBe('cancelled');
  });

  it('takes nothing for the id of a job that is none', async () => {
    expect(await bench.run('jobs', 'show', '../overview')).toMatchObject({ code: 2, stdout: '' });
    const unknown = await bench.run('jobs', 'show', '0'.repeat(24), '--json');
    expect(unknown.code).toBe(3);
    expect(JSON.parse(unknown.stderr).error.code).toBe('job_not_found');
  });
});
