// The same command line against the deployed system: uploads by S3's own forms, downloads by its links.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoClient } from '../../functions/server/demo-client.ts';
import { sampleCounts, sampleRows } from '../../tools/sample.ts';
import { type Bench, startBench } from '../cloud/bench.ts';
import { startCli } from './cli.ts';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stevedore-cli-cloud-'));
  bench = await startBench();
}, 180_000);
afterAll(async () => {
  await bench?.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: string[]) => {
  const env = {
    STEVEDORE_URL: bench.cloud.url,
    STEVEDORE_KEY: `${demoClient.apiKey}:${demoClient.secret}`,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  const { code, stdout, stderr } = await startCli([...args, '--json'], env).ended;
  return { code, stderr, value: stdout === '' ? undefined : JSON.parse(stdout) };
};

it('imports a file that no request could carry, brings its rejected rows, and exports it', async () => {
  const file = join(folder, 'people.csv');
  const options = { rows: 3000, seed: 5 };
  writeFileSync(file, Buffer.concat([...sampleRows(options)]));
  const { distinctValid, duplicate, rejected } = sampleCounts(options);
  const imported = await run('import', file, '--list', 'Cloud', '--wait');
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.value).toMatchObject({ state: 'completed', counts: { created: distinctValid, duplicate, rejected } });

  const rest = join(folder, 'rejected.csv');
  expect((await run('rejected', imported.value.id, '-o', rest)).code).toBe(0);
  const checked = await run('check', file);
  expect(checked.value).toMatchObject({ duplicate, rejected, reasons: imported.value.reasons });

  const target = join(folder, 'out.csv');
  const exported = await run('export', 'Cloud', '--fields', 'domain', '-o', target);
  expect(exported.value).toMatchObject({ state: 'completed', counts: { exported: distinctValid } });
  expect(readFileSync(target, 'utf8').trimEnd().split('\n')).toHaveLength(distinctValid + 1);
  expect(bench.cloud.denied).toEqual([]);
}, 300_000);
