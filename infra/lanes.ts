// The queues of a stage as plain data: what the service deploys and what is watched, from one list.
import { Duration } from 'aws-cdk-lib';
import type { JobType, Need } from '../functions/jobs/define.ts';
import type { EngineNeed } from './grants.ts';
import { laneNeeds, planNeeds, reportNeeds, uploadsNeeds } from './needs.ts';
import type { Stage } from './stage.ts';

export interface LaneSpec {
  /** Of the queue and its function: `plan`, `report`, `lane-<type>`, `work`; `uploads` for events of the bucket. */
  name: string;
  /** The queues of the domain whose messages come here; none for events of the bucket. */
  serves: readonly string[];
  /** The queues of the domain that its work sends to. */
  sendsTo: readonly string[];
  needs: readonly (Need | EngineNeed)[];
  /** Who is hurt when it fails, for alarm texts. */
  hurt: string;
  timeout: Duration;
  /** In MB. Lambda gives CPU by memory, and its requests are what a row costs: 1769 is one whole CPU. */
  memory: number;
  /** Most invocations at once. */
  concurrency: number;
  /** Deliveries before a message counts as dead. RetryLater uses them up too. */
  tries: number;
  /** Whether its dead letters have a worker that ends their jobs; else they wait for a person. */
  buries: boolean;
  /** A message older than this means that the lane does not keep up. */
  patience: Duration;
}

/** Also the visibility of dead letters: time for a job with 4,000 chunks to be read and woken. */
export const deadLetterTimeout = Duration.minutes(1);

/** A lane's queue in the domain. */
const laneName = (type: JobType): string => `lane-${type.name}`;

/** Every queue that the domain sends to. */
export const domainQueues = (types: readonly JobType[]): string[] => ['plan', 'report', ...types.map(laneName)];

const plan = (types: readonly JobType[], { concurrency }: Stage): LaneSpec => ({
  name: 'plan',
  serves: ['plan'],
  sendsTo: domainQueues(types),
  needs: planNeeds(types),
  hurt: 'All clients: new jobs stay pending.',
  timeout: Duration.minutes(15),
  memory: 2048,
  concurrency: concurrency.plan,
  tries: 5,
  buries: true,
  patience: Duration.minutes(20),
});

const report = ({ concurrency }: Stage): LaneSpec => ({
  name: 'report',
  serves: ['report'],
  sendsTo: ['report'],
  needs: reportNeeds,
  hurt: 'Clients that wait for the mail or the postback of a finished job.',
  timeout: Duration.minutes(1),
  memory: 1769,
  concurrency: concurrency.report,
  tries: 5,
  buries: true,
  patience: Duration.minutes(20),
});

const lane = (type: JobType, { concurrency }: Stage): LaneSpec => ({
  name: laneName(type),
  serves: [laneName(type)],
  sendsTo: [laneName(type), 'report'],
  needs: laneNeeds(type),
  hurt: type.hurt,
  timeout: Duration.minutes(5),
  memory: 1769,
  concurrency: concurrency.lane,
  tries: 5,
  buries: true,
  patience: Duration.minutes(30),
});

/** One queue and one function for all that the engine does. */
const work = (types: readonly JobType[], stage: Stage): LaneSpec => ({
  ...plan(types, stage),
  name: 'work',
  serves: domainQueues(types),
  needs: [...planNeeds(types), ...types.flatMap(laneNeeds), ...reportNeeds],
  hurt: 'All clients: jobs neither begin nor go on.',
  concurrency: stage.concurrency.lane,
});

const uploads = ({ concurrency }: Stage): LaneSpec => ({
  name: 'uploads',
  serves: [],
  sendsTo: ['plan'],
  needs: uploadsNeeds,
  hurt: 'Clients that upload files to the bucket, by themselves or by tickets: their imports do not start.',
  timeout: Duration.minutes(1),
  memory: 256,
  concurrency: concurrency.uploads,
  tries: 5,
  // There is no job yet that could end.
  buries: false,
  patience: Duration.minutes(10),
});

/** Every queue of a stage with these job types. */
export const lanesOf = (types: readonly JobType[], stage: Stage): LaneSpec[] =>
  stage.lanes === 'one'
    ? [work(types, stage), uploads(stage)]
    : [plan(types, stage), ...types.map((type) => lane(type, stage)), report(stage), uploads(stage)];

/** Invocations at once of all that queues feed, at most. */
const mostInvocations = (lanes: readonly LaneSpec[], { concurrency }: Stage): number =>
  lanes.reduce((sum, lane) => sum + lane.concurrency + (lane.buries ? concurrency.deadLetter : 0), 0);

/** Throws a sentence when queues could take all that the account has: the doors would be throttled, and messages die of it. */
export const checkConcurrency = (lanes: readonly LaneSpec[], stage: Stage): void => {
  const { account, spare } = stage.concurrency;
  const most = mostInvocations(lanes, stage);
  if (most > account - spare)
    throw new Error(
      `stage "${stage.name}": its queues may run ${most} functions at once, the account's limit of ${account} less ` +
        `${spare} to spare is ${account - spare}: lower concurrency in infra/stage.ts, or set lanes to "one"`,
    );
};
