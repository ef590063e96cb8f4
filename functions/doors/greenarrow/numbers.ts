// The integers that this protocol has for ids. They are worked out, not counted: docs/decisions/greenarrow-numbers.md.
import { createHash } from 'node:crypto';
import type { JobId } from '../../jobs/job.ts';

/** Bits of a job's number that come from the random part of its id; the others are the second in which it was made. */
const randomBits = 21;
/** The id's digits that hold these bits, and how many bits they have too many. */
const digits = [8, 14] as const;
const spare = 3;

/** The number of a job: at most 53 bits, so that every JSON reader keeps it whole. */
export const jobNumber = (id: JobId): number =>
  Number.parseInt(id.slice(0, 8), 16) * 2 ** randomBits + (Number.parseInt(id.slice(...digits), 16) >>> spare);

/** What the ids of jobs with that number begin with: the first and the last. Undefined for what is no number of a job. */
export const idsOf = (number: number): [first: string, last: string] | undefined => {
  if (!Number.isSafeInteger(number) || number <= 0) return undefined;
  const second = Math.floor(number / 2 ** randomBits);
  const low = (number % 2 ** randomBits) << spare;
  const id = (rest: number) => second.toString(16).padStart(8, '0') + rest.toString(16).padStart(6, '0');
  return [id(low), id(low + 2 ** spare - 1)];
};

/** The number of the list of that name, 48 bits: the same for every client and for ever. */
export const listNumber = (name: string): number =>
  Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 12), 16);
