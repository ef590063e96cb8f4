// The end of every command that ordered a job: wait for it or not, say what came of it, end with the right code.
import type { JobAnswer } from './door/client.ts';
import { type Ending, exitCodes } from './exit.ts';
import { jobText } from './job-text.ts';
import type { Session } from './session.ts';
import { waitForEnd } from './wait.ts';

export interface SettleOptions {
  wait?: boolean;
  strict?: boolean;
}

/** Says what is known of the job, after its end when asked to wait. Sets the exit code. */
export const settle = async (session: Session, job: JobAnswer, { wait, strict }: SettleOptions): Promise<void> => {
  if (!wait) {
    session.out.result(job, () => `${jobText(job)}\nTo follow it: stevedore jobs watch ${job.id}`);
    return;
  }
  session.out.note(`Job ${job.id}`);
  const ended = await waitForEnd(session, job.id);
  session.out.result(ended, () => jobText(ended) + rejectedHint(ended));
  endWith(endingOf(ended, strict ?? false));
};

/** How a command ends that waited for this job. */
export const endingOf = (job: JobAnswer, strict: boolean): Ending => {
  if (job.state !== 'completed') return 'failed';
  return strict && rejectedIn(job) > 0 ? 'rejected' : 'done';
};

export const endWith = (ending: Ending): void => {
  process.exitCode = exitCodes[ending];
};

const rejectedIn = ({ counts }: JobAnswer): number => ('rejected' in counts ? (counts.rejected ?? 0) : 0);

const rejectedHint = (job: JobAnswer): string =>
  job.files.rejected ? `\n  To have the rejected rows: stevedore rejected ${job.id} -o rejected.csv` : '';
