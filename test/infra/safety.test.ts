// Promises about data: encrypted, over TLS only, ends when it should, and nothing unexplained in the security checks.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { byDue, byId, byRank, partitionKey, sortKey, ttlAttribute } from '../../functions/aws/layout.ts';
import { recordTables } from '../../functions/jobs/define.ts';
import { tableNames } from '../../infra/data-stack.ts';
import { stageOf } from '../../infra/stage.ts';
import { synth } from './synth.ts';

const made = synth();
const prod = synth({ stage: stageOf('prod') });

describe('cdk-nag', () => {
  it('finds nothing in any stage that is neither kept nor answered for', () => {
    for (const { app } of [made, prod]) {
      const report = new AwsSolutionsChecks().validateScope(app);
      expect(report.violations.map(({ ruleName }) => ruleName)).toEqual([]);
    }
  });

  it('would break the synthesis over a finding', () => {
    const app = new App({ analyticsReporting: false });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Bucket(new Stack(app, 'careless'), 'Open');
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
  });

  it('has a reason of several words for every suppression, each on one resource', () => {
    let suppressions = 0;
    for (const node of made.app.node.findAll())
      for (const { type, data } of node.node.metadata) {
        if (type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY) continue;
        for (const [id, reason] of Object.entries(data as Record<string, string>)) {
          suppressions++;
          expect(reason.split(' ').length, id).toBeGreaterThan(8);
          expect(Stack.isStack(node), `${id} on a whole stack`).toBe(false);
          expect(id).not.toMatch(/IAM5$/);
        }
      }
    expect(suppressions).toBeGreaterThan(0);
  });
});

it('encrypts every bucket with the key of the stage, keeps the public out and plain HTTP too', () => {
  const buckets = made.all('AWS::S3::Bucket');
  expect(buckets).toHaveLength(3);
  for (const [id, { Properties }] of buckets) {
    const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).toBe('aws:kms');
    expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const policy = made.all('AWS::S3::BucketPolicy').find(([, of]) => of.Properties.Bucket.Ref === id);
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
  }
});

it("lets pages of the stage's origins send forms to the uploads bucket, and nothing more from anywhere", () => {
  const rulesOf = (of: ReturnType<typeof synth>) =>
    of
      .all('AWS::S3::Bucket')
      .filter(([, { Properties }]) => Properties.CorsConfiguration !== undefined)
      .map(([id, { Properties }]) => [id.replace(/bucket.*/, ''), Properties.CorsConfiguration.CorsRules]);
  const rule = { AllowedMethods: ['POST'], AllowedOrigins: ['*'], AllowedHeaders: ['*'], MaxAge: 3600 };
  expect(rulesOf(made)).toEqual([['uploads', [rule]]]);
  const own = synth({ stage: { ...stageOf('dev'), uploadOrigins: ['https://shop.example.com'] } });
  expect(rulesOf(own)).toEqual([['uploads', [{ ...rule, AllowedOrigins: ['https://shop.example.com'] }]]]);
  expect(rulesOf(synth({ stage: { ...stageOf('dev'), uploadOrigins: [] } }))).toEqual([]);
});

it('lets objects end, and what is left of broken uploads', () => {
  const days = Object.fromEntries(
    made.all('AWS::S3::Bucket').map(([id, { Properties }]) => {
      const [rule] = Properties.LifecycleConfiguration.Rules;
      expect(rule.AbortIncompleteMultipartUpload.DaysAfterInitiation).toBe(1);
      return [id.replace(/bucket.*/, ''), rule.ExpirationInDays];
    }),
  );
  expect(days).toEqual({ uploads: 7, exports: 2, jobs: 30 });
});

it('has tables on demand, encrypted, restorable, and with the keys and indexes that the code uses', () => {
  const tables = made.all('AWS::DynamoDB::Table');
  expect(tables).toHaveLength(tableNames.length);
  for (const [id, { Properties }] of tables) {
    expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
    expect(Properties.SSESpecification.SSEEnabled).toBe(true);
    expect(Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    expect(Properties.KeySchema).toEqual([
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ]);
    const indexes = (Properties.GlobalSecondaryIndexes ?? []).map(
      (index: { IndexName: string; KeySchema: { AttributeName: string }[] }) => [
        index.IndexName,
        ...index.KeySchema.map((key) => key.AttributeName),
      ],
    );
    const own = [
      [byDue.index, byDue.partition, byDue.sort],
      [byRank.index, byRank.partition, byRank.sort],
      [byId.index, byId.partition, byId.sort],
    ];
    expect(indexes).toEqual(id.startsWith('jobs') ? own : []);
    const ends = ['jobs', ...recordTables].some((name) => id.startsWith(`${name}table`));
    expect(Properties.TimeToLiveSpecification?.AttributeName).toBe(ends ? ttlAttribute : undefined);
  }
});

it('encrypts every queue and refuses plain HTTP to each', () => {
  const policies = JSON.stringify(made.all('AWS::SQS::QueuePolicy'));
  for (const [id, { Properties }] of made.all('AWS::SQS::Queue')) {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    expect(policies).toContain(`"Queues":[{"Ref":"${id}"}]`);
  }
  for (const [, policy] of made.all('AWS::SQS::QueuePolicy'))
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
});

it('ends every log, and knows the log of every function', () => {
  const groups = made.all('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
  for (const group of groups) expect(group.RetentionInDays).toBe(7);
  for (const [, fn] of made.all('AWS::Lambda::Function'))
    expect(groups.map((group) => group.LogGroupName)).toContain(`/aws/lambda/${fn.Properties.FunctionName}`);
});

it('keeps what a query carries out of the access log: signatures, addresses, links', () => {
  const [stage] = made.all('AWS::ApiGatewayV2::Stage');
  const { Format } = stage?.[1].Properties.AccessLogSettings ?? {};
  const variables = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
  expect(variables).toContain('routeKey');
  for (const name of variables) expect(name).not.toMatch(/path|query|uri|identity|authorizer|ip$|^http/i);
});

it('limits requests by route, and every other path too', () => {
  const [stage] = made.all('AWS::ApiGatewayV2::Stage');
  const { DefaultRouteSettings, RouteSettings } = stage?.[1].Properties ?? {};
  expect(DefaultRouteSettings.ThrottlingRateLimit).toBe(20);
  const limited = [
    'POST /job',
    'GET /job',
    'ANY /console/api/{proxy+}',
    'ANY /ga/api/{proxy+}',
    'ANY /{version}/async/{proxy+}',
    ...['user', 'list', 'purchase', 'content', 'blast', 'send', 'stats'].map((endpoint) => `ANY /${endpoint}`),
  ];
  expect(Object.keys(RouteSettings)).toEqual(limited);
  const routes = made.all('AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties.RouteKey);
  expect(routes.toSorted()).toEqual(['$default', ...limited].toSorted());
});

it('keeps the data of the production stage when its stack goes', () => {
  for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'])
    for (const [, resource] of prod.all(type)) expect(resource.DeletionPolicy, type).toBe('Retain');
});
