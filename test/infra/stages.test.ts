// Promises about stages: each can be deployed, fits into its account, and is refused with a sentence when it says what it may not.
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { registry } from '../../functions/jobs/registry.ts';
import { checkStage, type Stage, stageOf, stages } from '../../infra/stage.ts';
import { type Synth, synth, textOf } from './synth.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
const made = new Map(stages.map(({ name }) => [name, synth({ stage: stageOf(name) })]));

/** What the templates themselves say, added up. */
const mostInvocations = (of: Synth): number =>
  of
    .all('AWS::Lambda::EventSourceMapping')
    .reduce((sum, [, { Properties }]) => sum + Properties.ScalingConfig.MaximumConcurrency, 0);

describe.each([...made])('the stage %s', (name, of) => {
  it('leaves the doors and the sweeper room in the concurrency of its account', () => {
    const { account, spare } = of.stage.concurrency;
    expect(mostInvocations(of)).toBeLessThanOrEqual(account - spare);
    expect(spare).toBeGreaterThanOrEqual(2);
  });

  it('reserves no concurrency, which a new account cannot give', () => {
    for (const [, fn] of of.all('AWS::Lambda::Function'))
      expect(fn.Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  it('has a worker behind every queue that the domain sends to', () => {
    const queues = ['plan', 'report', ...registry.map((type) => `lane-${type.name}`)];
    const [, ...named] = textOf(of.fn('api')[1].Properties.Environment.Variables.QUEUES).split(' ');
    expect(named.map((name) => name.split('=')[0]).toSorted()).toEqual(queues.toSorted());
    const fed = of.all('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties.EventSourceArn);
    for (const name of named) {
      const [id] = of.queue(name.split('=').at(-1) ?? '');
      expect(JSON.stringify(fed)).toContain(`"${id}"`);
    }
  });

  it('breaks no rule of cdk-nag', () => {
    expect(new AwsSolutionsChecks().validateScope(of.app).violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });

  it('is named in the tags of everything that costs', () => {
    for (const type of ['AWS::Lambda::Function', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::S3::Bucket'])
      for (const [id, { Properties }] of of.all(type)) {
        expect(Properties.Tags, id).toContainEqual({ Key: 'application', Value: 'stevedore' });
        expect(Properties.Tags, id).toContainEqual({ Key: 'stage', Value: name });
      }
  });
});

it('fits into a new account, of ten invocations at once, when nobody says anything else', () => {
  expect(stages[0]?.concurrency.account).toBe(10);
  expect(stages[0]?.name).toBe('small');
});

it('refuses queues that could take all that the account has', () => {
  const stage: Stage = { ...stageOf('dev'), concurrency: { ...stageOf('dev').concurrency, account: 10, spare: 2 } };
  expect(() => synth({ stage })).toThrow(/"dev": its queues may run \d+ functions at once/);
});

it.each<[string, Partial<Stage>]>([
  ['name', { name: 'Prod!' }],
  ['retention', { retention: { ...stageOf('dev').retention, uploads: 3 } }],
  ['retention.deadLetters', { retention: { ...stageOf('dev').retention, deadLetters: 30 } }],
  ['concurrency.plan', { concurrency: { ...stageOf('dev').concurrency, plan: 1 } }],
  ['alarmMail', { alarmMail: 'nobody' }],
  ['domain.certificateArn', { domain: { name: 'jobs.example.com', certificateArn: 'mine' } }],
])('says that %s is not right', (field, wrong) => {
  expect(() => checkStage({ ...stageOf('dev'), ...wrong })).toThrow(field);
});

it('answers under a name of its own when it has one', () => {
  const own = synth({ stage: { ...stageOf('dev'), domain: { name: 'jobs.example.com', certificateArn } } });
  const [domain] = own.all('AWS::ApiGatewayV2::DomainName');
  expect(domain?.[1].Properties.DomainName).toBe('jobs.example.com');
  expect(domain?.[1].Properties.DomainNameConfigurations).toMatchObject([{ CertificateArn: certificateArn }]);
  expect(own.all('AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
  expect(made.get('dev')?.all('AWS::ApiGatewayV2::DomainName')).toEqual([]);
});

it('uses the identity for mails that another stage of the account has made', () => {
  const mail = { ...stageOf('dev').mail, identity: 'existing' as const };
  const sharing = synth({ stage: { ...stageOf('dev'), mail } });
  expect(sharing.all('AWS::SES::EmailIdentity')).toEqual([]);
  expect(JSON.stringify(sharing.all('AWS::IAM::Policy'))).toContain(':identity/example.com');
});
