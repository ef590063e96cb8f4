// The queues of a stage as plain data: what the service deploys and what is watched, from one list.
import { Duration } from 'aws-cdk-lib';
import type { JobType } from '../functions/jobs/define.ts';

export interface LaneSpec {
  /** The queue's name in the domain: `plan`, `report`, `lane-<type>`; `uploads` for events of the bucket. */
  name: string;
  /** Who is hurt when it fails, for alarm texts. */
  hurt: string;
  timeout: Duration;
  /** Deliveries before a message counts as dead. RetryLater uses them up too. */
  tries: number;
  /** Whether its dead letters have a worker that ends their jobs; else they wait for a person. */
  buries: boolean;
  /** A message older than this means that the lane does not keep up. */
  patience: Duration;
}

/** Also the visibility of dead letters: time for a job with 4,000 chunks to be read and woken. */
export const deadLetterTimeout = Duration.minutes(1);

export const planLane: LaneSpec = {
  name: 'plan',
  hurt: 'All clients: new jobs stay pending.',
  timeout: Duration.minutes(15),
  tries: 5,
  buries: true,
  patience: Duration.minutes(20),
};

export const reportLane: LaneSpec = {
  name: 'report',
  hurt: 'Clients that wait for the mail or the postback of a finished job.',
  timeout: Duration.minutes(1),
  tries: 5,
  buries: true,
  patience: Duration.minutes(20),
};

export const uploadsLane: LaneSpec = {
  name: 'uploads',
  hurt: 'Clients that upload files to the bucket, by themselves or by tickets: their imports do not start.',
  timeout: Duration.minutes(1),
  tries: 5,
  // There is no job yet that could end.
  buries: false,
  patience: Duration.minutes(10),
};

export const laneOf = (type: JobType): LaneSpec => ({
  name: `lane-${type.name}`,
  hurt: type.hurt,
  timeout: Duration.minutes(5),
  tries: 5,
  buries: true,
  patience: Duration.minutes(30),
});

/** Every queue of a stage with these job types. */
export const lanesOf = (types: readonly JobType[]): LaneSpec[] => [
  planLane,
  ...types.map(laneOf),
  reportLane,
  uploadsLane,
];
