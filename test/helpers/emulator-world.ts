// The ports on emulators, with tables, buckets and queues made: what the contracts run against.
import { type AwsClients, type AwsConfig, awsClients } from '../../functions/aws/config.ts';
import { type AwsPorts, awsPorts } from '../../functions/aws/ports.ts';
import type { QueueName } from '../../functions/jobs/ports.ts';
import { registry } from '../../functions/jobs/registry.ts';
import { makeAll } from './aws-tables.ts';
import { type FaultyLine, startFaultyLine } from './emulator-faults.ts';
import { type Emulators, startEmulators } from './emulators.ts';

export interface World {
  ports: AwsPorts;
  sdk: AwsClients;
  config: AwsConfig;
  emulators: Emulators;
}

const name = (part: string) => `stevedore-test-${part}`;

export const openWorld = async (): Promise<World> => {
  const emulators = await startEmulators();
  const config: AwsConfig = {
    region: emulators.region,
    endpoints: emulators.endpoints,
    tables: {
      clients: name('clients'),
      jobs: name('jobs'),
      profiles: name('profiles'),
      lists: name('lists'),
      members: name('members'),
      aliases: name('aliases'),
      purchases: name('purchases'),
      content: name('content'),
      sends: name('sends'),
      blasts: name('blasts'),
      recipients: name('recipients'),
      appends: name('appends'),
    },
    buckets: { uploads: name('uploads'), exports: name('exports'), jobs: name('jobs') },
    queues: {},
    mailFrom: 'stevedore@example.com',
    kmsKeyId: 'alias/test',
    eventBus: name('events'),
  };
  const sdk = awsClients(config);
  await makeAll(config, sdk, ['plan', 'report', ...registry.map(({ name }): QueueName => `lane-${name}`)]);
  return { ports: awsPorts(config, sdk), sdk, config, emulators };
};

export const closeWorld = async ({ emulators, sdk }: World): Promise<void> => {
  await emulators.stop();
  for (const client of Object.values(sdk)) client.destroy();
};

/** A world that opens and closes as a suite does, and what the suite asks of it. */
export const inWorld = <P>(subject: (world: World) => P): { open(): Promise<P>; close(): Promise<void> } => {
  let world: World | undefined;
  return {
    async open() {
      world = await openWorld();
      return subject(world);
    },
    async close() {
      if (world) await closeWorld(world);
    },
  };
};

/** The same world reached over a line that makes faults for one service. */
export const overFaultyLine = async (
  { config }: World,
  service: keyof Emulators['endpoints'],
): Promise<{ line: FaultyLine; ports: AwsPorts; close(): Promise<void> }> => {
  const line = await startFaultyLine(config.endpoints?.[service] ?? '');
  const sdk = awsClients({ ...config, endpoints: { ...config.endpoints, [service]: line.endpoint } });
  return {
    line,
    ports: awsPorts(config, sdk),
    async close() {
      for (const client of Object.values(sdk)) client.destroy();
      await line.stop();
    },
  };
};
