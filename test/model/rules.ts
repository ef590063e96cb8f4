// The rules that make the engine exact, as the stores of the model keep them; mutants replace one.
import type { Job } from '../../functions/jobs/job.ts';
import { accounted, mayAccount } from '../../functions/jobs/ledger.ts';
import type { LedgerEntry } from '../../functions/jobs/ports.ts';
import { allows, type Move } from '../../functions/jobs/states.ts';

export interface Rules {
  allows(move: Move, job: Job): boolean;
  mayAccount(job: Job, entry: LedgerEntry): boolean;
  accounted(job: Job, entry: LedgerEntry): Job;
  /** Whether the creation of a profile holds while one is there. */
  createsOver: boolean;
  /** Whether an update makes the job the creator. */
  takesOver: boolean;
  /** Whether the sweeper comes. */
  sweeps: boolean;
}

export const soundRules: Rules = {
  allows,
  mayAccount,
  accounted,
  createsOver: false,
  takesOver: false,
  sweeps: true,
};
