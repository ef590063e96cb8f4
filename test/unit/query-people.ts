// One person and one criterion, for examples.
import type { Profile } from '../../functions/jobs/profile.ts';
import { matcher } from '../../functions/jobs/query/matcher.ts';
import { parseQuery } from '../../functions/jobs/query/parse-query.ts';
import { lists, now, offset } from './query-naive.ts';

const day = 86_400_000;
export const ago = (days: number): number => now - days * day;
export const person = (more: Partial<Profile> = {}): Profile => ({
  ...{ sid: '', email: 'ada@example.com', vars: {}, lists: {}, createdAt: now, createdBy: '', changedBy: '' },
  signupAt: ago(400),
  ...more,
});

export const matches = (raw: unknown, profile: Profile): boolean =>
  matcher(parseQuery(raw), { now, offset, lists })(profile);
/** Whether one criterion, with `more` at its index, matches. */
export const one = (criterion: string, more: Record<string, unknown>, profile: Profile): boolean =>
  matches(
    { criteria: [criterion], ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, [value]])) },
    profile,
  );
