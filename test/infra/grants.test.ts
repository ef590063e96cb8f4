// Promises about rights: every function has what its needs say, and nothing besides.
import { describe, expect, it } from 'vitest';
import type { Need } from '../../functions/jobs/define.ts';
import { registry } from '../../functions/jobs/registry.ts';
import { tableNames } from '../../infra/data-stack.ts';
import { type EngineNeed, grants } from '../../infra/grants.ts';
import { lanesOf } from '../../infra/lanes.ts';
import * as needs from '../../infra/needs.ts';
import { stageOf } from '../../infra/stage.ts';
import { type Synth, statementsOf, synth, textOf } from './synth.ts';

type Needs = readonly (Need | EngineNeed)[];

/** Every function of a stage and what it needs. */
const shellsOf = ({ stage }: Synth): [string, Needs][] => [
  ['api', needs.apiNeeds],
  ...lanesOf(registry, stage).map((lane): [string, Needs] => [lane.name, lane.needs]),
  ['dead-letter', needs.deadLetterNeeds],
  ['sweep', needs.sweepNeeds],
];

const made = synth();
const shells = shellsOf(made);
const small = synth({ stage: stageOf('small') });

/** What a resource in a policy is, in the words of the grants table. */
const wordFor = (resource: unknown): string => {
  const text = JSON.stringify(resource);
  const table = new RegExp(`(${tableNames.join('|')})table`).exec(text);
  if (table) return `table ${table[1]}${text.includes('/index/') ? ' index' : ''}`;
  const bucket = /(uploads|exports|jobs)bucket/.exec(text);
  if (bucket) return `bucket ${bucket[1]}${text.includes('/*') ? ' objects' : ''}`;
  const key = /(Objects|Secrets)[0-9A-F]{8}/.exec(text);
  if (key) return `key ${key[1]}`;
  if (text.includes(':ses:')) return 'mail';
  if (/Events[0-9A-F]{8}/.test(text)) return 'bus';
  if (/Logs[0-9A-F]{8}/.test(text)) return 'own log';
  return 'queue';
};

/** Action and resource pairs that a function is allowed. */
const pairsOf = (name: string, of: Synth): string[] =>
  statementsOf(of, name).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} on ${wordFor(resource)}`)),
  );
const allowed = (name: string, of = made): string[] => pairsOf(name, of).filter((pair) => !/^(sqs|logs):/.test(pair));

/** The same pairs from the table and a list of needs. */
const expected = (of: Needs): string[] =>
  of
    .flatMap((need) => grants[need])
    .flatMap((grant) => {
      if ('table' in grant)
        return grant.actions.map(
          (action) => `dynamodb:${action} on table ${grant.table}${grant.index ? ' index' : ''}`,
        );
      if ('secrets' in grant) return grant.secrets.map((action) => `kms:${action} on key Secrets`);
      if ('bus' in grant) return grant.bus.map((action) => `events:${action} on bus`);
      if ('mail' in grant) return grant.mail.map((action) => `ses:${action} on mail`);
      return [
        ...grant.actions.map((action) => `s3:${action} on bucket ${grant.bucket} objects`),
        ...(grant.list ? [`s3:ListBucket on bucket ${grant.bucket}`] : []),
        ...(grant.key ?? []).map((action) => `kms:${action} on key Objects`),
      ];
    });

const sorted = (pairs: string[]) => [...new Set(pairs)].sort();

it('knows the needs of every function', () => {
  for (const of of [made, small])
    expect(
      shellsOf(of)
        .map(([name]) => `stevedore-${of.stage.name}-${name}`)
        .toSorted(),
    ).toEqual(
      of
        .all('AWS::Lambda::Function')
        .map(([, { Properties }]) => Properties.FunctionName)
        .toSorted(),
    );
});

it.each(shellsOf(small))('gives %s of the small stage exactly what its needs say', (name, of) => {
  expect(sorted(allowed(name, small))).toEqual(sorted(expected(of)));
});

describe.each(shells)('the role of %s', (name, of) => {
  it('has exactly what its needs say', () => {
    expect(sorted(allowed(name))).toEqual(sorted(expected(of)));
  });

  it('has no action with a wildcard and no resource at large', () => {
    for (const { Action, Resource } of statementsOf(made, name)) {
      for (const action of Action) expect(action).not.toContain('*');
      expect(Resource).not.toContain('*');
    }
  });

  it('writes its own log, takes from the queues that feed it, and sends: no more than that besides its needs', () => {
    const others = sorted(pairsOf(name, made).filter((pair) => /^(sqs|logs):/.test(pair)));
    const taking = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'];
    const [id] = made.fn(name);
    const fed = made
      .all('AWS::Lambda::EventSourceMapping')
      .filter(([, { Properties }]) => Properties.FunctionName.Ref === id)
      .map(([, { Properties }]) => JSON.stringify(Properties.EventSourceArn));
    expect(others).toEqual(
      [
        'logs:CreateLogStream on own log',
        'logs:PutLogEvents on own log',
        ...(fed.length > 0 ? taking : []).map((action) => `sqs:${action} on queue`),
        'sqs:SendMessage on queue',
      ].toSorted(),
    );
    const taken = statementsOf(made, name)
      .filter(({ Action }) => Action.includes('sqs:ReceiveMessage'))
      .flatMap(({ Resource }) => Resource.map((of) => JSON.stringify(of)));
    expect(sorted(taken)).toEqual(sorted(fed));
  });

  it('sends to the queues in its environment, and to no other', () => {
    const [, fn] = made.fn(name);
    const [base = '', ...names] = textOf(fn.Properties.Environment.Variables.QUEUES).split(' ');
    expect(base).toMatch(/^https:\/\/sqs\..*\/stevedore-dev-$/);
    const named = names.map((queue) => made.queue(queue)[0]);
    const granted = statementsOf(made, name)
      .filter(({ Action }) => Action.includes('sqs:SendMessage'))
      .flatMap(({ Resource }) => Resource.map((of) => (of as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]));
    expect(named.toSorted()).toEqual(granted.toSorted());
  });
});

it('gives a lane no right that its type does not name', () => {
  for (const type of registry) {
    const pairs = allowed(`lane-${type.name}`);
    expect(pairs.some((pair) => pair.includes('UpdateItem on table profiles'))).toBe(
      type.needs.includes('profiles:write'),
    );
    expect(pairs.some((pair) => pair.includes('PutObject on bucket exports'))).toBe(
      type.needs.includes('exports:write'),
    );
  }
});

it('lets only the reporter send mail, and only from the address of the stage', () => {
  for (const [name] of shells) {
    const mail = statementsOf(made, name).filter(({ Action }) => Action.some((action) => action.startsWith('ses:')));
    expect(mail.length, name).toBe(name === 'report' ? 1 : 0);
    for (const { Condition } of mail)
      expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'stevedore@example.com' } });
  }
});

it('keeps the key of secrets from the function that has no client to read', () => {
  expect(allowed('dead-letter').join()).not.toContain('key Secrets');
});

it('lets the sweeper look for uploads and clear up after jobs that it ends, and bring none of either', () => {
  const pairs = allowed('sweep');
  expect(pairs).toContain('s3:GetObject on bucket uploads objects');
  expect(pairs).toContain('s3:ListBucket on bucket jobs');
  expect(pairs.join()).not.toContain('s3:PutObject');
});

it.each(shells)('lets %s find the work files that it may remove', (name) => {
  const pairs = allowed(name);
  if (pairs.includes('s3:DeleteObject on bucket jobs objects')) expect(pairs).toContain('s3:ListBucket on bucket jobs');
  else expect(name).toMatch(/^(report|uploads)$/);
});
