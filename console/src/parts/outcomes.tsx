// What became of a job's rows: one bar, and the same as a list of numbers.
import type { JobAnswer } from '../../../functions/doors/console/schemas.ts';
import { count, percent } from '../lib/format.ts';

const names: Record<string, [name: string, meaning: string]> = {
  created: ['Created', 'new people'],
  updated: ['Updated', 'people who changed'],
  unchanged: ['Unchanged', 'as they were already'],
  duplicate: ['Duplicate', 'the same person again in the file'],
  skipped: ['Skipped', 'left out on purpose'],
  rejected: ['Rejected', 'not usable, with a reason'],
  not_processed: ['Not processed', 'the job ended before them'],
  exported: ['Exported', 'written to the file'],
};

type Parts = [outcome: string, rows: number][];
const partsOf = (counts: JobAnswer['counts']): Parts => Object.entries(counts).filter(([, rows]) => rows > 0);

/** A thin bar, for lists: screen readers get its numbers as text. */
export const OutcomeBar = ({ counts, total }: { counts: JobAnswer['counts']; total: number }) => {
  const parts = partsOf(counts);
  const words = parts.map(([outcome, rows]) => `${count(rows)} ${names[outcome]?.[0].toLowerCase()}`).join(', ');
  return (
    <div class="outcome-bar" role="img" aria-label={words === '' ? 'No rows' : words} title={words}>
      {parts.map(([outcome, rows]) => (
        <span key={outcome} class={`outcome-part of-${outcome}`} style={{ flexGrow: rows / Math.max(1, total) }} />
      ))}
    </div>
  );
};

/** Every outcome with its number and share. `future` of a plan, which changed nothing yet. */
export const Outcomes = ({ counts, future = false }: { counts: JobAnswer['counts']; future?: boolean }) => {
  const parts = Object.entries(counts);
  const total = parts.reduce((sum, [, rows]) => sum + rows, 0);
  return (
    <div class="outcomes">
      <OutcomeBar counts={counts} total={total} />
      <dl class="outcome-list">
        {parts.map(([outcome, rows]) => (
          <div key={outcome} class={rows === 0 ? 'outcome-none' : ''}>
            <dt>
              <span class={`swatch of-${outcome}`} aria-hidden="true" />
              {future ? wouldBe(outcome) : names[outcome]?.[0]}
              <span class="soft outcome-meaning">{names[outcome]?.[1]}</span>
            </dt>
            <dd>
              {count(rows)} <span class="soft share">{percent(rows, total)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
};

const wouldBe = (outcome: string): string => {
  const name = names[outcome]?.[0] ?? outcome;
  return ['created', 'updated'].includes(outcome) ? `Would be ${name.toLowerCase()}` : name;
};
