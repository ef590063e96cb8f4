// What does the work: queues, Lambdas, the HTTP API, and the events that start them. One lane per job type, by a loop.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { JobType } from '../functions/jobs/define.ts';
import { apiEnv, deadLetterEnv, laneEnv, planEnv, reportEnv, sweepEnv, uploadsEnv } from '../functions/lambda/env.ts';
import { DoorApi } from './constructs/door-api.ts';
import { feed, Lane, stageQueue, WorkQueue } from './constructs/lane.ts';
import { Shell } from './constructs/shell.ts';
import type { DataStack } from './data-stack.ts';
import { rightsFor } from './grants.ts';
import { deadLetterTimeout, type LaneSpec, laneOf, planLane, reportLane, uploadsLane } from './lanes.ts';
import * as needs from './needs.ts';
import type { Stage } from './stage.ts';

export interface ServiceProps extends StackProps {
  stage: Stage;
  data: DataStack;
  types: readonly JobType[];
}

export class ServiceStack extends Stack {
  readonly api: DoorApi;
  readonly #props: ServiceProps;
  /** Dead letters that even their own worker could not handle: they wait here for a person. */
  readonly #lost: Queue;
  readonly #mail: { identityArn: string; from: string };

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, props);
    this.#props = props;
    const { stage, types, data } = props;
    this.#lost = stageQueue(this, 'Lost', stage, 'lost', {
      visibilityTimeout: Duration.minutes(5),
      retention: Duration.days(stage.deadLetterDays),
    });
    const identity = new EmailIdentity(this, 'MailIdentity', { identity: Identity.domain(stage.mail.domain) });
    this.#mail = { identityArn: identity.emailIdentityArn, from: `${stage.mail.sender}@${stage.mail.domain}` };

    const plan = this.#workQueue(planLane);
    const report = this.#workQueue(reportLane);
    const lanes = types.map((type) => ({ type, spec: laneOf(type), from: this.#workQueue(laneOf(type)) }));
    const laneQueues = Object.fromEntries(lanes.map(({ from }) => [from.name, from.queue]));
    const everyQueue = { plan: plan.queue, report: report.queue, ...laneQueues };

    const settings = this.#settings();
    // A worker needs under 512 MB, but Lambda gives CPU by memory, and its requests are what a row costs: this is one whole CPU.
    const worker = { stage, settings, memory: 1769, feedsItself: true };
    new Lane(this, 'Plan', {
      ...worker,
      from: plan,
      entry: 'plan',
      schema: planEnv,
      sendsTo: everyQueue,
      rights: this.#rights(needs.planNeeds(types)),
      memory: 2048,
      timeout: planLane.timeout,
      concurrency: stage.concurrency.plan,
    });
    for (const { type, spec, from } of lanes)
      new Lane(this, `Lane-${type.name}`, {
        ...worker,
        from,
        entry: 'lane',
        schema: laneEnv,
        sendsTo: { [from.name]: from.queue, report: report.queue },
        rights: this.#rights(needs.laneNeeds(type)),
        timeout: spec.timeout,
        concurrency: stage.concurrency.lane,
      });
    new Lane(this, 'Report', {
      ...worker,
      from: report,
      entry: 'report',
      schema: reportEnv,
      settings: { ...settings, MAIL_FROM: this.#mail.from },
      sendsTo: { report: report.queue },
      rights: this.#rights(needs.reportNeeds),
      timeout: reportLane.timeout,
      concurrency: stage.concurrency.report,
    });
    const buried = new Shell(this, 'DeadLetter', {
      ...worker,
      name: 'dead-letter',
      entry: 'dead-letter',
      schema: deadLetterEnv,
      sendsTo: { report: report.queue, ...laneQueues },
      rights: this.#rights(needs.deadLetterNeeds),
      timeout: deadLetterTimeout,
    });
    for (const { deadLetters } of [plan, report, ...lanes.map(({ from }) => from)])
      feed(buried, deadLetters, stage.concurrency.deadLetter);

    this.#addSweep(everyQueue);
    this.#addUploads(data, plan.queue);
    this.api = this.#addApi(everyQueue);
  }

  #workQueue(spec: LaneSpec): WorkQueue {
    const { stage } = this.#props;
    const lost = spec.buries ? { lost: this.#lost } : {};
    return new WorkQueue(this, `Queue-${spec.name}`, { ...spec, ...lost, stage, deadLetterTimeout });
  }

  #settings() {
    const { tables, buckets, secretsKey } = this.#props.data;
    return {
      CLIENTS_TABLE: tables.clients.tableName,
      JOBS_TABLE: tables.jobs.tableName,
      PROFILES_TABLE: tables.profiles.tableName,
      LISTS_TABLE: tables.lists.tableName,
      MEMBERS_TABLE: tables.members.tableName,
      ALIASES_TABLE: tables.aliases.tableName,
      PURCHASES_TABLE: tables.purchases.tableName,
      CONTENT_TABLE: tables.content.tableName,
      SENDS_TABLE: tables.sends.tableName,
      BLASTS_TABLE: tables.blasts.tableName,
      RECIPIENTS_TABLE: tables.recipients.tableName,
      UPLOADS_BUCKET: buckets.uploads.bucketName,
      EXPORTS_BUCKET: buckets.exports.bucketName,
      JOBS_BUCKET: buckets.jobs.bucketName,
      SECRETS_KEY: secretsKey.keyArn,
    };
  }

  #rights(of: Parameters<typeof rightsFor>[0]) {
    return rightsFor(of, this.#props.data, this.#mail);
  }

  /** An invocation that fails is not repeated: the next minute is the repetition. */
  #addSweep(sendsTo: Record<string, IQueue>): void {
    const { stage } = this.#props;
    const sweep = new Shell(this, 'Sweep', {
      stage,
      name: 'sweep',
      entry: 'sweep',
      schema: sweepEnv,
      settings: this.#settings(),
      sendsTo,
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

  #addUploads(data: DataStack, plan: IQueue): void {
    const { stage } = this.#props;
    const from = this.#workQueue(uploadsLane);
    new Rule(this, 'Uploaded', {
      description:
        'A file under imports/<client>/<list>/ becomes an import, one under tickets/ is what a job waits for',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [data.buckets.uploads.bucketName] },
          object: { key: [{ prefix: 'imports/' }, { prefix: 'tickets/' }] },
        },
      },
      targets: [new SqsQueue(from.queue, { deadLetterQueue: from.deadLetters })],
    });
    new Lane(this, 'Uploads', {
      stage,
      from,
      entry: 'uploads',
      schema: uploadsEnv,
      settings: this.#settings(),
      sendsTo: { plan },
      rights: this.#rights(needs.uploadsNeeds),
      memory: 256,
      timeout: uploadsLane.timeout,
      concurrency: stage.concurrency.uploads,
    });
  }

  /** A cancel wakes the workers of a lane, or reports at once; all else that doors do begins with a plan. */
  #addApi(sendsTo: Record<string, IQueue>): DoorApi {
    const { stage } = this.#props;
    const doors = new Shell(this, 'Api', {
      stage,
      name: 'api',
      entry: 'api',
      schema: apiEnv,
      settings: this.#settings(),
      sendsTo,
      rights: this.#rights(needs.apiNeeds),
      memory: 1024,
      timeout: Duration.seconds(29),
    });
    return new DoorApi(this, 'Doors', { stage, fn: doors.fn });
  }
}
