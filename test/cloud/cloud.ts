// The deployed system on this machine: made from the synthesized templates, standing on emulators, running the very bundles.
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClients, awsClients } from '../../functions/aws/config.ts';
import { type AwsPorts, awsPorts } from '../../functions/aws/ports.ts';
import { awsConfig } from '../../functions/lambda/deps.ts';
import { reportEnv } from '../../functions/lambda/env.ts';
import { type Stage, stageOf } from '../../infra/stage.ts';
import { type Emulators, type ObjectCreated, startEmulators } from '../helpers/emulators.ts';
import { type Container, startContainer } from './container.ts';
import { startGateway } from './gateway.ts';
import { type Guard, startGuard } from './guard.ts';
import { LambdaFunction } from './lambda.ts';
import { startPoller } from './pollers.ts';
import { synthesize } from './synthesize.ts';
import { type Blueprint, type FunctionSpec, readBlueprint } from './template.ts';
import { account, region } from './values.ts';

export interface CloudOptions {
  /** The stage that is deployed; `dev` when absent. */
  stage?: Stage;
  /** 0, any free one, when absent. */
  port?: number;
  /** Seconds after which failed messages come again; as on AWS when absent. */
  retryAfter?: number;
  /** After how many milliseconds the sandbox dies over this event, as it does when memory runs out. */
  deadly?: (fn: string, event: unknown) => number | undefined;
  /** Told of everything that functions print. */
  output?: (fn: string, text: string) => void;
}

export interface Cloud {
  url: string;
  blueprint: Blueprint;
  /** The stores as functions see them, for tests to look into and to make clients. */
  ports: AwsPorts;
  sdk: AwsClients;
  mails: Emulators['ses']['mails'];
  /** What the bus was told. */
  events: Emulators['events']['taken'];
  /** Everything that a function asked of AWS and that its role does not allow. */
  denied: readonly string[];
  bucket(area: 'uploads' | 'exports' | 'jobs'): string;
  queueUrl(name: string): string;
  /** The function called `stevedore-<stage>-<name>`. */
  fn(name: string): LambdaFunction;
  container(name: string): Container;
  /** Runs what the schedules run, now. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const deployed = options.stage ?? stageOf('dev');
  const assembly = synthesize(deployed);
  let onCreated: (object: ObjectCreated) => void = () => undefined;
  const emulators = await startEmulators({ created: (object) => onCreated(object) });
  const queueUrl = (name: string) => `${emulators.endpoints.sqs}/${account}/${name}`;
  const blueprint = readBlueprint(assembly, queueUrl);
  // Those that the emulators check signatures with.
  const credentials = {
    AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? '',
    AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const denied: string[] = [];
  const guards: Guard[] = [];
  const functions = new Map<string, LambdaFunction>();
  const keys = new Map(blueprint.buckets.map(({ name, key }) => [name, key]));
  /** What a function or container finds around it: AWS, as far as its role reaches. */
  const surroundings = async (spec: Pick<FunctionSpec, 'name' | 'rights'>): Promise<Record<string, string>> => {
    const guard = await startGuard(spec.rights, keys, emulators.endpoints, (what) =>
      denied.push(`${spec.name}: ${what}`),
    );
    guards.push(guard);
    const at = (name: string) => [`AWS_ENDPOINT_URL_${name}`, guard.url];
    const service = Object.fromEntries(['DYNAMODB', 'S3', 'SQS', 'SES', 'KMS', 'EVENTBRIDGE'].map(at));
    return { ...credentials, ...service, AWS_REGION: region, ALLOW_LOOPBACK: 'true' };
  };
  const print = (name: string) => (text: string) => options.output?.(name, text);
  for (const spec of blueprint.functions)
    functions.set(spec.name, new LambdaFunction(spec, await surroundings(spec), print(spec.name)));
  const fnOf = (name: string): LambdaFunction => {
    const fn = functions.get(name);
    if (!fn) throw new Error(`no function ${name}`);
    return fn;
  };
  const invoke = async (name: string, event: unknown) => {
    const dieAfter = options.deadly?.(name, event);
    return fnOf(name).invoke(event, dieAfter === undefined ? {} : { dieAfter });
  };
  const stage = (part: string) => `stevedore-${deployed.name}-${part}`;
  const reporter = blueprint.functions.find(({ environment }) => 'MAIL_FROM' in environment);
  const env = reportEnv.parse({ ...reporter?.environment, AWS_REGION: region });
  const config = { ...awsConfig(env), endpoints: emulators.endpoints };
  const sdk = awsClients(config);
  await makeStores(blueprint, sdk, emulators.endpoints.dynamodb);

  onCreated = ({ bucket, key, etag }) => {
    for (const { queue, prefix } of blueprint.objectEvents.filter((to) => to.bucket === bucket)) {
      if (!key.startsWith(prefix)) continue;
      const body = {
        version: '0',
        source: 'aws.s3',
        'detail-type': 'Object Created',
        region,
        detail: { bucket: { name: bucket }, object: { key, etag } },
      };
      void sdk.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody: JSON.stringify(body) }));
    }
  };
  const { retryAfter } = options;
  const pollers = blueprint.mappings.map((mapping) =>
    startPoller(mapping, { sqs: sdk.sqs, queueUrl, invoke, ...(retryAfter !== undefined && { retryAfter }) }),
  );
  const tick = async () => {
    for (const { fn } of blueprint.schedules) await invoke(fn, { 'detail-type': 'Scheduled Event' });
  };
  // A sweep that fails is repeated by the next minute; the function has logged it.
  const clock = setInterval(() => void tick().catch(() => undefined), 60_000);
  const routes = new Map(blueprint.routes.map(({ key, fn }) => [key, fn]));
  const containers = new Map<string, Container>();
  for (const spec of blueprint.containers)
    containers.set(spec.name, await startContainer(spec, await surroundings(spec), print(spec.name)));
  const gateway = await startGateway(options.port ?? 0, routes, invoke);
  return {
    url: gateway.url,
    blueprint,
    ports: awsPorts(config, sdk),
    sdk,
    mails: emulators.ses.mails,
    events: emulators.events.taken,
    denied,
    bucket: (area) => config.buckets[area],
    queueUrl: (name) => queueUrl(stage(name)),
    fn: (name) => fnOf(stage(name)),
    container: (name) => {
      const container = containers.get(name);
      if (!container) throw new Error(`no container ${name}`);
      return container;
    },
    tick,
    stop: async () => {
      clearInterval(clock);
      await gateway.stop();
      await Promise.all([...containers.values()].map((container) => container.stop()));
      await Promise.all(pollers.map((stop) => stop()));
      await Promise.all([...functions.values()].map((fn) => fn.stop()));
      await Promise.all(guards.map((guard) => guard.stop()));
      await emulators.stop();
      assembly.remove();
    },
  };
};

const makeStores = async (blueprint: Blueprint, sdk: AwsClients, endpoint: string): Promise<void> => {
  const dynamodb = new DynamoDBClient({ region, endpoint });
  await Promise.all(
    blueprint.tables.map(async ({ name, keySchema, attributes, indexes }) => {
      await dynamodb.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: keySchema,
          AttributeDefinitions: attributes,
          ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
        }),
      );
      await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: name });
    }),
  );
  await Promise.all(blueprint.buckets.map(({ name }) => sdk.s3.send(new CreateBucketCommand({ Bucket: name }))));
  // Dead letters first: a queue names the one that its messages end in.
  const known = new Set<string>();
  const left = [...blueprint.queues];
  while (left.length > 0) {
    const at = left.findIndex(
      ({ redrive }) => !redrive || known.has(redrive.deadLetterTargetArn.split(':').at(-1) ?? ''),
    );
    const [queue] = left.splice(at, 1);
    if (at < 0 || !queue) throw new Error('queues lead their dead letters to each other');
    await sdk.sqs.send(
      new CreateQueueCommand({
        QueueName: queue.name,
        Attributes: {
          VisibilityTimeout: String(queue.visibilityTimeout),
          MessageRetentionPeriod: String(queue.retention),
          ...(queue.redrive && { RedrivePolicy: JSON.stringify(queue.redrive) }),
        },
      }),
    );
    known.add(queue.name);
  }
};
