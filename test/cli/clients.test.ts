// The lifecycle of a client by the command line, while the system runs: on one machine, and on the stores of a stack.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientStore } from '../../functions/aws/clients.ts';
import { awsClients } from '../../functions/aws/config.ts';
import { type Emulators, startEmulators } from '../helpers/emulators.ts';
import { type Bench, linesOf, openBench, startCli } from './cli.ts';

describe('clients on one machine', () => {
  let bench: Bench;
  let home: Record<string, string>;
  beforeAll(async () => {
    bench = await openBench();
    home = { STEVEDORE_HOME: join(bench.folder, 'state') };
  });
  afterAll(() => bench.close());

  const clients = async (...args: string[]) => {
    const { code, stdout, stderr } = await bench.start(['clients', ...args, '--json'], home).ended;
    return { code, stderr, value: stdout === '' ? undefined : linesOf(stdout)[0], lines: linesOf(stdout) };
  };
  /** How a call with these credentials ends. */
  const callAs = async ({ apiKey, secret }: { apiKey: string; secret: string }) =>
    (await bench.run('jobs', 'list', '--key', `${apiKey}:${secret}`)).code;

  it('makes a client that may call at once, gives it a new secret, disables and enables it', async () => {
    const made = await clients('create', 'shop', '--time-zone', 'Europe/Oslo', '--name', 'the-shop');
    expect(made.value).toMatchObject({ id: 'shop', username: 'the-shop', settings: { timeZone: 'Europe/Oslo' } });
    expect(made.value.secret).toMatch(/^[0-9a-f]{32}$/);
    expect(await callAs(made.value)).toBe(0);

    const rotated = await clients('rotate', 'shop');
    expect(rotated.value.apiKey).toBe(made.value.apiKey);
    expect(rotated.value.settings.timeZone).toBe('Europe/Oslo');
    expect(await callAs(made.value)).toBe(3);
    expect(await callAs(rotated.value)).toBe(0);
    const rekeyed = await clients('rotate', 'shop', '--new-key');
    expect(await callAs({ ...rotated.value, secret: rekeyed.value.secret })).toBe(3);
    expect(await callAs(rekeyed.value)).toBe(0);

    expect((await clients('disable', 'shop')).value).toMatchObject({ id: 'shop', disabled: true });
    expect(await callAs(rekeyed.value)).toBe(3);
    expect((await clients('enable', 'shop')).value.disabled).toBeUndefined();
    expect(await callAs(rekeyed.value)).toBe(0);
  });

  it('shows the secret once and keeps it encrypted', async () => {
    const made = await clients('create', 'quiet');
    const { secret } = made.value;
    for (const args of [['list'], ['set', 'quiet', '--export-hours', '4'], ['disable', 'quiet']]) {
      const said = await bench.start(['clients', ...args], home).ended;
      expect(said.code).toBe(0);
      expect(said.stdout + said.stderr).not.toContain(secret);
      expect(JSON.stringify((await clients(...args)).lines)).not.toContain(secret);
    }
    const files = readdirSync(home.STEVEDORE_HOME ?? '', { recursive: true, encoding: 'utf8' })
      .map((name) => join(home.STEVEDORE_HOME ?? '', name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const path of files) expect(readFileSync(path).includes(secret), path).toBe(false);
  });

  it('lists all clients, one a line, and says what is wrong with what it is told', async () => {
    await clients('create', 'listed', '--dialect', 'strict');
    const { lines } = await clients('list');
    expect(lines.map(({ id }) => id)).toEqual(expect.arrayContaining(['demo', 'listed']));
    const refused = await clients('create', 'listed');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr).error.message).toContain('There is a client "listed" already');
    expect((await clients('rotate', 'nobody')).code).toBe(1);
    expect((await clients('create', 'no/name')).code).toBe(2);
    expect((await clients('set', 'listed', '--time-zone', 'Mars/Olympus')).code).toBe(2);
    const elsewhere = { STEVEDORE_HOME: join(bench.folder, 'typo') };
    expect((await bench.start(['clients', 'list'], elsewhere).ended).stderr).toContain('There is no Stevedore in');
  });
});

describe('clients of a stack', () => {
  let emulators: Emulators;
  const table = 'stevedore-trial-data-clientstable1A2B3C-XYZ';
  const kmsKeyId = 'alias/stevedore-trial-secrets';
  beforeAll(async () => {
    emulators = await startEmulators();
    await sdk().dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
  });
  afterAll(() => emulators.stop());

  const sdk = () => awsClients({ region: emulators.region, endpoints: emulators.endpoints });
  const clients = async (...args: string[]) => {
    const env = {
      AWS_REGION: emulators.region,
      AWS_ENDPOINT_URL_DYNAMODB: emulators.endpoints.dynamodb,
      AWS_ENDPOINT_URL_KMS: emulators.endpoints.kms,
    };
    const { code, stdout, stderr } = await startCli(['clients', ...args, '--stack', 'trial', '--json'], env).ended;
    return { code, stderr, lines: linesOf(stdout) };
  };

  it('finds the table of the stage, and writes clients as its functions read them', async () => {
    const { dynamodb, kms } = sdk();
    const store = awsClientStore(dynamodb, kms, table, kmsKeyId);
    const { lines: made } = await clients('create', 'shop');
    const [{ apiKey, secret }] = made;
    expect(await store.byKey(apiKey)).toMatchObject({ id: 'shop', secret });
    const [rotated] = (await clients('rotate', 'shop')).lines;
    expect((await store.byId('shop'))?.secret).toBe(rotated.secret);
    expect(rotated.secret).not.toBe(secret);
    await clients('disable', 'shop');
    expect(await store.byKey(apiKey)).toBeUndefined();
    expect((await clients('list')).lines).toMatchObject([{ id: 'shop', disabled: true }]);
    const raw = JSON.stringify(await dynamodb.send(new ScanCommand({ TableName: table })));
    expect(raw).toContain('shop');
    for (const kept of [secret, rotated.secret]) expect(raw).not.toContain(kept);
  });

  it('says so when there is no such stack', async () => {
    const { code, stderr } = await startCli(['clients', 'list', '--stack', 'other'], {
      AWS_REGION: emulators.region,
      AWS_ENDPOINT_URL_DYNAMODB: emulators.endpoints.dynamodb,
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('There is no stack "other" in us-east-1');
  });
});
