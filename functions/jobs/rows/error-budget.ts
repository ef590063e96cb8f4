// The error budget: when a job rejects so many rows that it must be the wrong file.
import type { ErrorBudget, Job } from '../job.ts';

/** A share says nothing of fewer rows than this, while more are to come. */
const leastRows = 1000;

/** Whether `rejected` of the `rows` seen so far are more than the budget allows; `all`: no more rows will come. */
export const overBudget = (budget: ErrorBudget | undefined, rejected: number, rows: number, all = false): boolean => {
  if (!budget) return false;
  const { maxErrors = Number.POSITIVE_INFINITY, maxErrorPct = 100 } = budget;
  return rejected > maxErrors || ((all || rows >= leastRows) && rejected * 100 > maxErrorPct * rows);
};

/** The sentence for the person who set it. */
export const budgetMessage = ({ errorBudget: budget = {} }: Job): string => {
  const parts = [
    ...(budget.maxErrors === undefined ? [] : [`max_errors ${budget.maxErrors}`]),
    ...(budget.maxErrorPct === undefined ? [] : [`max_error_pct ${budget.maxErrorPct}`]),
  ];
  return `Too many rows were rejected (${parts.join(', ')}): the job was stopped`;
};
