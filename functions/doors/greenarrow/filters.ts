// What a list is asked to show: the documented filters, and what they say about the order in which jobs are read.
import { isEnded, type Job, type Millis } from '../../jobs/job.ts';
import { endedBefore } from '../../jobs/rank.ts';
import { invalidRequest } from './errors.ts';
import { beginningOf, endedWords, stateWord, typeWord } from './job-words.ts';
import { readTime, secondOf } from './times.ts';
import type { Side } from './walk.ts';

export interface Filter {
  /** Whether anything is left out: then few of the jobs that are read may be shown. */
  selects: boolean;
  sides: readonly Side[];
  /** Ranks of ended jobs that may be let through lie between these. */
  endedFrom?: string;
  endedUntil?: string;
  lets(job: Job): boolean;
}

const bounds = ['begins_at__after', 'begins_at__before', 'finished_at__after', 'finished_at__before'] as const;
type Bounds = Partial<Record<(typeof bounds)[number], Millis>>;

/** `only` is what the path itself asks for. Throws DoorError for a time that cannot be read. */
export const readFilter = (query: URLSearchParams, timeZone: string, only?: Side): Filter => {
  const limits = readBounds(query, timeZone);
  const [states, types] = [valuesOf(query, 'state'), valuesOf(query, 'job_type')];
  const { begins_at__after, begins_at__before, finished_at__after, finished_at__before } = limits;
  const isBound = finished_at__after !== undefined || finished_at__before !== undefined;
  const sides = sidesFor(only, states, isBound);
  return {
    selects: states !== undefined || types !== undefined || Object.keys(limits).length > 0,
    sides,
    ...(finished_at__before !== undefined && { endedFrom: endedBefore(finished_at__before) }),
    // Of the second itself nothing is shown.
    ...(finished_at__after !== undefined && { endedUntil: endedBefore(finished_at__after + 1000) }),
    lets: (job) =>
      // The index may be a moment behind: what has ended is not unfinished, and the other way round.
      sides.includes(isEnded(job) ? 'ended' : 'unfinished') &&
      (states === undefined || states.has(stateWord(job))) &&
      (types === undefined || types.has(typeWord(job))) &&
      isWithin(beginningOf(job), begins_at__after, begins_at__before) &&
      isWithin(job.finishedAt, finished_at__after, finished_at__before),
  };
};

/** Bounds are exclusive, and compared with what is shown; a time that is not set is never within any. */
const isWithin = (at: Millis | undefined, after: Millis | undefined, before: Millis | undefined): boolean => {
  if (after === undefined && before === undefined) return true;
  if (at === undefined) return false;
  const shown = secondOf(at) * 1000;
  return (after === undefined || shown > after) && (before === undefined || shown < before);
};

const sidesFor = (only: Side | undefined, states: Set<string> | undefined, isBound: boolean): Side[] => {
  const sides: Side[] = only ? [only] : ['unfinished', 'ended'];
  return sides.filter((side) => {
    if (side === 'unfinished' && isBound) return false;
    return states === undefined || [...states].some((state) => endedWords.includes(state) === (side === 'ended'));
  });
};

const readBounds = (query: URLSearchParams, timeZone: string): Bounds => {
  const read: Bounds = {};
  for (const name of bounds) {
    const value = query.get(name);
    if (value === null || value === '') continue;
    const at = readTime(value, timeZone);
    if (at === undefined) throw invalidRequest(`${name} is neither an ISO 8601 time nor a UNIX time in seconds`);
    read[name] = at;
  }
  return read;
};

/** `state=a&state=b`, `state[]=a&state[]=b` and `state=a,b` ask for the same; undefined when nothing is asked for. */
const valuesOf = (query: URLSearchParams, name: string): Set<string> | undefined => {
  const values = [...query.getAll(name), ...query.getAll(`${name}[]`)].flatMap((value) => value.split(','));
  const asked = values.map((value) => value.trim()).filter((value) => value !== '');
  return asked.length > 0 ? new Set(asked) : undefined;
};
