// What is counted of a campaign out of the people who got it.
import type { BlastStats } from '../campaigns/blast.ts';
import { engagementOf } from '../exports/engagement.ts';
import type { Profile } from '../profile.ts';
import { eventKinds, type Happenings, type Series } from '../recipients/happenings.ts';
import type { Aggregate } from './aggregate.ts';
import { hourOf, monthOf, type View } from './people.ts';

/** The people who did most, by profile id. */
const topUsers = 20;
/** An address is as long as those that are kept. */
const longestUrl = 2000;

const times = (series: Series | undefined): number => series?.first.length ?? 0;

/** People, opens and clicks under one name of a map. */
const countUnder = (all: Aggregate, map: string, key: string, opens: number, clicks: number): void => {
  all.countIn(map, key);
  if (opens > 0) all.countIn(map, key, 'open_total', opens);
  if (clicks > 0) all.countIn(map, key, 'click_total', clicks);
};

/** Counts one of its people. */
export const countReceived = (all: Aggregate, happenings: Happenings, profile: Profile, view: View): void => {
  const { send, open, click, purchase } = happenings;
  const [opens, clicks] = [times(open), times(click)];
  if (send) all.count('count');
  if (opens > 0) all.count('confirmed_opens');
  if (clicks > 0) all.count(opens > 0 ? 'beacon_click' : 'nobeacon_click');
  else if (opens > 0) all.count('beacon_noclick');
  all.count('open_total', opens);
  all.count('click_total', clicks);
  all.count('purchase', times(purchase));
  countUrls(all, happenings);
  for (const kind of eventKinds)
    for (const { at } of happenings[kind]?.first ?? []) {
      all.countIn(`${kind}_hour`, hourOf(at, view));
      // By the hour in which they happened.
      all.countIn(`${kind}_times`, String(Math.floor(at / 3600_000) * 3600));
    }
  for (const { device } of open?.first ?? []) if (device !== undefined) all.countIn('device', device, 'open_total');
  for (const { device } of click?.first ?? []) if (device !== undefined) all.countIn('device', device, 'click_total');
  countUnder(all, 'blast_domain', profile.email.slice(profile.email.lastIndexOf('@') + 1), opens, clicks);
  countUnder(all, 'blast_engagement', engagementOf(profile, view.now), opens, clicks);
  countUnder(all, 'blast_signup', monthOf(profile.signupAt, view), opens, clicks);
  if (opens + clicks > 0) all.rank('topusers', profile.sid, opens + clicks, topUsers);
};

const countUrls = (all: Aggregate, { click }: Happenings): void => {
  const urls = new Set<string>();
  for (const { url } of click?.first ?? []) {
    if (url === undefined) continue;
    if (!urls.has(url)) all.countIn('urls', url, 'count', 1, longestUrl);
    urls.add(url);
    all.countIn('urls', url, 'click_total', 1, longestUrl);
  }
  if (urls.size > 1) all.count('click_multiple_urls');
};

const totals = [
  'count',
  'confirmed_opens',
  'open_total',
  'click_total',
  'click_multiple_urls',
  'beacon_click',
  'beacon_noclick',
  'nobeacon_click',
  'purchase',
] as const;

/** What the campaign itself shows: people in `count`, `confirmed_opens`, `click_multiple_urls` and the three with `beacon`, else events. */
export const totalsOf = (all: Aggregate): BlastStats => ({
  total: Object.fromEntries(totals.map((name) => [name, all.number(name)])),
});

/** Hours that are told of a campaign: the month in which nearly everything happens, from the first event on. */
const maxHours = 720;

const hours = (all: Aggregate, map: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(all.topCounts(map, { order: 'key', limit: Infinity }))
      .sort(([one], [other]) => Number(one) - Number(other))
      .slice(0, maxHours),
  );

/** Parts that clients ask for by a flag of the same name; all bounded, together under 100,000 characters. */
export const partsOf = (all: Aggregate): Record<string, Record<string, unknown>> => ({
  clickmap: all.topCounts('urls', { by: 'click_total', characters: 12_000 }),
  urls: all.top('urls', { by: 'click_total', characters: 12_000 }),
  device: all.top('device', { by: 'open_total' }),
  domain: all.top('blast_domain'),
  engagement: all.top('blast_engagement'),
  signup: Object.fromEntries(
    Object.entries(all.top('blast_signup', { order: 'key' })).map(([month, counts]) => [
      month,
      { signup: month, ...counts },
    ]),
  ),
  topusers: all.topCounts('topusers', { limit: topUsers }),
  beacon_times: hours(all, 'open_times'),
  click_times: hours(all, 'click_times'),
  purchase_times: hours(all, 'purchase_times'),
});

/** What a snapshot of a campaign adds to one of people: when, on the client's clock, and on what. */
export const activityOf = (all: Aggregate): Record<string, unknown> => ({
  ...totalsOf(all).total,
  ...Object.fromEntries(eventKinds.map((kind) => [`${kind}_hour`, all.topCounts(`${kind}_hour`, { order: 'key' })])),
  device: all.top('device', { by: 'open_total' }),
});
