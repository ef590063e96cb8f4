// What a job reads.
import type { Job } from '../../functions/jobs/job.ts';
import type { Stage } from './stage.ts';

/** The text of its file, of what it pulls, or of the rows that its parent left. Undefined for a job without an input. */
export const inputOf = (stage: Stage, { source }: Job): string | undefined => {
  if (source?.kind === 'file') return stage.files.text(source.key);
  if (source?.kind === 'url') return stage.files.text(`pulled ${source.url}`);
  const parent = source?.kind === 'rest' ? stage.jobs.jobs.get(source.of) : undefined;
  if (!parent) return undefined;
  const texts = [stage.resultOf(parent, 'rejected'), stage.resultOf(parent, 'notProcessed')].filter(
    (text) => text !== undefined,
  );
  return texts.map((text, index) => (index === 0 ? text : text.slice(text.indexOf('\n') + 1))).join('');
};
