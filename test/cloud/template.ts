// Reads a synthesized system: what exists, what it is called here, and what is connected with what.
import type { Statement } from './policy.ts';
import type { Synthesized } from './synthesize.ts';
import { Values } from './values.ts';

interface TableSpec {
  name: string;
  keySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  attributes: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  indexes: {
    IndexName: string;
    KeySchema: TableSpec['keySchema'];
    Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' };
  }[];
}
interface QueueSpec {
  name: string;
  visibilityTimeout: number;
  retention: number;
  redrive?: { deadLetterTargetArn: string; maxReceiveCount: number };
}
export interface FunctionSpec {
  name: string;
  /** The folder of the deployed bundle. */
  folder: string;
  timeoutSeconds: number;
  environment: Record<string, string>;
  rights: Statement[];
}
/** A container that runs for good. */
export interface ContainerSpec {
  name: string;
  /** The folder that its image is built of. */
  folder: string;
  environment: Record<string, string>;
  rights: Statement[];
}
export interface Blueprint {
  tables: TableSpec[];
  /** `key` is the ARN of the key that objects are encrypted with. */
  buckets: { name: string; key: string }[];
  queues: QueueSpec[];
  functions: FunctionSpec[];
  containers: ContainerSpec[];
  /** Queue to function, by their names. */
  mappings: { queue: string; fn: string; batchSize: number; concurrency: number }[];
  /** Route key to function. */
  routes: { key: string; fn: string }[];
  schedules: { fn: string; expression: string }[];
  /** Objects whose key has the prefix go to the queue as events. */
  objectEvents: { bucket: string; prefix: string; queue: string }[];
}

const nameInArn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

interface Rule {
  ScheduleExpression?: string;
  EventPattern?: {
    source: string[];
    'detail-type': string[];
    detail: { bucket: { name: string[] }; object: { key: { prefix: string }[] } };
  };
  Targets: { Arn: string }[];
}

/** Every resource of a type, by `Ref` and with its properties resolved; the caller knows what AWS says of the type. */
type All = <P>(type: string) => { ref: string; of: P }[];

/** `queueUrl` tells under which URL a queue will be. */
export const readBlueprint = ({ stacks, assetFolder }: Synthesized, queueUrl: (name: string) => string): Blueprint => {
  const exported = new Map<string, unknown>();
  const values = stacks.map((stack) => ({ stack, value: new Values(stack.resources, queueUrl, exported) }));
  for (const { stack, value } of values)
    for (const output of Object.values(stack.outputs))
      if (output.Export) exported.set(output.Export.Name, value.resolve(output.Value));
  const all: All = <P>(type: string) =>
    values.flatMap(({ stack, value }) =>
      Object.entries(stack.resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, { Properties }]) => ({ ref: value.refOf(id), of: value.resolve(Properties ?? {}) as P })),
    );
  const rules = all<Rule>('AWS::Events::Rule').map(({ of }) => of);
  return {
    tables: tablesOf(all),
    buckets: bucketsOf(all),
    queues: queuesOf(all),
    functions: functionsOf(all, assetFolder),
    containers: containersOf(all, assetFolder),
    mappings: mappingsOf(all),
    routes: routesOf(all),
    schedules: rules.flatMap((rule) => {
      const expression = rule.ScheduleExpression;
      return expression === undefined ? [] : rule.Targets.map(({ Arn }) => ({ fn: nameInArn(Arn), expression }));
    }),
    objectEvents: rules.flatMap(objectEventsOf),
  };
};

const tablesOf = (all: All): TableSpec[] =>
  all<{
    KeySchema: TableSpec['keySchema'];
    AttributeDefinitions: TableSpec['attributes'];
    GlobalSecondaryIndexes?: TableSpec['indexes'];
  }>('AWS::DynamoDB::Table').map(({ ref, of }) => ({
    name: ref,
    keySchema: of.KeySchema,
    attributes: of.AttributeDefinitions,
    indexes: of.GlobalSecondaryIndexes ?? [],
  }));

const bucketsOf = (all: All): Blueprint['buckets'] =>
  all<{
    BucketEncryption: {
      ServerSideEncryptionConfiguration: { ServerSideEncryptionByDefault: { KMSMasterKeyID: string } }[];
    };
  }>('AWS::S3::Bucket').map(({ ref, of }) => {
    const [rule] = of.BucketEncryption.ServerSideEncryptionConfiguration;
    return { name: ref, key: rule?.ServerSideEncryptionByDefault.KMSMasterKeyID ?? '' };
  });

const queuesOf = (all: All): QueueSpec[] =>
  all<{
    QueueName: string;
    VisibilityTimeout: number;
    MessageRetentionPeriod: number;
    RedrivePolicy?: NonNullable<QueueSpec['redrive']>;
  }>('AWS::SQS::Queue').map(({ of }) => ({
    name: of.QueueName,
    visibilityTimeout: of.VisibilityTimeout,
    retention: of.MessageRetentionPeriod,
    ...(of.RedrivePolicy && { redrive: of.RedrivePolicy }),
  }));

interface Policy {
  Roles: string[];
  PolicyDocument: {
    Statement: {
      Effect: Statement['effect'];
      Action: string | string[];
      Resource: string | string[];
      Condition?: Record<string, Record<string, string | string[]>>;
    }[];
  };
}

/** A single value may stand for a list of one. */
const lists = (keys: Record<string, string | string[]>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [values].flat()]));

const statementsOf = ({ PolicyDocument }: Policy): Statement[] =>
  PolicyDocument.Statement.map(({ Effect, Action, Resource, Condition = {} }) => ({
    effect: Effect,
    actions: [Action].flat(),
    resources: [Resource].flat(),
    conditions: Object.fromEntries(Object.entries(Condition).map(([name, keys]) => [name, lists(keys)])),
  }));

/** What the role of this ARN may do. */
const rightsOf = (all: All, role: string): Statement[] =>
  all<Policy>('AWS::IAM::Policy')
    .filter(({ of }) => of.Roles.some((name) => role.endsWith(`:${name}`)))
    .flatMap(({ of }) => statementsOf(of));

const containersOf = (all: All, assetFolder: Synthesized['assetFolder']): ContainerSpec[] =>
  all<{
    TaskRoleArn: string;
    ContainerDefinitions: { Name: string; Image: string; Environment: { Name: string; Value: string }[] }[];
  }>('AWS::ECS::TaskDefinition').flatMap(({ of }) =>
    of.ContainerDefinitions.map(({ Name, Image, Environment }) => ({
      name: Name,
      folder: assetFolder(Image),
      environment: Object.fromEntries(Environment.map((variable) => [variable.Name, variable.Value])),
      rights: rightsOf(all, of.TaskRoleArn),
    })),
  );

const functionsOf = (all: All, assetFolder: Synthesized['assetFolder']): FunctionSpec[] =>
  all<{
    FunctionName: string;
    Code: { S3Key: string };
    Timeout: number;
    Environment: { Variables: Record<string, string> };
    Role: string;
  }>('AWS::Lambda::Function').map(({ of }) => ({
    name: of.FunctionName,
    folder: assetFolder(of.Code.S3Key),
    timeoutSeconds: of.Timeout,
    environment: of.Environment.Variables,
    rights: rightsOf(all, of.Role),
  }));

const mappingsOf = (all: All): Blueprint['mappings'] =>
  all<{
    EventSourceArn: string;
    FunctionName: string;
    BatchSize: number;
    ScalingConfig: { MaximumConcurrency: number };
  }>('AWS::Lambda::EventSourceMapping').map(({ of }) => ({
    queue: nameInArn(of.EventSourceArn),
    fn: of.FunctionName,
    batchSize: of.BatchSize,
    concurrency: of.ScalingConfig.MaximumConcurrency,
  }));

const routesOf = (all: All): Blueprint['routes'] => {
  const integrations = new Map(
    all<{ IntegrationUri: string }>('AWS::ApiGatewayV2::Integration').map(({ ref, of }) => [ref, of.IntegrationUri]),
  );
  return all<{ RouteKey: string; Target: string }>('AWS::ApiGatewayV2::Route').map(({ of }) => ({
    key: of.RouteKey,
    fn: nameInArn(integrations.get(of.Target.replace(/^integrations\//, '')) ?? ''),
  }));
};

const objectEventsOf = ({ EventPattern: pattern, Targets }: Rule): Blueprint['objectEvents'] => {
  if (!pattern?.source.includes('aws.s3') || !pattern['detail-type'].includes('Object Created')) return [];
  return Targets.flatMap(({ Arn }) =>
    pattern.detail.bucket.name.flatMap((bucket) =>
      pattern.detail.object.key.map(({ prefix }) => ({ bucket, prefix, queue: nameInArn(Arn) })),
    ),
  );
};
