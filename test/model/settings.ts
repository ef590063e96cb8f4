// What one schedule is like: how large the parts are, which faults there are and how often. All of it follows from the seed.
import type { Random } from './random.ts';

export interface Settings {
  /** Messages that are worked on at once. */
  workers: number;
  batch: number;
  parallel: number;
  window: number;
  chunkRows: number;
  inlineRows: number;
  /** A batch of changes is written whole or not at all, as on one machine; else profile by profile, as on DynamoDB. */
  wholeBatches: boolean;
  /** A message that waits already is not queued once more, as on one machine. */
  oneOfEach: boolean;
  /** How likely the next step is of whoever made the last one. */
  stick: number;
  /** After this step nothing fails any more, so that every schedule can come to rest. */
  faultsUntil: number;
  /** Probabilities of faults: each for one step, message or answer. */
  crash: number;
  freeze: number;
  /** How long a frozen worker sleeps at most, in milliseconds: longer than a batch, than a report's lease, than a message is hidden. */
  sleep: number;
  error: number;
  /** An error that hides an effect: the answer got lost. */
  lostAnswer: number;
  drop: number;
  repeat: number;
  late: number;
  stale: number;
  outOfTime: number;
  reportFails: number;
  pullFails: number;
  /** Of a person: nobody can write its profile. */
  poison: number;
  /** Of a step: somebody pauses, resumes, cancels or retries a job. */
  control: number;
  /** Of a step: the sweeper comes. */
  sweep: number;
  /** Of such a wish: it is a cancellation. */
  cancel: number;
  /** Of an order: it is an export. */
  exports: number;
  /** Nobody resumes what is paused at the end: the sweeper ends it after days. */
  forgotten: boolean;
}

/** Each kind of fault is absent from half of the schedules, so that promises which hold only without it are checked too. */
export const settingsOf = (random: Random): Settings => {
  const sometimes = (most: number): number => (random.chance(0.5) ? most * random.next() : 0);
  return {
    workers: random.whole(1, 4),
    batch: random.whole(1, 3),
    parallel: random.whole(1, 3),
    window: random.whole(1, 3),
    chunkRows: random.whole(2, 4),
    inlineRows: random.pick([0, 0, 10, 1000]),
    wholeBatches: random.chance(0.4),
    oneOfEach: random.chance(0.3),
    stick: random.pick([0, 0, 0.5, 0.9]),
    faultsUntil: random.whole(200, 1500),
    crash: sometimes(0.03),
    freeze: sometimes(0.02),
    sleep: random.pick([2_000, 10_000, 300_000, 3_000_000]),
    error: sometimes(0.04),
    lostAnswer: sometimes(0.03),
    drop: sometimes(0.3),
    repeat: sometimes(0.4),
    late: sometimes(0.3),
    stale: sometimes(0.5),
    outOfTime: sometimes(0.3),
    reportFails: sometimes(0.7),
    pullFails: sometimes(0.5),
    poison: sometimes(0.3),
    control: sometimes(0.04),
    sweep: sometimes(0.01),
    cancel: random.pick([0, 0.1, 0.3]),
    exports: random.pick([0, 0.2, 0.2, 0.8]),
    forgotten: random.chance(0.1),
  };
};
