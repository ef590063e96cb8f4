// A campaign (the protocol calls it a blast): what is kept of it, and what may become of it.
import type { Millis } from '../job.ts';
import type { LongValue } from './long-value.ts';

/** `created`: a draft, or one whose schedule was taken back. This product sends no mail: who does says `sending` and `sent`. */
export const blastStatuses = ['created', 'scheduled', 'sending', 'sent'] as const;
export type BlastStatus = (typeof blastStatuses)[number];

/** Counters by name: `count` (recipients), `open_total`, `click_total`, `beacon_click`, `optout` and whatever else was counted. */
export type BlastStats = { total: Record<string, number> };

/** Types and not interfaces in this folder: only these are records of unknown values, as the store takes them. */
export type Blast = {
  id: number;
  status: BlastStatus;
  name: string;
  list?: string;
  subject?: string;
  fromName?: string;
  fromEmail?: string;
  labels: string[];
  /** Lists whose members do not get it. */
  suppressLists?: string[];
  /** What else is said of it, under the names by which it came. */
  more: Record<string, unknown>;
  content?: LongValue;
  createdAt: Millis;
  modifiedAt: Millis;
  scheduleAt?: Millis;
  startAt?: Millis;
  stopAt?: Millis;
  copiedFrom?: number;
  stats?: BlastStats;
};

/** What people read. */
export type Content = { html?: string; text?: string };

/** Campaigns that no one may take back: their people have got them, or are getting them. */
export const isOut = ({ status }: Pick<Blast, 'status'>): boolean => status === 'sending' || status === 'sent';

/** The lists whose people decide who gets it. */
export const listsOf = ({ list, suppressLists = [] }: Blast): string[] => [
  ...(list === undefined ? [] : [list]),
  ...suppressLists,
];

/** The campaign on its way at `at`, or earlier when it was to go earlier anyway. */
export const scheduled = (blast: Blast, at: Millis, now: Millis): Blast => {
  const scheduleAt = blast.status === 'scheduled' ? Math.min(at, blast.scheduleAt ?? at) : at;
  if (blast.status === 'scheduled' && blast.scheduleAt === scheduleAt) return blast;
  return { ...blast, status: 'scheduled', scheduleAt, modifiedAt: now };
};
