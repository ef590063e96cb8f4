// What does the work: queues, Lambdas, the HTTP API, and the events that start them. Every lane of the stage, by a loop.
import { ArnFormat, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { JobType } from '../functions/jobs/define.ts';
import {
  apiEnv,
  deadLetterEnv,
  laneEnv,
  planEnv,
  reportEnv,
  sweepEnv,
  uploadsEnv,
  workEnv,
} from '../functions/lambda/env.ts';
import { DoorApi } from './constructs/door-api.ts';
import { feed, Lane, stageQueue, WorkQueue } from './constructs/lane.ts';
import { Shell, type Target } from './constructs/shell.ts';
import type { DataStack } from './data-stack.ts';
import { rightsFor } from './grants.ts';
import { deadLetterTimeout, domainQueues, type LaneSpec } from './lanes.ts';
import * as needs from './needs.ts';
import type { Stage } from './stage.ts';

export interface ServiceProps extends StackProps {
  stage: Stage;
  data: DataStack;
  types: readonly JobType[];
  lanes: readonly LaneSpec[];
}

export class ServiceStack extends Stack {
  readonly api: DoorApi;
  readonly #props: ServiceProps;
  /** Dead letters that even their own worker could not handle: they wait here for a person. */
  readonly #lost: Queue;
  readonly #mail: { identityArn: string; from: string };
  /** The queue behind each name of the domain. */
  readonly #queues = new Map<string, Target>();

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, props);
    this.#props = props;
    const { stage, lanes, types } = props;
    this.#lost = stageQueue(this, 'Lost', stage, 'lost', {
      visibilityTimeout: Duration.minutes(5),
      retention: Duration.days(stage.retention.deadLetters),
    });
    this.#mail = this.#mailOf(stage);
    const made = lanes.map((spec) => ({ spec, from: this.#workQueue(spec) }));
    for (const { spec, from } of made)
      for (const name of spec.serves) this.#queues.set(name, { name, lane: spec.name, queue: from.queue });
    for (const { spec, from } of made) this.#addLane(spec, from);
    this.#addBurial(made.filter(({ spec }) => spec.buries).map(({ from }) => from));
    this.#addSweep(domainQueues(types));
    for (const { spec, from } of made) if (spec.serves.length === 0) this.#addUploadEvents(from);
    this.api = this.#addApi(domainQueues(types));
  }

  /** The identity that mails are sent by: made here, or there already. */
  #mailOf({ mail }: Stage): { identityArn: string; from: string } {
    const from = `${mail.sender}@${mail.domain}`;
    if (mail.identity === 'create') {
      const identity = new EmailIdentity(this, 'MailIdentity', { identity: Identity.domain(mail.domain) });
      return { identityArn: identity.emailIdentityArn, from };
    }
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
    const identityArn = this.formatArn({ service: 'ses', resource: 'identity', resourceName: mail.domain, arnFormat });
    return { identityArn, from };
  }

  #workQueue(spec: LaneSpec): WorkQueue {
    const { stage } = this.#props;
    const lost = spec.buries ? { lost: this.#lost } : {};
    return new WorkQueue(this, `Queue-${spec.name}`, { ...spec, ...lost, stage, deadLetterTimeout });
  }

  #sendingTo(names: readonly string[]): Target[] {
    return names.map((name) => {
      const target = this.#queues.get(name);
      if (!target) throw new Error(`no lane serves the queue ${name}`);
      return target;
    });
  }

  #rights(of: Parameters<typeof rightsFor>[0]) {
    return rightsFor(of, this.#props.data, this.#mail);
  }

  #addLane(spec: LaneSpec, from: WorkQueue): void {
    const { memory, timeout, concurrency, serves } = spec;
    const settings = this.#props.data.settings();
    const mailing = { ...settings, MAIL_FROM: this.#mail.from };
    const props = {
      stage: this.#props.stage,
      from,
      memory,
      timeout,
      concurrency,
      sendsTo: this.#sendingTo(spec.sendsTo),
      rights: this.#rights(spec.needs),
      feedsItself: serves.length > 0,
    };
    const id = spec.name;
    if (id === 'plan') new Lane(this, 'Plan', { ...props, entry: 'plan', schema: planEnv, settings });
    else if (id === 'report')
      new Lane(this, 'Report', { ...props, entry: 'report', schema: reportEnv, settings: mailing });
    else if (id === 'work') new Lane(this, 'Work', { ...props, entry: 'work', schema: workEnv, settings: mailing });
    else if (id === 'uploads') new Lane(this, 'Uploads', { ...props, entry: 'uploads', schema: uploadsEnv, settings });
    else new Lane(this, `Lane-${id.replace(/^lane-/, '')}`, { ...props, entry: 'lane', schema: laneEnv, settings });
  }

  /** The worker on all dead letters. */
  #addBurial(from: readonly WorkQueue[]): void {
    const { stage, types } = this.#props;
    const buried = new Shell(this, 'DeadLetter', {
      stage,
      name: 'dead-letter',
      entry: 'dead-letter',
      schema: deadLetterEnv,
      settings: this.#props.data.settings(),
      sendsTo: this.#sendingTo(domainQueues(types).filter((name) => name !== 'plan')),
      rights: this.#rights(needs.deadLetterNeeds),
      memory: 1769,
      timeout: deadLetterTimeout,
      feedsItself: true,
    });
    for (const { deadLetters } of from) feed(buried, deadLetters, stage.concurrency.deadLetter);
  }

  /** An invocation that fails is not repeated: the next minute is the repetition. */
  #addSweep(sendsTo: readonly string[]): void {
    const { stage } = this.#props;
    const sweep = new Shell(this, 'Sweep', {
      stage,
      name: 'sweep',
      entry: 'sweep',
      schema: sweepEnv,
      settings: this.#props.data.settings(),
      sendsTo: this.#sendingTo(sendsTo),
      rights: this.#rights(needs.sweepNeeds),
      memory: 256,
      timeout: Duration.minutes(1),
    });
    new Rule(this, 'EveryMinute', {
      description: 'Sends on jobs that stand still, removes files whose time has ended',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep.fn, { retryAttempts: 0 })],
    });
  }

  #addUploadEvents(to: WorkQueue): void {
    const { buckets } = this.#props.data;
    new Rule(this, 'Uploaded', {
      description:
        'A file under imports/<client>/<list>/ becomes an import, one under tickets/ is what a job waits for',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [buckets.uploads.bucketName] },
          object: { key: [{ prefix: 'imports/' }, { prefix: 'tickets/' }] },
        },
      },
      targets: [new SqsQueue(to.queue, { deadLetterQueue: to.deadLetters })],
    });
  }

  /** A cancel wakes the workers of a lane, or reports at once; all else that doors do begins with a plan. */
  #addApi(sendsTo: readonly string[]): DoorApi {
    const { stage } = this.#props;
    const doors = new Shell(this, 'Api', {
      stage,
      name: 'api',
      entry: 'api',
      schema: apiEnv,
      settings: this.#props.data.settings(),
      sendsTo: this.#sendingTo(sendsTo),
      rights: this.#rights(needs.apiNeeds),
      memory: 1024,
      timeout: Duration.seconds(29),
    });
    return new DoorApi(this, 'Doors', { stage, fn: doors.fn });
  }
}
