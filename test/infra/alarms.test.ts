// Promises about alarms: each says who is hurt, leads to a heading of the runbook, and looks at something that exists.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../functions/jobs/registry.ts';
import { metricNamespace } from '../../functions/lambda/env.ts';
import { counted } from '../../functions/lambda/metrics.ts';
import { alarmKinds } from '../../infra/constructs/alarm.ts';
import { synth } from './synth.ts';

const made = synth();
const alarms = made.all('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
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
  expect(headings.toSorted()).toEqual([...alarmKinds].toSorted());
  for (const kind of alarmKinds)
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
    expect(alarm.AlarmDescription).toMatch(/^Who is hurt: .{20,}/);
    const anchor = /What to do: \S+#([\w-]+)$/.exec(alarm.AlarmDescription)?.[1];
    expect(alarmKinds).toContain(anchor);
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

it('shows every queue and the ends of every job type on the dashboard', () => {
  const [dashboard] = made.all('AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.[1].Properties.DashboardBody);
  for (const type of registry) {
    expect(body).toContain(`stevedore-dev-lane-${type.name}-dead-letters`);
    expect(body).toContain(`${type.name} incomplete`);
  }
});
