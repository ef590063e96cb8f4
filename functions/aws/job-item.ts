// A job as an item: the ledger's set, counts and marks at top level, where one update can add to them.
import { type Counts, type Job, outcomes } from '../jobs/job.ts';
import type { JobPatch } from '../jobs/states.ts';
import type { Update } from './expression.ts';
import { byDue, jobKey, ttlAttribute } from './layout.ts';
import { asSet, fromSet } from './words.ts';

type Item = Record<string, unknown>;

const keepDays = 30;
const countNames = [...outcomes, 'exported'] as const;

/** Names the last write, so that a writer can tell its own. */
export const tokenAttribute = 'token';

/** ADD is documented for top-level attributes only, so each count is one. */
export const countAttribute = (name: string): string => `n_${name}`;

/** The index of due jobs holds exactly the items with both of its attributes. */
const lookOf = (due: number) => ({ [byDue.partition]: byDue.value, [byDue.sort]: due });

export const toItem = (job: Job): Item => {
  const { params, echo, done, counts, marks, due, ...plain } = job;
  return {
    ...jobKey(job.id),
    ...plain,
    // As text: callers choose the names, the depth and the numbers in them.
    params: JSON.stringify(params),
    echo: JSON.stringify(echo),
    ...(done.length > 0 && { done: new Set(done) }),
    ...(marks.length > 0 && { marks: asSet(marks) }),
    ...Object.fromEntries(Object.entries(counts).map(([name, n]) => [countAttribute(name), n])),
    ...(due !== undefined && lookOf(due)),
    [ttlAttribute]: Math.floor(job.createdAt / 1000) + keepDays * 24 * 3600,
  };
};

export const fromItem = (item: Item): Job => {
  const {
    pk,
    sk,
    params,
    echo,
    done,
    marks,
    [byDue.partition]: look,
    [ttlAttribute]: ttl,
    [tokenAttribute]: token,
    ...rest
  } = item;
  const counts: Counts = {};
  for (const name of countNames) {
    const count = rest[countAttribute(name)];
    if (typeof count === 'number') counts[name] = count;
    delete rest[countAttribute(name)];
  }
  return {
    ...rest,
    params: JSON.parse(String(params)),
    echo: JSON.parse(String(echo)),
    done: done instanceof Set ? [...done].sort((a, b) => a - b) : [],
    counts,
    marks: fromSet(marks),
  } as unknown as Job;
};

/** What a patch sets and removes. */
export const applyPatch = (update: Update, patch: JobPatch): void => {
  const { due, counts, marks, ...plain } = patch;
  for (const [name, value] of Object.entries(plain)) {
    if (value === null) update.remove(name);
    else if (value !== undefined) update.set(name, value);
  }
  if (due === null) update.remove(byDue.partition).remove(byDue.sort);
  else if (due !== undefined) setDue(update, due);
  if (counts)
    for (const name of countNames) {
      const count = counts[name];
      if (count === undefined) update.remove(countAttribute(name));
      else update.set(countAttribute(name), count);
    }
  if (marks?.length === 0) update.remove('marks');
  else if (marks) update.set('marks', asSet(marks));
};

export const setDue = (update: Update, due: number): void => {
  for (const [name, value] of Object.entries(lookOf(due))) update.set(name, value);
};
