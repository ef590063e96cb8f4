// What must outlive a deployment: tables, buckets, the keys they are encrypted with, the bus that others listen to.
import { Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type GlobalSecondaryIndexProps,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type CorsRule,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { recordTables } from '../functions/jobs/define.ts';
import type { Stage } from './stage.ts';

export const tableNames = ['clients', 'jobs', 'profiles', 'lists', 'members', ...recordTables] as const;
export type TableName = (typeof tableNames)[number];
export type BucketName = 'uploads' | 'exports' | 'jobs';

const attribute = (name: string, type: AttributeType) => ({ name, type });

const indexes: Partial<Record<TableName, GlobalSecondaryIndexProps[]>> = {
  jobs: [
    // Sparse: only jobs that the sweeper must look at carry `look` and `due`.
    {
      indexName: 'byDue',
      partitionKey: attribute('look', AttributeType.STRING),
      sortKey: attribute('due', AttributeType.NUMBER),
      projectionType: ProjectionType.KEYS_ONLY,
    },
    {
      indexName: 'byRank',
      partitionKey: attribute('client', AttributeType.STRING),
      sortKey: attribute('rank', AttributeType.STRING),
      projectionType: ProjectionType.KEYS_ONLY,
    },
    {
      indexName: 'byId',
      partitionKey: attribute('client', AttributeType.STRING),
      sortKey: attribute('id', AttributeType.STRING),
      projectionType: ProjectionType.KEYS_ONLY,
    },
  ],
};

/** Tables of which some items end by themselves. */
const expiring: ReadonlySet<TableName> = new Set<TableName>(['jobs', ...recordTables]);

const formsFrom = (allowedOrigins: string[]): CorsRule => ({
  allowedMethods: [HttpMethods.POST],
  allowedOrigins,
  allowedHeaders: ['*'],
  maxAge: 3600,
});

export class DataStack extends Stack {
  readonly tables: Record<TableName, Table>;
  readonly buckets: Record<BucketName, Bucket>;
  /** Encrypts the objects in the buckets. */
  readonly objectsKey: Key;
  /** Encrypts the secrets of clients; apart, so that a worker that reads files cannot read secrets by it. */
  readonly secretsKey: Key;
  /** Tells the rest of the account what happened; here, since rules of others hang on it. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage }) {
    const { stage, ...rest } = props;
    super(scope, id, rest);
    const removalPolicy = stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const key = (name: string, description: string) =>
      new Key(this, name, {
        description,
        alias: `stevedore-${stage.name}-${name.toLowerCase()}`,
        enableKeyRotation: true,
        removalPolicy,
      });
    this.objectsKey = key('Objects', 'Files of Stevedore: uploads, exports, plans and rejected rows');
    this.secretsKey = key('Secrets', 'Secrets of the clients of Stevedore');

    const table = (name: TableName) => {
      const made = new Table(this, `${name}-table`, {
        partitionKey: attribute('pk', AttributeType.STRING),
        sortKey: attribute('sk', AttributeType.STRING),
        billingMode: BillingMode.PAY_PER_REQUEST,
        encryption: TableEncryption.AWS_MANAGED,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: stage.keepData,
        ...(expiring.has(name) && { timeToLiveAttribute: 'ttl' }),
        removalPolicy,
      });
      for (const index of indexes[name] ?? []) made.addGlobalSecondaryIndex(index);
      return made;
    };
    this.tables = Object.fromEntries(tableNames.map((name) => [name, table(name)])) as Record<TableName, Table>;

    const { uploads: uploadDays, exports, work } = stage.retention;
    const lifetimes: Record<BucketName, number> = { uploads: uploadDays, exports, jobs: work };
    const bucket = (name: BucketName) => {
      const made = new Bucket(this, `${name}-bucket`, {
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        encryption: BucketEncryption.KMS,
        encryptionKey: this.objectsKey,
        bucketKeyEnabled: true,
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        lifecycleRules: [
          { expiration: Duration.days(lifetimes[name]), abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ],
        // Web pages send the forms of upload tickets.
        ...(name === 'uploads' && stage.uploadOrigins.length > 0 && { cors: [formsFrom(stage.uploadOrigins)] }),
        removalPolicy,
      });
      Validations.of(made).acknowledge({
        id: 'AwsSolutions-S1',
        reason:
          'Server access logs would hold the signed links of exports, which open personal data to anyone who reads them. ' +
          'Data events of CloudTrail tell who read what, without signatures.',
      });
      return made;
    };
    this.buckets = { uploads: bucket('uploads'), exports: bucket('exports'), jobs: bucket('jobs') };

    this.bus = new EventBus(this, 'Events', {
      eventBusName: `stevedore-${stage.name}`,
      description: 'Ends of jobs of Stevedore: source stevedore, detail-type job.ended',
    });

    // The bucket's own property: the construct's helper would deploy a function with wide rights to set it.
    const uploads = this.buckets.uploads.node.defaultChild;
    if (!(uploads instanceof CfnBucket)) throw new Error('the uploads bucket has no resource');
    uploads.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** What shells are told of these parts. */
  settings() {
    const { tables, buckets, secretsKey, bus } = this;
    const names = tableNames.map((name) => [`${name.toUpperCase()}_TABLE`, tables[name].tableName]);
    return {
      ...(Object.fromEntries(names) as Record<`${Uppercase<TableName>}_TABLE`, string>),
      UPLOADS_BUCKET: buckets.uploads.bucketName,
      EXPORTS_BUCKET: buckets.exports.bucketName,
      JOBS_BUCKET: buckets.jobs.bucketName,
      SECRETS_KEY: secretsKey.keyArn,
      EVENT_BUS: bus.eventBusName,
    };
  }

  /** The name under which another stack sees a value of this one. */
  exportNameOf(value: string): string {
    const reference: unknown = this.resolve(this.exportValue(value));
    if (typeof reference === 'object' && reference !== null && 'Fn::ImportValue' in reference)
      return String(reference['Fn::ImportValue']);
    throw new Error('the value has no export');
  }
}
