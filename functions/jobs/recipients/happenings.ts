// What happened between a person and a campaign, as sets of events: the union of two of them is the same in whatever order it is made.
import type { Millis } from '../job.ts';

export const eventKinds = ['send', 'open', 'click', 'purchase'] as const;
export type EventKind = (typeof eventKinds)[number];

/** One event. Two of the same time and address are the same event. */
export type Occurrence = {
  at: Millis;
  /** Of clicks: where the person went. */
  url?: string;
  device?: string;
};

/** The events of one kind. */
export type Series = {
  /** The first of them, in order of time, then of address; at most `maxKept`. */
  first: Occurrence[];
  /** When the last one was, kept or not. */
  last: Millis;
};

/** Types and not interfaces in this file: these are records of unknown values, as the store takes them. */
export type Happenings = Partial<Record<EventKind, Series>>;

/** Events of a kind that are kept for a person and a campaign. */
export const maxKept = 100;
/** Characters of their addresses, together: with all four kinds a record stays within what stores take. */
const maxUrlCharacters = 30_000;

/** A single event as a set. */
export const happening = (kind: EventKind, { at, url, device }: Occurrence): Happenings => ({
  [kind]: { first: [occurrence(at, url, device)], last: at },
});

/**
 * What either of them says. Associative, commutative and idempotent, the limits included: only the end of an ordered set is cut
 * off, and what lies behind the cut of a part lies behind the cut of the whole. So records may be written in any order, by
 * several workers, and again.
 */
export const union = (one: Happenings, other: Happenings): Happenings => {
  const all: Happenings = {};
  for (const kind of eventKinds) {
    const [left, right] = [one[kind], other[kind]];
    if (left && right) all[kind] = joined(left, right);
    else if (left ?? right) all[kind] = left ?? (right as Series);
  }
  return all;
};

/** Whether both say the same. */
export const isSame = (one: Happenings, other: Happenings): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether the event is among those that are kept. */
export const keeps = (all: Happenings, kind: EventKind, event: Occurrence): boolean =>
  all[kind]?.first.some((kept) => compare(kept, event) === 0) ?? false;

/** The device that was seen most often when mails were opened and clicked; the first in order of name when several were. */
export const topDeviceOf = (counts: ReadonlyMap<string, number>): string | undefined => {
  let top: string | undefined;
  let most = 0;
  for (const [device, count] of counts)
    if (count > most || (count === most && top !== undefined && device < top)) [top, most] = [device, count];
  return top;
};

/** Adds the devices of opens and clicks to the counts. */
export const countDevices = ({ open, click }: Happenings, counts: Map<string, number>): void => {
  for (const series of [open, click])
    for (const { device } of series?.first ?? [])
      if (device !== undefined) counts.set(device, (counts.get(device) ?? 0) + 1);
};

const joined = (one: Series, other: Series): Series => {
  const first: Occurrence[] = [];
  let [i, j, characters] = [0, 0, 0];
  while (first.length < maxKept) {
    const [left, right] = [one.first[i], other.first[j]];
    const order = left && right ? compare(left, right) : left ? -1 : 1;
    const next = order === 0 ? sameEvent(left as Occurrence, right as Occurrence) : order < 0 ? left : right;
    if (!next) break;
    characters += next.url?.length ?? 0;
    if (characters > maxUrlCharacters) break;
    first.push(next);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { first, last: Math.max(one.last, other.last) };
};

const compare = (one: Occurrence, other: Occurrence): number => {
  if (one.at !== other.at) return one.at - other.at;
  const [left, right] = [one.url ?? '', other.url ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Two reports of one event may name different devices: the last in order of name counts, whichever came first. */
const sameEvent = (one: Occurrence, other: Occurrence): Occurrence =>
  (one.device ?? '') >= (other.device ?? '') ? one : other;

/** Always in this order of names, so that equal sets are equal texts. */
const occurrence = (at: Millis, url: string | undefined, device: string | undefined): Occurrence => ({
  at,
  ...(url !== undefined && { url }),
  ...(device !== undefined && { device }),
});
