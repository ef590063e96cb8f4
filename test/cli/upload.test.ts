// Uploads that break go on under the same job: by themselves, after Ctrl-C, and after the process was killed.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consoleClient } from '../helpers/console-client.ts';
import { until } from '../helpers/machine.ts';
import { type Bench, openBench } from './cli.ts';
import { startUploadProxy, type UploadProxy } from './upload-proxy.ts';

const rows = 20_000;

describe('uploads of the command line', () => {
  let bench: Bench;
  let proxy: UploadProxy;
  let file: string;
  beforeAll(async () => {
    proxy = await startUploadProxy();
    bench = await openBench({ PUBLIC_URL: proxy.url });
    proxy.target = bench.machine.url;
    file = join(bench.folder, 'people.csv');
    const people = Array.from({ length: rows }, (_, index) => `p${index}@example.com,city number ${index}`);
    writeFileSync(file, ['email,city', ...people, ''].join('\n'));
  });
  beforeEach(() => {
    proxy.faults = [];
    proxy.uploads = 0;
  });
  afterAll(async () => {
    await bench.close();
    await proxy.close();
  });

  const door = () => consoleClient((target, init) => fetch(bench.machine.url + target, init));
  const jobsOf = async (list: string): Promise<{ id: string; state: string }[]> =>
    (await door().call('GET', `/jobs?text=${list}`)).body.jobs;
  const remembered = () => readdirSync(join(bench.folder, 'xdg-state', 'stevedore', 'uploads'));

  it('begins a broken upload again by itself, under the same job', async () => {
    proxy.faults = ['cut', 'cut'];
    const { code, stderr } = await bench.run('import', file, '--list', 'Broken', '--wait');
    expect(code).toBe(0);
    expect(stderr.match(/The upload broke/g)).toHaveLength(2);
    expect(proxy.uploads).toBe(3);
    expect(await jobsOf('Broken')).toMatchObject([{ state: 'completed', rows }]);
    expect(remembered()).toEqual([]);
  });

  it('sends nothing twice when only the answer was lost', async () => {
    proxy.faults = ['answerLost'];
    const { code, value } = await bench.json('import', file, '--list', 'Unanswered', '--wait');
    expect(code).toBe(0);
    expect(value).toMatchObject({ state: 'completed', rows });
    expect(proxy.uploads).toBe(1);
  });

  it('ends with 130 at Ctrl-C in an upload, and the same command brings the file to the same job', async () => {
    proxy.faults = ['silent'];
    const command = ['import', file, '--list', 'Interrupted', '--wait'];
    const running = bench.start(command);
    await until(
      async () => proxy.uploads,
      (uploads) => uploads === 1,
    );
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    const [job, ...others] = await jobsOf('Interrupted');
    expect(others).toEqual([]);
    expect(job?.state).toBe('scheduled');
    expect(stderr).toContain(`Job ${job?.id} waits for its file until`);
    expect(stderr).toContain('run the same command again');
    const again = await bench.run(...command);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain(`Going on with job ${job?.id}`);
    expect(await jobsOf('Interrupted')).toMatchObject([{ id: job?.id, state: 'completed', rows }]);
    expect(remembered()).toEqual([]);
  });

  it('loses nothing when the process is killed in an upload', async () => {
    proxy.faults = ['silent'];
    const running = bench.start(['import', file, '--list', 'Killed']);
    await until(
      async () => proxy.uploads,
      (uploads) => uploads === 1,
    );
    running.child.kill('SIGKILL');
    await running.ended;
    const [before] = await jobsOf('Killed');
    const { value } = await bench.json('import', file, '--list', 'Killed');
    expect(value.id).toBe(before?.id);
    expect((await bench.run('jobs', 'watch', value.id)).code).toBe(0);
    expect(await jobsOf('Killed')).toHaveLength(1);
  });

  it('begins anew for another file, another list, --fresh, and a job that was cancelled meanwhile', async () => {
    const interrupt = async (...command: string[]) => {
      proxy.faults = ['silent'];
      proxy.uploads = 0;
      const running = bench.start(command);
      await until(
        async () => proxy.uploads,
        (uploads) => uploads === 1,
      );
      running.child.kill('SIGINT');
      await running.ended;
    };
    await interrupt('import', file, '--list', 'Anew');
    const [first] = await jobsOf('Anew');
    const fresh = await bench.json('import', file, '--list', 'Anew', '--fresh');
    expect(fresh.value.id).not.toBe(first?.id);
    const small = join(bench.folder, 'small.csv');
    writeFileSync(small, 'email\nold@example.com\n');
    await interrupt('import', small, '--list', 'Small');
    const [old] = await jobsOf('Small');
    writeFileSync(small, 'email\nnew@example.com\n');
    const changed = await bench.json('import', small, '--list', 'Small', '--wait');
    expect(changed.value.id).not.toBe(old?.id);
    await interrupt('import', small, '--list', 'Cancelled');
    const [cancelled] = await jobsOf('Cancelled');
    await door().act(cancelled?.id ?? '', 'cancel');
    const after = await bench.json('import', small, '--list', 'Cancelled', '--wait');
    expect(after.value).toMatchObject({ state: 'completed', rows: 1 });
    expect(after.value.id).not.toBe(cancelled?.id);
  });

  it('imports an empty file, and one whose name is not plain', async () => {
    const empty = join(bench.folder, 'émpty "file".csv');
    writeFileSync(empty, '');
    expect(await bench.json('import', empty, '--list', 'Empty', '--wait')).toMatchObject({
      code: 0,
      value: { state: 'completed', rows: 0 },
    });
  });
});
