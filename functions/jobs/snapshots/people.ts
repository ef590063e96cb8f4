// What a snapshot tells of people: how many, how engaged, where, since when, interested in what.
import { engagementOf } from '../exports/engagement.ts';
import type { Millis } from '../job.ts';
import type { Offset } from '../local-time.ts';
import type { Profile } from '../profile.ts';
import type { Aggregate, Top } from './aggregate.ts';

/** The moment that engagement counts to, and the client's clock. */
export interface View {
  now: Millis;
  offset: Offset;
}

const engagements = ['engaged', 'active', 'passive', 'disengaged', 'dormant', 'new', 'hardbounce', 'optout'] as const;

/** Places that are told of a person, and under which name. */
const places = ['country', 'state', 'city'] as const;

const two = (value: number): string => String(value).padStart(2, '0');

/** `yyyymm` on the client's clock. */
export const monthOf = (at: Millis, { offset }: View): string => {
  const local = new Date(at + offset(at));
  return `${local.getUTCFullYear()}${two(local.getUTCMonth() + 1)}`;
};
/** `00` to `23` on the client's clock. */
export const hourOf = (at: Millis, { offset }: View): string => two(new Date(at + offset(at)).getUTCHours());

export const countPerson = (all: Aggregate, profile: Profile, view: View): void => {
  const { stats, email, lists, source } = profile;
  const engagement = engagementOf(profile, view.now);
  all.count('email_count');
  if (engagement !== 'hardbounce' && engagement !== 'optout') all.count('valid_count');
  all.countIn('engagement', engagement);
  const month = monthOf(profile.signupAt, view);
  all.countIn('signup_month', month, 'email_count');
  all.countIn('signup_month', month, `${engagement}_count`);
  all.count('lists_count', Object.keys(lists).length);
  all.countIn('domain', email.slice(email.lastIndexOf('@') + 1));
  if (source !== undefined) all.countIn('source', source);
  if (!stats) return;
  for (const place of places) {
    const name = stats[place];
    if (name !== undefined) all.countIn(place, name);
  }
  if (stats.lastOpen !== undefined) all.countIn('last_open_hour', hourOf(stats.lastOpen, view));
  if (stats.lastClick !== undefined) all.countIn('last_click_hour', hourOf(stats.lastClick, view));
  if (stats.lastPageview !== undefined) all.countIn('last_pageview_hour', hourOf(stats.lastPageview, view));
  for (const tag in stats.interests) all.countIn('interest', tag);
};

/** Months, by the engagement of those who signed up then. */
export const signupMonths = (all: Aggregate): Top => all.top('signup_month', { order: 'key' });

/** How many people of each engagement. */
export const engagementCounts = (all: Aggregate): Record<string, number> => {
  const counts = all.topCounts('engagement');
  return Object.fromEntries(engagements.map((word) => [word, counts[word] ?? 0]));
};

/** What answers show; of every map the largest hundred. Activity is told by the hour of the last one of each person. */
export const snapshotOf = (all: Aggregate): Record<string, unknown> => ({
  email_count: all.number('email_count'),
  valid_count: all.number('valid_count'),
  engagement: engagementCounts(all),
  signup_month: all.topCounts('signup_month', { order: 'key', by: 'email_count' }),
  engagement_by_signup_month: signupMonths(all),
  domain: all.topCounts('domain'),
  geo: Object.fromEntries(places.map((place) => [place, all.topCounts(place)])),
  mail_activity: {
    open_hour: all.topCounts('last_open_hour', { order: 'key' }),
    click_hour: all.topCounts('last_click_hour', { order: 'key' }),
  },
  site_activity: { pageview_hour: all.topCounts('last_pageview_hour', { order: 'key' }) },
  interests: all.topCounts('interest'),
});
