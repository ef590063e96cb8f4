// Which words of `needs` allow which actions on what: every right that a function has comes from this table.
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Need, recordTables } from '../functions/jobs/define.ts';
import type { BucketName, DataStack, TableName } from './data-stack.ts';

/** What the engine's own parts touch, besides the needs of job types. */
export type EngineNeed =
  | 'clients:read'
  | 'clients:list'
  | 'jobs:list'
  | 'rates:count'
  | 'jobs:create'
  | 'jobs:work'
  | 'jobs:due'
  | 'uploads:read'
  | 'uploads:write'
  | 'uploads:remove'
  | 'work-files:read'
  | 'work-files:write'
  | 'work-files:remove'
  | 'exports:read'
  | 'exports:remove'
  | 'events:publish'
  | 'mail:send';

type Grant =
  | { table: TableName; actions: readonly string[]; index?: string }
  | { bucket: BucketName; actions: readonly string[]; key?: readonly string[]; list?: true }
  | { secrets: readonly string[] }
  | { bus: readonly string[] }
  | { mail: readonly string[] };

const read = ['GetObject'] as const;
const write = ['PutObject', 'AbortMultipartUpload'] as const;
/** S3 asks for these on the bucket's key when an object is read, and when one is written in parts. */
const decrypt = ['Decrypt'] as const;
const encrypt = ['Decrypt', 'GenerateDataKey'] as const;

/** Without the right to list, S3 answers 403 instead of 404 for an object that is gone. */
const readFrom = (bucket: BucketName): Grant => ({ bucket, actions: read, key: decrypt, list: true });
const writeTo = (bucket: BucketName): Grant => ({ bucket, actions: write, key: encrypt });

type RecordNeed = Extract<Need, `${(typeof recordTables)[number]}:${string}`>;

const recordGrants = {} as Record<RecordNeed, readonly Grant[]>;
for (const table of recordTables) {
  recordGrants[`${table}:read`] = [{ table, actions: ['BatchGetItem', 'Query'] }];
  recordGrants[`${table}:write`] = [{ table, actions: ['BatchWriteItem', 'DeleteItem', 'PutItem'] }];
}

/** The table. A need that is missing here does not compile. */
export const grants: Record<Need | EngineNeed, readonly Grant[]> = {
  'profiles:read': [
    { table: 'profiles', actions: ['BatchGetItem', 'Query'] },
    { table: 'members', actions: ['Query'] },
  ],
  'profiles:write': [
    { table: 'profiles', actions: ['PutItem', 'UpdateItem', 'DeleteItem'] },
    { table: 'members', actions: ['BatchWriteItem'] },
  ],
  'lists:read': [{ table: 'lists', actions: ['GetItem', 'Query'] }],
  'lists:write': [{ table: 'lists', actions: ['PutItem', 'UpdateItem'] }],
  'lists:erase': [{ table: 'lists', actions: ['DeleteItem'] }],
  ...recordGrants,
  'exports:write': [writeTo('exports')],
  'clients:read': [{ table: 'clients', actions: ['GetItem'] }, { secrets: ['Decrypt'] }],
  'clients:list': [{ table: 'clients', actions: ['Query', 'BatchGetItem'] }],
  'jobs:list': [
    { table: 'jobs', actions: ['Query'], index: 'byRank' },
    { table: 'jobs', actions: ['Query'], index: 'byId' },
    { table: 'jobs', actions: ['BatchGetItem'] },
  ],
  'rates:count': [{ table: 'jobs', actions: ['GetItem', 'UpdateItem'] }],
  'jobs:create': [{ table: 'jobs', actions: ['GetItem', 'PutItem'] }],
  'jobs:work': [{ table: 'jobs', actions: ['GetItem', 'UpdateItem'] }],
  'jobs:due': [
    { table: 'jobs', actions: ['Query'], index: 'byDue' },
    { table: 'jobs', actions: ['BatchGetItem'] },
  ],
  'uploads:read': [readFrom('uploads')],
  'uploads:write': [writeTo('uploads')],
  'uploads:remove': [{ bucket: 'uploads', actions: ['DeleteObject'] }],
  'work-files:read': [readFrom('jobs')],
  'work-files:write': [writeTo('jobs')],
  // Whoever removes the work of a job looks for it.
  'work-files:remove': [{ bucket: 'jobs', actions: ['DeleteObject'], list: true }],
  'exports:read': [readFrom('exports')],
  'exports:remove': [{ bucket: 'exports', actions: ['DeleteObject'] }],
  'events:publish': [{ bus: ['PutEvents'] }],
  'mail:send': [{ mail: ['SendEmail'] }],
};

export interface Rights {
  statements: PolicyStatement[];
  /** The wildcards in them, as cdk-nag names them. */
  wildcards: string[];
}

/** The rights of a function with these needs: one statement for each resource, each action once. */
export const rightsFor = (
  needs: readonly (Need | EngineNeed)[],
  data: DataStack,
  mail: { identityArn: string; from: string },
): Rights => {
  const actions = new Map<string, Set<string>>();
  const wildcards = new Set<string>();
  const allow = (resource: string, service: string, names: readonly string[]) => {
    const known = actions.get(resource) ?? new Set();
    for (const name of names) known.add(`${service}:${name}`);
    actions.set(resource, known);
  };
  for (const grant of needs.flatMap((need) => grants[need])) {
    if ('table' in grant) {
      const arn = data.tables[grant.table].tableArn;
      allow(grant.index ? `${arn}/index/${grant.index}` : arn, 'dynamodb', grant.actions);
    } else if ('bucket' in grant) {
      const bucket = data.buckets[grant.bucket];
      allow(bucket.arnForObjects('*'), 's3', grant.actions);
      wildcards.add(`Resource::${data.exportNameOf(bucket.bucketArn)}/*`);
      if (grant.list) allow(bucket.bucketArn, 's3', ['ListBucket']);
      if (grant.key) allow(data.objectsKey.keyArn, 'kms', grant.key);
    } else if ('secrets' in grant) {
      allow(data.secretsKey.keyArn, 'kms', grant.secrets);
    } else if ('bus' in grant) {
      allow(data.bus.eventBusArn, 'events', grant.bus);
    } else {
      allow(mail.identityArn, 'ses', grant.mail);
    }
  }
  const statements = [...actions].map(([resource, names]) => {
    const statement = new PolicyStatement({ resources: [resource], actions: [...names].sort() });
    // The key serves the buckets only: never a direct call with a copied ciphertext.
    if (resource === data.objectsKey.keyArn)
      statement.addCondition('StringEquals', { 'kms:ViaService': `s3.${Stack.of(data).region}.amazonaws.com` });
    if (resource === mail.identityArn) statement.addCondition('StringEquals', { 'ses:FromAddress': mail.from });
    return statement;
  });
  return { statements, wildcards: [...wildcards] };
};
