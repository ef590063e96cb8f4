// The engine's rules, each broken in one way: a model that does not notice shows nothing.
import { accounted, mayAccount } from '../../functions/jobs/ledger.ts';
import { allows, type Move } from '../../functions/jobs/states.ts';
import { type Rules, soundRules } from './rules.ts';
import type { Settings } from './settings.ts';

/** The rule of moves with a part of the condition left out of some. */
const without = (names: readonly string[], loosened: (move: Move) => Move): Partial<Rules> => ({
  allows: (move, job) => allows(names.includes(move.name) ? loosened(move) : move, job),
});

/** Much of everything that may make two workers meet. */
const crowded: Partial<Settings> = { workers: 4, repeat: 0.4, freeze: 0.02, crash: 0.01, faultsUntil: 1500 };

export interface Mutant {
  rules: Rules;
  /** What makes schedules in which the rule matters likely. */
  settings: Partial<Settings>;
}

const mutant = (rules: Partial<Rules>, settings: Partial<Settings> = {}): Mutant => ({
  rules: { ...soundRules, ...rules },
  settings: { ...crowded, ...settings },
});

export const mutants: Readonly<Record<string, Mutant>> = {
  'an account that does not ask whether the chunk is in the set': mutant({
    mayAccount: (job, entry) => mayAccount({ ...job, done: [] }, entry),
  }),
  'an account that does not ask how far others came': mutant(
    {
      mayAccount: (job, entry) => mayAccount({ ...job, reached: { ...job.reached, [entry.chunk]: entry.from } }, entry),
    },
    { outOfTime: 0.3, batch: 1, chunkRows: 4 },
  ),
  'an account of a job that has ended': mutant({
    mayAccount: (job, entry) => mayAccount({ ...job, state: 'running' }, entry),
  }),
  'a chunk handed over half-way that counts as done': mutant(
    { accounted: (job, { reached: _, ...entry }) => accounted(job, entry) },
    { outOfTime: 0.3, batch: 1 },
  ),
  'a gathering before every chunk is accounted': mutant(
    without(['gather'], ({ balanced: _, ...move }) => move),
    { exports: 1, freeze: 0.1, sleep: 3_000, workers: 4 },
  ),
  'an end, or a failure, after an end': mutant(
    without(['end', 'fail'], ({ phases: _, ...move }) => ({
      ...move,
      from: ['running', 'completed', 'incomplete', 'failed', 'cancelled'],
    })),
  ),
  'a cancellation that does not ask what was planned meanwhile': mutant(
    without(['cancel'], ({ plan: _, ...move }) => move),
    { control: 0.04, cancel: 0.5 },
  ),
  'a stop that does not ask who was accounted meanwhile': mutant(
    without(['stop'], ({ accounts: _, ...move }) => move),
    { control: 0.006, cancel: 1, exports: 0, chunkRows: 2, freeze: 0.1, sleep: 3_000, crash: 0, inlineRows: 0 },
  ),
  'an end that does not ask whether the job was stopped meanwhile': mutant(
    without(['end'], ({ stop: _, ...move }) => move),
    { control: 0.04, cancel: 1, exports: 0 },
  ),
  'a profile that is made over one that is there': mutant({ createsOver: true }, { stale: 0.5, exports: 0 }),
  'an update that makes the job the creator': mutant({ takesOver: true }),
  'a sweeper that never comes': mutant({ sweeps: false }),
};
