// What calls people and what they look at: alarms, their topic, the dashboard.
import { Stack, type StackProps } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { JobType } from '../functions/jobs/define.ts';
import { alarmPeriod, type HurtAlarmProps, hurtAlarm } from './constructs/alarm.ts';
import { addDashboard } from './constructs/dashboard.ts';
import { type DataStack, tableNames } from './data-stack.ts';
import type { LaneSpec } from './lanes.ts';
import { metricsOf, type StageMetrics } from './metrics.ts';
import type { Stage } from './stage.ts';

export interface WatchProps extends StackProps {
  stage: Stage;
  types: readonly JobType[];
  lanes: readonly LaneSpec[];
  data: DataStack;
  apiId: string;
}

export class WatchStack extends Stack {
  readonly #metrics: StageMetrics;
  readonly #alarm: (props: Omit<HurtAlarmProps, 'stage' | 'topic'>) => void;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id, props);
    const { stage, types, lanes, data, apiId } = props;
    const topic = new Topic(this, 'Alarms', { topicName: `stevedore-${stage.name}-alarms`, enforceSSL: true });
    if (stage.alarmMail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmMail));
    this.#alarm = (alarm) => hurtAlarm(this, { stage, topic, ...alarm });
    this.#metrics = metricsOf(stage);

    for (const lane of lanes) this.#watchLane(lane);
    this.#watchDoors(apiId);
    this.#watchKeepers(lanes);
    this.#watchDomain(types);
    for (const name of tableNames) this.#watchTable(name, data.tables[name].tableName);
    const tables = Object.fromEntries(tableNames.map((name) => [name, data.tables[name].tableName]));
    addDashboard(this, { stage, types, lanes, metrics: this.#metrics, apiId, tables });
  }

  #watchLane(lane: LaneSpec): void {
    const { name: part, hurt } = lane;
    const dead = `${part}-dead-letters`;
    this.#alarm({
      kind: 'dead-letters',
      part,
      hurt,
      // Their worker takes them out at once: what it received counts, not what lies there.
      metric: lane.buries
        ? this.#metrics.queue(dead, 'NumberOfMessagesReceived')
        : this.#metrics.queue(dead, 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum' }),
      threshold: 1,
    });
    this.#alarm({
      kind: 'waits',
      part,
      hurt,
      metric: this.#metrics.queue(part, 'ApproximateAgeOfOldestMessage', { statistic: 'Maximum' }),
      threshold: lane.patience.toSeconds(),
      periods: 2,
    });
    this.#watchErrors(part, hurt);
  }

  #watchErrors(part: string, hurt: string): void {
    this.#alarm({
      kind: 'errors',
      part,
      hurt,
      metric: this.#metrics.worker(part, 'Errors'),
      threshold: 3,
      periods: 2,
    });
  }

  #watchDoors(apiId: string): void {
    const hurt = 'All clients: their requests fail or take too long.';
    this.#alarm({ kind: 'api-failures', hurt, metric: this.#metrics.api(apiId, '5xx'), threshold: 5 });
    this.#alarm({
      kind: 'api-slow',
      hurt,
      metric: this.#metrics.api(apiId, 'Latency', { statistic: 'p99' }),
      threshold: 5000,
      periods: 3,
    });
    this.#watchErrors('api', hurt);
  }

  /** The parts that keep everything else going. */
  #watchKeepers(lanes: readonly LaneSpec[]): void {
    this.#watchErrors('dead-letter', 'Clients whose jobs met an error that does not go away: their jobs do not end.');
    this.#watchErrors('sweep', 'Clients whose jobs stand still: nobody sends them on.');
    this.#alarm({
      kind: 'lost-messages',
      hurt: `Clients of a job that cannot end by itself (${lanes.length} queues lead here).`,
      metric: this.#metrics.queue('lost', 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum' }),
      threshold: 1,
    });
    this.#alarm({
      kind: 'sweep-silent',
      hurt: 'Clients whose jobs stand still, and those whose expired exports should be gone.',
      metric: this.#metrics.worker('sweep', 'Invocations'),
      threshold: 1,
      periods: 3,
      silence: true,
    });
  }

  #watchDomain(types: readonly JobType[]): void {
    this.#alarm({
      kind: 'ledger-unbalanced',
      hurt: 'A client whose job lost account of rows: it was failed rather than called complete.',
      metric: this.#metrics.domain('LedgersUnbalanced', {}),
      threshold: 1,
    });
    for (const type of types)
      this.#alarm({
        kind: 'jobs-failing',
        part: type.name,
        hurt: type.hurt,
        metric: this.#metrics.domain('JobsFailed', { type: type.name, class: 'internal' }),
        threshold: 1,
      });
    for (const channel of ['mail', 'postback'])
      this.#alarm({
        kind: 'reports-failing',
        part: channel,
        hurt: `Clients that wait for the ${channel} of a finished job.`,
        metric: this.#metrics.domain('ReportsFailed', { channel }),
        threshold: 5,
      });
  }

  #watchTable(part: string, table: string): void {
    this.#alarm({
      kind: 'table-throttled',
      part,
      hurt: 'All clients: jobs and answers slow down.',
      metric: new MathExpression({
        expression: 'FILL(reads, 0) + FILL(writes, 0)',
        usingMetrics: {
          reads: this.#metrics.table(table, 'ReadThrottleEvents'),
          writes: this.#metrics.table(table, 'WriteThrottleEvents'),
        },
        period: alarmPeriod,
      }),
      threshold: 50,
      periods: 2,
    });
  }
}
