// The standard columns of a list export, in their order: name in `fields`, header, value. The order and the texts are wire facts.
import { hash } from 'node:crypto';
import { engagementOf } from './engagement.ts';
import type { Millis } from './job.ts';
import type { ListId, Profile } from './profile.ts';

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

type Column = readonly [field: string, header: string, value: (profile: Profile, view: ExportView) => string];

const time = (at: Millis | undefined, view: ExportView): string => (at === undefined ? '' : view.time(at));
const count = (value: number | undefined): string => String(value ?? 0);
const amount = (value: number | undefined): string => (value === undefined ? '' : String(value));

const statusWords = { valid: 'Valid', softbounce: 'Softbounce', hardbounce: 'Hardbounce' } as const;

/** Always there, first, whatever `fields` says. */
export const idColumns: readonly Column[] = [
  ['profile_id', 'Profile Id', (profile) => profile.sid],
  ['email_hash', 'Email Hash', (profile, view) => hash(view.algorithm, profile.email, 'hex')],
];

export const standardColumns: readonly Column[] = [
  ['domain', 'Domain', (profile) => profile.email.slice(profile.email.lastIndexOf('@') + 1)],
  ['engagement', 'Engagement', (profile, view) => engagementOf(profile, view.now)],
  ['lists', 'Lists', (profile, view) => namesOf(profile, view)],
  ['profile_created_date', 'Profile Created Date', (profile, view) => time(profile.createdAt, view)],
  ['signup', 'Signup', (profile, view) => time(profile.signupAt, view)],
  ['opens', 'Opens', (profile) => count(profile.stats?.opens)],
  ['clicks', 'Clicks', (profile) => count(profile.stats?.clicks)],
  ['pageviews', 'Pageviews', (profile) => count(profile.stats?.pageviews)],
  ['last_open', 'Last Open', (profile, view) => time(profile.stats?.lastOpen, view)],
  ['last_click', 'Last Click', (profile, view) => time(profile.stats?.lastClick, view)],
  ['last_pageview', 'Last Pageview', (profile, view) => time(profile.stats?.lastPageview, view)],
  ['optout_time', 'Optout Time', (profile, view) => time(profile.optoutAt, view)],
  ['list_signup', 'List Signup', (profile, view) => time(profile.lists[view.list], view)],
  ['geolocation_city', 'Geolocation City', (profile) => profile.stats?.city ?? ''],
  ['geolocation_state', 'Geolocation State', (profile) => profile.stats?.state ?? ''],
  ['geolocation_country', 'Geolocation Country', (profile) => profile.stats?.country ?? ''],
  ['geolocation_zip', 'Geolocation Zip', (profile) => profile.stats?.zip ?? ''],
  ['lifetime_message', 'Lifetime Message', (profile) => count(profile.stats?.messages)],
  ['first_purchase_time', 'First Purchase Time', (profile, view) => time(profile.stats?.firstPurchase, view)],
  ['purchase_count', 'Purchase Count', (profile) => count(profile.stats?.purchases)],
  ['purchase_price', 'Purchase Price', (profile) => amount(profile.stats?.purchasePrice)],
  ['purchase_incomplete', 'Purchase Incomplete', (profile) => count(profile.stats?.purchasesIncomplete)],
  ['last_purchase_time', 'Last Purchase Time', (profile, view) => time(profile.stats?.lastPurchase, view)],
  ['largest_purchase_item_price', 'Largest Purchase Item Price', (profile) => amount(profile.stats?.largestItemPrice)],
  ['top_device', 'Top Device', (profile) => profile.stats?.topDevice ?? ''],
  ['email_status', 'Email Status', (profile) => statusWords[profile.status ?? 'valid']],
];

/** Only when asked for by name. */
export const extraColumns: readonly Column[] = [
  ['email_message', 'Email Message', (profile) => count(profile.stats?.messages)],
  ['email_status_time', 'Email Status Time', (profile, view) => time(profile.statusAt, view)],
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
