// Promises about what is deployed: complete settings, bundles that load, nothing in them that belongs to the build.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registry } from '../../functions/jobs/registry.ts';
import {
  apiEnv,
  deadLetterEnv,
  type EnvSchema,
  laneEnv,
  planEnv,
  reportEnv,
  sweepEnv,
  uploadsEnv,
} from '../../functions/lambda/env.ts';
import { bundles, handlers } from '../../infra/bundle.ts';
import { synth } from './synth.ts';

const root = join(import.meta.dirname, '..', '..');
const made = synth();

const schemas: [string, EnvSchema][] = [
  ['api', apiEnv],
  ['plan', planEnv],
  ...registry.map((type): [string, EnvSchema] => [`lane-${type.name}`, laneEnv]),
  ['report', reportEnv],
  ['dead-letter', deadLetterEnv],
  ['sweep', sweepEnv],
  ['uploads', uploadsEnv],
];

it('has a schema here for every function', () => {
  const names = made.all('AWS::Lambda::Function').map(([, fn]) => fn.Properties.FunctionName);
  expect(names.toSorted()).toEqual(schemas.map(([name]) => `stevedore-dev-${name}`).toSorted());
});

describe.each(schemas)('the environment of %s', (name, schema) => {
  const variables: Record<string, unknown> = made.fn(name)[1].Properties.Environment.Variables;

  it('has every variable that its schema requires, and none that it does not know', () => {
    const runtime = new Set(['AWS_REGION']);
    for (const [key, type] of Object.entries(schema.shape))
      if (!type.safeParse(undefined).success && !runtime.has(key)) expect(variables).toHaveProperty(key);
    for (const key of Object.keys(variables)) expect(Object.keys(schema.shape)).toContain(key);
  });

  it('reaches no emulator and no loopback address', () => {
    expect(Object.keys(variables).filter((key) => /ENDPOINT|LOOPBACK/.test(key))).toEqual([]);
  });

  it('fits into the 4 KB that Lambda allows, with names as long as AWS makes them', () => {
    const longest = JSON.stringify(variables).replace(/\{"(?:Ref|Fn::\w+)":(?:"[^"]*"|\[[^\]]*\])\}/g, 'x'.repeat(100));
    expect(longest.length).toBeLessThan(4096);
  });
});

describe('bundles', () => {
  it('hold neither the CDK nor the other way to run', () => {
    const inputs = Object.keys(bundles().metafile.inputs);
    expect(inputs.length).toBeGreaterThan(100);
    expect(
      inputs.filter((path) =>
        /aws-cdk-lib|constructs\/|cdk-nag|^infra\/|^test\/|functions\/(embedded|server)\//.test(path),
      ),
    ).toEqual([]);
  });

  it.each(handlers)('load %s without reading the environment or failing', (entry) => {
    const file = join(bundles().folder(entry), 'index.mjs');
    const code = `import(${JSON.stringify(file)}).then((m) => process.stdout.write(typeof m.handler))`;
    expect(execFileSync(process.execPath, ['-e', code], { env: {}, encoding: 'utf8' })).toBe('function');
  });

  it('stay small enough for a quick cold start', () => {
    for (const entry of handlers)
      expect(readFileSync(join(bundles().folder(entry), 'index.mjs')).length).toBeLessThan(3_000_000);
  });
});

it('synthesizes by the command line, without an account and without the network', () => {
  const out = mkdtempSync(join(tmpdir(), 'stevedore-synth-'));
  try {
    // Any attempt to leave this machine fails at once.
    const nowhere = 'http://127.0.0.1:9';
    const run = spawnSync('npx', ['--offline', 'cdk', 'synth', '--quiet', '--output', out], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: out, HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, CI: 'true' },
    });
    expect(run.status, run.stderr).toBe(0);
    const templates = readdirSync(out).filter((file) => file.endsWith('.template.json'));
    expect(templates.toSorted()).toEqual(
      ['data', 'service', 'watch'].map((part) => `stevedore-small-${part}.template.json`),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
