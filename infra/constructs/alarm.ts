// An alarm that says who is hurt and where to read on: both are required, and its kind is a heading of the runbook.
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Stage } from '../stage.ts';

/** The kinds of alarms; the runbook has a heading for each. */
export const alarmKinds = [
  'dead-letters',
  'waits',
  'errors',
  'lost-messages',
  'api-failures',
  'api-slow',
  'sweep-silent',
  'table-throttled',
  'ledger-unbalanced',
  'jobs-failing',
  'reports-failing',
] as const;
type AlarmKind = (typeof alarmKinds)[number];

export interface HurtAlarmProps {
  stage: Stage;
  topic: ITopic;
  kind: AlarmKind;
  /** The part that it watches; left out where the kind says it all. */
  part?: string;
  /** Who notices, in a sentence. */
  hurt: string;
  metric: IMetric;
  /** Alarms at this value and above. */
  threshold: number;
  /** How many periods in a row; 1 when absent. */
  periods?: number;
  /** Alarms below the threshold instead, and when nothing is measured. */
  silence?: boolean;
}

/** Adds an alarm, named `stevedore-<stage>-<part>-<kind>`, that mails the stage's people. */
export const hurtAlarm = (scope: Construct, props: HurtAlarmProps): Alarm => {
  const { stage, kind, part } = props;
  const name = part === undefined ? kind : `${part}-${kind}`;
  const alarm = new Alarm(scope, `Alarm-${name}`, {
    alarmName: `stevedore-${stage.name}-${name}`,
    alarmDescription: `Who is hurt: ${props.hurt}\nWhat to do: ${stage.runbook}#${kind}`,
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: props.periods ?? 1,
    comparisonOperator: props.silence
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: props.silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(props.topic));
  alarm.addOkAction(new SnsAction(props.topic));
  return alarm;
};

/** The period of all alarms' metrics. */
export const alarmPeriod = Duration.minutes(5);
