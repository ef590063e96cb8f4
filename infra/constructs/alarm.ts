// An alarm that says how urgent it is, who is hurt and where to read on; its kind is a heading of the runbook.
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Stage } from '../stage.ts';

/** `page`: someone gets up for it. `ticket`: it can wait for the morning. */
export type Severity = 'page' | 'ticket';

/** The kinds of alarms and how urgent each is; the runbook has a heading for each. */
export const alarmKinds = {
  'jobs-standing': 'page',
  'small-jobs-late': 'page',
  waits: 'page',
  'lost-messages': 'page',
  'sweep-silent': 'page',
  'api-failures': 'page',
  'ledger-unbalanced': 'page',
  'dead-letters': 'ticket',
  errors: 'ticket',
  throttled: 'ticket',
  'api-slow': 'ticket',
  'table-throttled': 'ticket',
  'jobs-failing': 'ticket',
  'reports-failing': 'ticket',
  'messages-unknown': 'ticket',
  'uploads-refused': 'ticket',
} as const satisfies Record<string, Severity>;
export type AlarmKind = keyof typeof alarmKinds;

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

/** The text of an alarm: people read it half asleep. */
export const alarmText = (stage: Stage, severity: Severity, hurt: string, heading: string): string =>
  `Severity: ${severity}\nWho is hurt: ${hurt}\nWhat to do: ${stage.runbook}#${heading}`;

/** Adds an alarm, named `stevedore-<stage>-<part>-<kind>`, that mails the stage's people. */
export const hurtAlarm = (scope: Construct, props: HurtAlarmProps): Alarm => {
  const { stage, kind, part } = props;
  const name = part === undefined ? kind : `${part}-${kind}`;
  const alarm = new Alarm(scope, `Alarm-${name}`, {
    alarmName: `stevedore-${stage.name}-${name}`,
    alarmDescription: alarmText(stage, alarmKinds[kind], props.hurt, kind),
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
