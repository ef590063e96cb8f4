// Promises about alarms: each says who is hurt, leads to a heading of the runbook, and looks at something that exists.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../functions/jobs/registry.ts';
import { promisedTime } from '../../functions/jobs/service-level.ts';
import { metricNamespace } from '../../functions/lambda/env.ts';
import { counted } from '../../functions/lambda/metrics.ts';
import { alarmKinds } from '../../infra/constructs/alarm.ts';
import { synth } from './synth.ts';

const made = synth();
const alarms = made.all('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const kinds = Object.keys(alarmKinds);
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** The metrics that an alarm or a part of the dashboard looks at. */
const metricsOf = (properties: {
  MetricName?: string;
  Namespace?: string;
  Dimensions?: unknown;
  Metrics?: { MetricStat?: { Metric: object } }[];
}) =>
  properties.MetricName === undefined
    ? (properties.Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : [properties];

it('has the headings of the runbook and the kinds of alarms in the same words', () => {
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings.toSorted()).toEqual(['page', ...kinds].toSorted());
  for (const kind of kinds)
    expect(
      alarms.some(({ AlarmName }) => AlarmName.endsWith(kind)),
      kind,
    ).toBe(true);
});

it('tells under each heading what it means, where to look, what may be the cause and how to mend it', () => {
  for (const section of runbook.split(/^## /m).slice(1)) {
    const parts = [...section.matchAll(/^\*\*(.+?)\*\*/gm)].map(([, part]) => part);
    expect(parts, section.split('\n')[0]).toEqual(['What it means.', 'First look.', 'Likely causes.', 'Mend.']);
  }
});

it('watches dead letters, waiting and errors of every queue', () => {
  for (const lane of ['plan', 'report', 'uploads', ...registry.map((type) => `lane-${type.name}`)])
    for (const kind of ['dead-letters', 'waits', 'errors']) expect(made.alarm(`${lane}-${kind}`)).toBeDefined();
});

it('says of the failure of a job type who is hurt, in the words of the type', () => {
  for (const type of registry)
    for (const name of [`lane-${type.name}-dead-letters`, `lane-${type.name}-waits`, `${type.name}-jobs-failing`])
      expect(made.alarm(name)[1].Properties.AlarmDescription).toContain(`Who is hurt: ${type.hurt}`);
});

describe.each(alarms.map((alarm): [string, typeof alarm] => [alarm.AlarmName, alarm]))('%s', (name, alarm) => {
  it('names who is hurt, links its heading and reaches people', () => {
    expect(alarm.AlarmDescription).toMatch(/^Severity: (page|ticket)\nWho is hurt: .{20,}/);
    const anchor = /What to do: \S+#([\w-]+)$/.exec(alarm.AlarmDescription)?.[1];
    expect(kinds).toContain(anchor);
    expect(name.endsWith(String(anchor))).toBe(true);
    expect(alarm.AlarmActions).toHaveLength(1);
  });

  it('looks at a queue, function, table or count that exists', () => {
    const metrics = metricsOf(alarm) as {
      Namespace: string;
      MetricName: string;
      Dimensions?: { Name: string; Value: string }[];
    }[];
    expect(metrics.length).toBeGreaterThan(0);
    for (const { Namespace, MetricName, Dimensions = [] } of metrics) {
      const value = Dimensions[0]?.Value;
      const strip = (text: unknown) => String(text).replace(/^stevedore-dev-/, '');
      if (Namespace === 'AWS/SQS') expect(made.queue(strip(value))).toBeDefined();
      else if (Namespace === 'AWS/Lambda') expect(made.fn(strip(value))).toBeDefined();
      else if (Namespace === metricNamespace) {
        const counts = Object.values(counted).flat();
        const named = counts.find(({ metric }) => metric === MetricName);
        expect(named?.dimensions.toSorted()).toEqual(
          Dimensions.map(({ Name }) => Name)
            .filter((of) => of !== 'service')
            .toSorted(),
        );
      } else expect(['AWS/ApiGateway', 'AWS/DynamoDB']).toContain(Namespace);
    }
  });
});

it('calls when the sweeper is silent, and when nobody counts at all', () => {
  const { TreatMissingData, ComparisonOperator } = made.alarm('sweep-silent')[1].Properties;
  expect(TreatMissingData).toBe('breaching');
  expect(ComparisonOperator).toBe('LessThanThreshold');
});

it('calls once for whatever is worth getting up for, and for nothing else', () => {
  const [page] = made.all('AWS::CloudWatch::CompositeAlarm');
  const { AlarmRule, AlarmDescription, AlarmActions } = page?.[1].Properties ?? {};
  const named = [...JSON.stringify(AlarmRule).matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g)].map(([, id]) => id);
  const urgent = made
    .all('AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties.AlarmDescription.startsWith('Severity: page'))
    .map(([id]) => id);
  expect(named.toSorted()).toEqual(urgent.toSorted());
  expect(AlarmDescription).toContain('#page');
  expect(JSON.stringify(AlarmActions)).toContain('Pages');
  // The service's limit for the rule, with ARNs as long as names make them.
  expect(urgent.length * 160).toBeLessThan(10_240);
});

it('breaks the promises of the service level at the numbers that were promised', () => {
  expect(made.alarm('jobs-standing')[1].Properties.Threshold).toBe(600_000);
  const { Threshold, Metrics } = made.alarm('small-jobs-late')[1].Properties;
  expect(Threshold).toBe(5);
  expect(JSON.stringify(Metrics)).toContain('IF(late > 2, 100 * late / all, 0)');
  expect(promisedTime).toBe(120_000);
});

it('has saved queries by job and by client over the logs of every function', () => {
  const queries = made.all('AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
  const names = queries.map(({ Name }) => Name);
  expect(names).toContain('stevedore-dev/job by id');
  expect(names).toContain('stevedore-dev/client by id');
  const functions = made.all('AWS::Lambda::Function').map(([, fn]) => `/aws/lambda/${fn.Properties.FunctionName}`);
  for (const { LogGroupNames } of queries) expect(LogGroupNames.toSorted()).toEqual(functions.toSorted());
});

it('asks the questions of whoever is on call, in their order', () => {
  const [dashboard] = made.all('AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.[1].Properties.DashboardBody);
  const asked = [...body.matchAll(/## ([^\\]+)/g)].map(([, words]) => words);
  expect(asked).toEqual(['Is anything stuck?', 'Who is hurt?', 'Is it us or AWS?', 'What does it cost?']);
});

it('shows every queue and the ends of every job type on the dashboard', () => {
  const [dashboard] = made.all('AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.[1].Properties.DashboardBody);
  for (const type of registry) {
    expect(body).toContain(`stevedore-dev-lane-${type.name}-dead-letters`);
    expect(body).toContain(`${type.name} incomplete`);
  }
});
