// What calls people and what they look at: alarms, their topics, the dashboard, saved queries.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, CompositeAlarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { JobType } from '../functions/jobs/define.ts';
import {
  type AlarmKind,
  alarmKinds,
  alarmPeriod,
  alarmText,
  type HurtAlarmProps,
  hurtAlarm,
  type Severity,
} from './constructs/alarm.ts';
import { addSavedQueries } from './constructs/saved-queries.ts';
import { addDashboard } from './dashboard/dashboard.ts';
import { type DataStack, tableNames } from './data-stack.ts';
import type { LaneSpec } from './lanes.ts';
import { metricsOf, type StageMetrics } from './metrics.ts';
import type { Stage } from './stage.ts';
import type { DoorHealth } from './upload-door-stack.ts';

export interface WatchProps extends StackProps {
  stage: Stage;
  types: readonly JobType[];
  lanes: readonly LaneSpec[];
  data: DataStack;
  apiId: string;
  /** Where there is one. */
  uploadDoor?: DoorHealth;
}

export class WatchStack extends Stack {
  readonly #stage: Stage;
  readonly #metrics: StageMetrics;
  readonly #topic: Topic;
  readonly #alarms: { kind: AlarmKind; alarm: Alarm }[] = [];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id, props);
    const { stage, types, lanes, data, apiId } = props;
    this.#stage = stage;
    this.#topic = this.#topicFor('Alarms', stage.alarmMail);
    this.#metrics = metricsOf(stage);
    this.#watchPromises();
    for (const lane of lanes) this.#watchLane(lane);
    this.#watchDoors(apiId);
    if (props.uploadDoor) this.#watchUploadDoor(props.uploadDoor);
    this.#watchKeepers(lanes);
    this.#watchDomain(types);
    const tables = Object.fromEntries(tableNames.map((name) => [name, data.tables[name].tableName]));
    for (const [name, table] of Object.entries(tables)) this.#watchTable(name, table);
    const page = this.#addPage();
    const alarms = [page, ...this.#ofSeverity('page'), ...this.#ofSeverity('ticket')];
    addDashboard(this, { stage, types, lanes, metrics: this.#metrics, apiId, tables, alarms });
    addSavedQueries(this, stage, lanes);
  }

  #topicFor(id: string, address: string | undefined): Topic {
    const topicName = `stevedore-${this.#stage.name}-${id.toLowerCase()}`;
    const topic = new Topic(this, id, { topicName, enforceSSL: true });
    if (address !== undefined) topic.addSubscription(new EmailSubscription(address));
    return topic;
  }

  #alarm(props: Omit<HurtAlarmProps, 'stage' | 'topic'>): void {
    const alarm = hurtAlarm(this, { stage: this.#stage, topic: this.#topic, ...props });
    this.#alarms.push({ kind: props.kind, alarm });
  }

  #ofSeverity(severity: Severity): Alarm[] {
    return this.#alarms.filter(({ kind }) => alarmKinds[kind] === severity).map(({ alarm }) => alarm);
  }

  /** One call for whatever is worth getting up for, however many alarms it sets off. */
  #addPage(): CompositeAlarm {
    const page = new CompositeAlarm(this, 'Page', {
      compositeAlarmName: `stevedore-${this.#stage.name}-page`,
      alarmDescription: alarmText(this.#stage, 'page', 'Whoever the alarms below it name.', 'page'),
      alarmRule: AlarmRule.anyOf(
        ...this.#ofSeverity('page').map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
      ),
    });
    page.addAlarmAction(new SnsAction(this.#topicFor('Pages', this.#stage.pageMail ?? this.#stage.alarmMail)));
    return page;
  }

  /** What clients were promised. */
  #watchPromises(): void {
    this.#alarm({
      kind: 'jobs-standing',
      hurt: 'Clients of a job that has stood still for ten minutes.',
      metric: this.#metrics.domain('JobStands', {}, { statistic: 'Maximum' }),
      threshold: Duration.minutes(10).toMilliseconds(),
    });
    this.#alarm({
      kind: 'small-jobs-late',
      hurt: 'Clients of small jobs: more than one in twenty takes longer than two minutes.',
      metric: this.#metrics.late(Duration.minutes(15)),
      threshold: 5,
      periods: 2,
    });
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
    this.#watchShell(part, hurt);
  }

  #watchShell(part: string, hurt: string): void {
    this.#alarm({ kind: 'errors', part, hurt, metric: this.#metrics.worker(part, 'Errors'), threshold: 3, periods: 2 });
    this.#alarm({
      kind: 'throttled',
      part,
      hurt,
      metric: this.#metrics.worker(part, 'Throttles'),
      threshold: 10,
      periods: 3,
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
    this.#watchShell('api', hurt);
  }

  #watchUploadDoor({ failures, unhealthy }: DoorHealth): void {
    const part = 'upload-door';
    const hurt = 'Clients that post large files in the request itself.';
    this.#alarm({ kind: 'api-failures', part, hurt, metric: failures, threshold: 5 });
    this.#alarm({ kind: 'errors', part, hurt, metric: unhealthy, threshold: 1, periods: 2 });
  }

  /** The parts that keep everything else going. */
  #watchKeepers(lanes: readonly LaneSpec[]): void {
    this.#watchShell('dead-letter', 'Clients whose jobs met an error that does not go away: their jobs do not end.');
    this.#watchShell('sweep', 'Clients whose jobs stand still, and whose sends fall due: nobody sends them on.');
    this.#alarm({
      kind: 'lost-messages',
      hurt: `Clients of a job that cannot end by itself (${lanes.length} queues lead here).`,
      metric: this.#metrics.queue('lost', 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum' }),
      threshold: 1,
    });
    this.#alarm({
      kind: 'messages-unknown',
      hurt: 'Clients whose jobs wait for a version of the code that knows their messages.',
      metric: this.#metrics.domain('MessagesUnknown', {}),
      threshold: 1,
    });
    this.#alarm({
      kind: 'sweep-silent',
      hurt: 'Clients whose jobs stand still, whose sends fall due, and whose expired exports should be gone.',
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
    this.#alarm({
      kind: 'uploads-refused',
      hurt: 'Clients whose uploads to the bucket lie there, and no import begins.',
      metric: this.#metrics.domain('DropsRefused', {}),
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
