// The standard columns of a list export, in their order: name in `fields`, header, value. The order and the texts are wire facts.
import { hash } from 'node:crypto';
import type { Millis } from '../job.ts';
import type { ListId, Profile, Stats } from '../profile.ts';
import { engagementOf } from './engagement.ts';

export type HashAlgorithm = 'md5' | 'sha256';

/** What values depend on besides the profile. */
export interface ExportView {
  list: ListId;
  /** Names of the client's lists by id; a list that was erased is not in it. */
  listNames: ReadonlyMap<ListId, string>;
  /** Shows a time on the client's own clock. */
  time: (at: Millis) => string;
  now: Millis;
  algorithm: HashAlgorithm;
}

export interface Column {
  /** Its name in the `fields` parameter. */
  field: string;
  header: string;
  value: (profile: Profile, view: ExportView) => string;
  /** True when the value depends on the profile's activity alone. */
  activity: boolean;
}

type Definition<Source> = readonly [field: string, header: string, value: (source: Source, view: ExportView) => string];

const none: Stats = {};
const ofProfile = ([field, header, value]: Definition<Profile>): Column => ({ field, header, value, activity: false });
const ofStats = ([field, header, value]: Definition<Stats>): Column => ({
  field,
  header,
  value: ({ stats = none }, view) => value(stats, view),
  activity: true,
});

const time = (at: Millis | undefined, view: ExportView): string => (at === undefined ? '' : view.time(at));
const count = (value: number | undefined): string => String(value ?? 0);
const amount = (value: number | undefined): string => (value === undefined ? '' : String(value));

const statusWords = { valid: 'Valid', softbounce: 'Softbounce', hardbounce: 'Hardbounce' } as const;

/** Always there, first, whatever `fields` says. */
export const idColumns: readonly Column[] = [
  ofProfile(['profile_id', 'Profile Id', (profile) => profile.sid]),
  ofProfile(['email_hash', 'Email Hash', (profile, view) => hash(view.algorithm, profile.email, 'hex')]),
];

/** Behind these, for clients who have it switched on. */
export const extidColumn: Column = ofProfile(['extid', 'Extid', ({ keys }) => keys?.extid ?? '']);

export const standardColumns: readonly Column[] = [
  ofProfile(['domain', 'Domain', (profile) => profile.email.slice(profile.email.lastIndexOf('@') + 1)]),
  ofProfile(['engagement', 'Engagement', (profile, view) => engagementOf(profile, view.now)]),
  ofProfile(['lists', 'Lists', (profile, view) => namesOf(profile, view)]),
  ofProfile(['profile_created_date', 'Profile Created Date', (profile, view) => time(profile.createdAt, view)]),
  ofProfile(['signup', 'Signup', (profile, view) => time(profile.signupAt, view)]),
  ofStats(['opens', 'Opens', (stats) => count(stats.opens)]),
  ofStats(['clicks', 'Clicks', (stats) => count(stats.clicks)]),
  ofStats(['pageviews', 'Pageviews', (stats) => count(stats.pageviews)]),
  ofStats(['last_open', 'Last Open', (stats, view) => time(stats.lastOpen, view)]),
  ofStats(['last_click', 'Last Click', (stats, view) => time(stats.lastClick, view)]),
  ofStats(['last_pageview', 'Last Pageview', (stats, view) => time(stats.lastPageview, view)]),
  ofProfile(['optout_time', 'Optout Time', (profile, view) => time(profile.optoutAt, view)]),
  ofProfile(['list_signup', 'List Signup', (profile, view) => time(profile.lists[view.list], view)]),
  ofStats(['geolocation_city', 'Geolocation City', (stats) => stats.city ?? '']),
  ofStats(['geolocation_state', 'Geolocation State', (stats) => stats.state ?? '']),
  ofStats(['geolocation_country', 'Geolocation Country', (stats) => stats.country ?? '']),
  ofStats(['geolocation_zip', 'Geolocation Zip', (stats) => stats.zip ?? '']),
  ofStats(['lifetime_message', 'Lifetime Message', (stats) => count(stats.messages)]),
  ofStats(['first_purchase_time', 'First Purchase Time', (stats, view) => time(stats.firstPurchase, view)]),
  ofStats(['purchase_count', 'Purchase Count', (stats) => count(stats.purchases)]),
  ofStats(['purchase_price', 'Purchase Price', (stats) => amount(stats.purchasePrice)]),
  ofStats(['purchase_incomplete', 'Purchase Incomplete', (stats) => count(stats.purchasesIncomplete)]),
  ofStats(['last_purchase_time', 'Last Purchase Time', (stats, view) => time(stats.lastPurchase, view)]),
  ofStats(['largest_purchase_item_price', 'Largest Purchase Item Price', (stats) => amount(stats.largestItemPrice)]),
  ofStats(['top_device', 'Top Device', (stats) => stats.topDevice ?? '']),
  ofProfile(['email_status', 'Email Status', (profile) => statusWords[profile.status ?? 'valid']]),
];

/** Only when asked for by name. */
export const extraColumns: readonly Column[] = [
  ofStats(['email_message', 'Email Message', (stats) => count(stats.messages)]),
  ofProfile(['email_status_time', 'Email Status Time', (profile, view) => time(profile.statusAt, view)]),
];

const namesOf = ({ lists }: Profile, { listNames }: ExportView): string => {
  const names: string[] = [];
  for (const id in lists) {
    const name = listNames.get(id);
    if (name !== undefined) names.push(name);
  }
  return names.length > 1 ? names.toSorted().join(',') : (names[0] ?? '');
};

/** A variable's value as text; objects and arrays as JSON, what is not set as nothing. */
export const varText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
