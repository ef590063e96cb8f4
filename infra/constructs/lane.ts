// A queue with its dead letters, and the worker that a queue feeds: what AWS runs for one job type, and for plans and reports.
import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvSchema } from '../../functions/lambda/env.ts';
import type { Stage } from '../stage.ts';
import { Shell, type ShellProps } from './shell.ts';

/** Deliveries to the worker on dead letters, before a message is lost. */
const deadLetterTries = 5;

/** AWS asks for a visibility of at least six timeouts, so that throttled batches do not come twice. */
const visibilityPerTimeout = 6;

export interface WorkQueueProps {
  stage: Stage;
  /** `plan`, `report`, `lane-import`, ... */
  name: string;
  /** The timeout of the function that works on it. */
  timeout: Duration;
  /** Deliveries before a message goes to the dead letters. */
  tries: number;
  /** Where dead letters go that even their own worker could not handle; without it they wait for a person. */
  lost?: IQueue;
  /** The timeout of the worker on dead letters. */
  deadLetterTimeout: Duration;
}

/** A queue of the stage: encrypted, TLS only. */
export const stageQueue = (
  scope: Construct,
  id: string,
  stage: Stage,
  name: string,
  props: {
    visibilityTimeout: Duration;
    retention: Duration;
    deadLetterQueue?: { queue: IQueue; maxReceiveCount: number };
  },
): Queue => {
  const { retention, ...rest } = props;
  return new Queue(scope, id, {
    queueName: `stevedore-${stage.name}-${name}`,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: retention,
    ...rest,
  });
};

const times = (duration: Duration, factor: number): Duration => Duration.seconds(duration.toSeconds() * factor);

export class WorkQueue extends Construct {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { stage, name, lost } = props;
    this.name = name;
    const kept = Duration.days(stage.retention.deadLetters);
    this.deadLetters = stageQueue(this, 'DeadLetters', stage, `${name}-dead-letters`, {
      visibilityTimeout: times(props.deadLetterTimeout, visibilityPerTimeout),
      retention: kept,
      // A message takes its count of deliveries along to its dead letters.
      ...(lost ? { deadLetterQueue: { queue: lost, maxReceiveCount: props.tries + 1 + deadLetterTries } } : {}),
    });
    this.queue = stageQueue(this, 'Queue', stage, name, {
      visibilityTimeout: times(props.timeout, visibilityPerTimeout),
      // Shorter than that of the dead letters: a message's age goes with it.
      retention: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.tries },
    });
  }
}

/** Feeds a function from a queue, message by message: a long one never holds the visibility of others. */
export const feed = (shell: Shell, queue: IQueue, maxConcurrency: number): void => {
  shell.fn.addEventSource(new SqsEventSource(queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency }));
};

export interface LaneProps<S extends EnvSchema> extends Omit<ShellProps<S>, 'name'> {
  from: WorkQueue;
  concurrency: number;
}

export class Lane<S extends EnvSchema = EnvSchema> extends Construct {
  readonly shell: Shell<S>;

  constructor(scope: Construct, id: string, props: LaneProps<S>) {
    super(scope, id);
    const { from, concurrency, ...rest } = props;
    this.shell = new Shell(this, 'Shell', { ...rest, name: from.name });
    feed(this.shell as Shell, from.queue, concurrency);
  }
}
