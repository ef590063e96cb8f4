// A job as an item: the ledger's set, counts and marks at top level, where one update can add to them.
import { type Job, type JobId, outcomes } from '../jobs/job.ts';
import { rankOf } from '../jobs/rank.ts';
import type { JobPatch } from '../jobs/states.ts';
import { noUsage } from '../jobs/usage.ts';
import type { Update } from './expression.ts';
import { byDue, byRank, jobKey, ttlAttribute } from './layout.ts';
import { asSet, fromSet } from './words.ts';

type Item = Record<string, unknown>;

const keepDays = 30;
const countNames = [...outcomes, 'exported'] as const;

/** Names the last write, so that a writer can tell its own. */
export const tokenAttribute = 'token';

/** ADD is documented for top-level attributes only, so each number of the ledger is one, by what it belongs to. */
const numbered = { counts: 'n_', reasons: 'r_', usage: 'u_', reached: 'at_' } as const;
type Numbers = Record<string, number>;

export const countAttribute = (name: string): string => numbered.counts + name;
export const reasonAttribute = (reason: string): string => numbered.reasons + reason;
export const usageAttribute = (name: string): string => numbered.usage + name;
/** How many rows of a chunk that was handed over are accounted. */
export const reachedAttribute = (chunk: number): string => numbered.reached + chunk;

/** What a glance at a job reads. */
export const glanceAttributes = ['state', 'stop', 'done', ...countNames.map((name) => numbered.counts + name)];

/** The numbers out of attributes with this beginning, and what is left of them. */
const numbersOf = (rest: Item, prefix: string): Numbers => {
  const numbers: Numbers = {};
  for (const [name, value] of Object.entries(rest)) {
    if (!name.startsWith(prefix)) continue;
    if (typeof value === 'number') numbers[name.slice(prefix.length)] = value;
    delete rest[name];
  }
  return numbers;
};

const attributesOf = (numbers: object, prefix: string): Item =>
  Object.fromEntries(
    Object.entries(numbers).flatMap(([name, n]) => (n === 0 && prefix !== numbered.counts ? [] : [[prefix + name, n]])),
  );

/** The ledger's set, as it is kept: an empty one is none. */
export const doneOf = (done: unknown): number[] => (done instanceof Set ? [...done].sort((a, b) => a - b) : []);

/** The counts of an item, also of one that holds only a glance. */
export const countsOf = (item: Item): Job['counts'] => numbersOf({ ...item }, numbered.counts);

/** The index of due jobs holds exactly the items with both of its attributes. */
const lookOf = (due: number) => ({ [byDue.partition]: byDue.value, [byDue.sort]: due });

export const toItem = (job: Job): Item => {
  const { params, echo, result, done, counts, reasons, usage, reached, marks, due, ...plain } = job;
  return {
    ...jobKey(job.id),
    ...plain,
    // As text: callers choose the names, the depth and the numbers in them.
    params: JSON.stringify(params),
    echo: JSON.stringify(echo),
    ...(result && { result: JSON.stringify(result) }),
    ...(done.length > 0 && { done: new Set(done) }),
    ...(marks.length > 0 && { marks: asSet(marks) }),
    ...attributesOf(counts, numbered.counts),
    ...attributesOf(reasons, numbered.reasons),
    ...attributesOf(usage, numbered.usage),
    ...attributesOf(reached, numbered.reached),
    ...(due !== undefined && lookOf(due)),
    [byRank.sort]: rankOf(job),
    [ttlAttribute]: Math.floor(job.createdAt / 1000) + keepDays * 24 * 3600,
  };
};

export const fromItem = (item: Item): Job => {
  const {
    pk,
    sk,
    params,
    echo,
    result,
    done,
    marks,
    [byDue.partition]: look,
    [byRank.sort]: rank,
    [ttlAttribute]: ttl,
    [tokenAttribute]: token,
    ...rest
  } = item;
  const counts = numbersOf(rest, numbered.counts);
  const reasons = numbersOf(rest, numbered.reasons);
  const usage = { ...noUsage, ...numbersOf(rest, numbered.usage) };
  const reached = numbersOf(rest, numbered.reached);
  return {
    // Items that an earlier version wrote have no times.
    times: {},
    ...rest,
    reached,
    reasons,
    usage,
    params: JSON.parse(String(params)),
    echo: JSON.parse(String(echo)),
    ...(result !== undefined && { result: JSON.parse(String(result)) }),
    done: doneOf(done),
    counts,
    marks: fromSet(marks),
  } as unknown as Job;
};

/** What a patch of that job sets and removes. */
export const applyPatch = (update: Update, id: JobId, patch: JobPatch): void => {
  const { due, counts, usage, marks, result, ...plain } = patch;
  if (result) update.set('result', JSON.stringify(result));
  for (const [name, value] of Object.entries(plain)) {
    if (value === null) update.remove(name);
    else if (value !== undefined) update.set(name, value);
  }
  const { finishedAt } = plain;
  if (finishedAt !== undefined) update.set(byRank.sort, rankOf({ id, finishedAt, createdAt: finishedAt }));
  if (due === null) update.remove(byDue.partition).remove(byDue.sort);
  else if (due !== undefined) setDue(update, due);
  if (counts)
    for (const name of countNames) {
      const count = counts[name];
      if (count === undefined) update.remove(countAttribute(name));
      else update.set(countAttribute(name), count);
    }
  for (const [name, n] of Object.entries(usage ?? {})) update.set(usageAttribute(name), n);
  if (marks?.length === 0) update.remove('marks');
  else if (marks) update.set('marks', asSet(marks));
};

export const setDue = (update: Update, due: number): void => {
  for (const [name, value] of Object.entries(lookOf(due))) update.set(name, value);
};
