// Promises about queues: every job type has a lane that neither loses nor repeats work needlessly.
import { describe, expect, it } from 'vitest';
import { registry } from '../../functions/jobs/registry.ts';
import { type Resource, synth } from './synth.ts';

const made = synth();
const queueNames = ['plan', 'report', 'uploads', ...registry.map((type) => `lane-${type.name}`)];
const buried = queueNames.filter((name) => name !== 'uploads');

const mappingOf = (queue: string): Resource => {
  const [id] = made.queue(queue);
  const found = made
    .all('AWS::Lambda::EventSourceMapping')
    .filter(([, mapping]) => mapping.Properties.EventSourceArn['Fn::GetAtt'][0] === id);
  expect(found).toHaveLength(1);
  return (found[0] as [string, Resource])[1];
};

const targetOf = (mapping: Resource): Resource => {
  const id = mapping.Properties.FunctionName.Ref;
  return (made.all('AWS::Lambda::Function').find(([of]) => of === id) as [string, Resource])[1];
};

it('has a lane for every registered type, and nothing to deploy without one', () => {
  expect(registry.length).toBeGreaterThan(0);
  for (const type of registry) expect(made.fn(`lane-${type.name}`)).toBeDefined();
});

it('gives a new job type queue, worker, dead letters, rights and alarms for one more line in the registry', () => {
  const [first] = registry;
  if (!first) throw new Error('no types');
  const more = synth({
    types: [...registry, { ...first, name: 'purge', hurt: 'People whose lists are to be emptied.' }],
  });
  expect(more.fn('lane-purge')).toBeDefined();
  expect(more.queue('lane-purge-dead-letters')).toBeDefined();
  expect(more.alarm('lane-purge-dead-letters')[1].Properties.AlarmDescription).toContain('lists are to be emptied');
  expect(() => made.fn('lane-purge')).toThrow();
});

describe.each(queueNames)('queue %s', (name) => {
  it('keeps a message invisible for at least six timeouts of its worker', () => {
    const worker = targetOf(mappingOf(name));
    expect(worker.Properties.FunctionName).toBe(`stevedore-dev-${name}`);
    expect(made.queue(name)[1].Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Properties.Timeout);
  });

  it('reports failures message by message, one message at a time, within a bounded number of workers', () => {
    const { FunctionResponseTypes, BatchSize, ScalingConfig } = mappingOf(name).Properties;
    expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(BatchSize).toBe(1);
    expect(ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
  });

  it('sends what fails again and again to its own dead letters, which outlive it', () => {
    const { RedrivePolicy, MessageRetentionPeriod } = made.queue(name)[1].Properties;
    const [deadId, dead] = made.queue(`${name}-dead-letters`);
    expect(RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]).toBe(deadId);
    expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(3);
    expect(dead.Properties.MessageRetentionPeriod).toBeGreaterThan(MessageRetentionPeriod);
  });
});

describe.each(buried)('dead letters of %s', (name) => {
  it('have a worker that ends their jobs, and go to the lost messages when it cannot', () => {
    const mapping = mappingOf(`${name}-dead-letters`);
    expect(targetOf(mapping).Properties.FunctionName).toBe('stevedore-dev-dead-letter');
    expect(mapping.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    const { RedrivePolicy } = made.queue(`${name}-dead-letters`)[1].Properties;
    expect(RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]).toBe(made.queue('lost')[0]);
    // The count of deliveries goes on: without room above the queue's own tries, no dead letter would reach its worker.
    const { maxReceiveCount: tries } = made.queue(name)[1].Properties.RedrivePolicy;
    expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(tries + 3);
  });
});

it('leaves dead letters of uploads to a person: there is no job that could end', () => {
  const [id] = made.queue('uploads-dead-letters');
  const mappings = made.all('AWS::Lambda::EventSourceMapping');
  expect(mappings.filter(([, mapping]) => mapping.Properties.EventSourceArn['Fn::GetAtt'][0] === id)).toEqual([]);
});

it('does not let recursive-loop detection stop what feeds itself', () => {
  for (const name of ['plan', 'report', 'dead-letter', ...registry.map((type) => `lane-${type.name}`)])
    expect(made.fn(name)[1].Properties.RecursiveLoop, name).toBe('Allow');
});

it('keeps names within what SQS and Lambda take', () => {
  for (const [, queue] of made.all('AWS::SQS::Queue')) expect(queue.Properties.QueueName).toMatch(/^[\w-]{1,80}$/);
  for (const [, fn] of made.all('AWS::Lambda::Function')) expect(fn.Properties.FunctionName).toMatch(/^[\w-]{1,64}$/);
});

it('sweeps every minute, without repeating an invocation that failed', () => {
  const rules = made.all('AWS::Events::Rule').filter(([, rule]) => rule.Properties.ScheduleExpression !== undefined);
  expect(rules).toHaveLength(1);
  const { ScheduleExpression, Targets } = (rules[0] as [string, Resource])[1].Properties;
  expect(ScheduleExpression).toBe('rate(1 minute)');
  expect(Targets).toHaveLength(1);
  expect(Targets[0].Arn['Fn::GetAtt'][0]).toBe(made.fn('sweep')[0]);
  expect(Targets[0].RetryPolicy.MaximumRetryAttempts).toBe(0);
});

it('turns objects under imports/ and tickets/ of the uploads bucket into messages, and nothing else', () => {
  const rules = made.all('AWS::Events::Rule').filter(([, rule]) => rule.Properties.EventPattern !== undefined);
  expect(rules).toHaveLength(1);
  const { EventPattern, Targets } = (rules[0] as [string, Resource])[1].Properties;
  expect(EventPattern.detail.object.key).toEqual([{ prefix: 'imports/' }, { prefix: 'tickets/' }]);
  expect(JSON.stringify(EventPattern.detail.bucket)).toContain('uploadsbucket');
  expect(Targets[0].Arn['Fn::GetAtt'][0]).toBe(made.queue('uploads')[0]);
  const uploads = made.all('AWS::S3::Bucket').filter(([, bucket]) => bucket.Properties.NotificationConfiguration);
  expect(uploads.map(([id]) => id)).toEqual([expect.stringContaining('uploads')]);
});
