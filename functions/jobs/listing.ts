// A client's jobs, looked through: by filters, in pages, with a bound on what one look may read.
import { type ClientId, isEnded, type Job, type JobId, type Millis, type State, terminalStates } from './job.ts';
import type { JobPage, Ports } from './ports.ts';
import { rankOf } from './rank.ts';

/** Jobs that one look reads at most, whatever it finds. */
const mostRead = 1000;
/** Jobs that are read at once while looking for some among many. */
const readAtOnce = 200;

/** What is looked for; every filter that is given must hold. */
export interface JobFilter {
  states?: readonly State[];
  type?: string;
  /** When the job was made: not before `since`, not after `until`. */
  since?: Millis;
  until?: Millis;
  /** Part of the name in any letter case, or the whole id. */
  text?: string;
}

export interface FoundJobs {
  jobs: Job[];
  /** The rank behind which to look on; absent when there are no more. A look that has read enough may find fewer than asked, even none. */
  next?: string;
}

/** The jobs that the filter lets through, in the order of their ranks. */
export const findJobs = async (
  { jobs }: Pick<Ports, 'jobs'>,
  client: ClientId,
  filter: JobFilter,
  { limit, after }: { limit: number; after?: string },
): Promise<FoundJobs> => {
  const only = sideOf(filter.states);
  const lets = letsThrough(filter);
  const found: Job[] = [];
  let next = after;
  for (let read = 0; read < mostRead; ) {
    const size = Object.keys(filter).length === 0 ? limit : readAtOnce;
    const page: JobPage = { limit: size, ...(next !== undefined && { after: next }), ...(only && { only }) };
    const part = await jobs.list(client, page);
    for (const job of part) {
      // Ended ones come last to end first, and none was made after its end.
      if ((job.finishedAt ?? Number.POSITIVE_INFINITY) < (filter.since ?? 0)) return { jobs: found };
      if (lets(job)) found.push(job);
      next = rankOf(job);
      if (found.length === limit) return { jobs: found, next };
    }
    if (part.length < size) return { jobs: found };
    read += part.length;
  }
  return { jobs: found, ...(next !== undefined && { next }) };
};

const sideOf = (states: readonly State[] | undefined): JobPage['only'] => {
  const ended = states?.map((state) => terminalStates.includes(state)) ?? [];
  if (ended.length === 0 || (ended.includes(true) && ended.includes(false))) return undefined;
  return ended[0] ? 'ended' : 'unfinished';
};

const letsThrough = ({ states, type, since, until, text }: JobFilter): ((job: Job) => boolean) => {
  const part = text?.toLowerCase();
  const speaksOf = (id: JobId, name: string) => part === undefined || id === part || name.toLowerCase().includes(part);
  return (job) =>
    (states === undefined || states.includes(job.state)) &&
    (type === undefined || job.type === type) &&
    (since === undefined || job.createdAt >= since) &&
    (until === undefined || job.createdAt <= until) &&
    speaksOf(job.id, job.name);
};

/** What a look at all of a client's work reads at most, of unfinished jobs and of ended ones. */
const overviewReads = 300;

export interface Overview {
  unfinished: Job[];
  /** Those that ended within the last `span`, the last to end first. */
  ended: Job[];
  /** True when there are more of them than were read. */
  more: { unfinished: boolean; ended: boolean };
}

/** A client's work now and within the last `span` milliseconds, in two bounded reads. */
export const overviewOf = async (
  { jobs, clock }: Pick<Ports, 'jobs' | 'clock'>,
  client: ClientId,
  span: Millis,
): Promise<Overview> => {
  const [unfinished, last] = await Promise.all([
    jobs.list(client, { limit: overviewReads, only: 'unfinished' }),
    jobs.list(client, { limit: overviewReads, only: 'ended' }),
  ]);
  const since = clock.now() - span;
  const ended = last.filter((job) => isEnded(job) && (job.finishedAt ?? 0) >= since);
  const full = (part: readonly Job[]) => part.length === overviewReads;
  return {
    unfinished,
    ended,
    more: { unfinished: full(unfinished), ended: full(last) && ended.length === last.length },
  };
};
