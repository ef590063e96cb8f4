// A line of campaign history: who, which campaign, what happened, when.
import type { Millis } from '../job.ts';
import { isObject, type JsonObject, readJsonLine } from '../json-line.ts';
import { offsetOf, readDate } from '../local-time.ts';
import { type PersonKey, readPersonKey } from '../people/person-key.ts';
import type { Client } from '../ports.ts';
import { type Sid, sidOf } from '../profile.ts';
import { type EventKind, eventKinds, type Occurrence } from './happenings.ts';

/** An event, and the person and the campaign that it belongs to. */
export interface BlastEvent extends Who {
  blast: number;
  kind: EventKind;
  event: Occurrence;
}

/** A person as a line names them. */
interface Who {
  /** The one that the address makes, or that the line names; empty for another key. */
  sid: Sid;
  /** With which somebody who is missing is made. */
  email?: string;
  /** Present when it is not the address that says who is meant. */
  by?: PersonKey;
}

/** Clocks differ: what is said to happen later than this is a mistake. */
const longestAhead = 2 * 24 * 3600_000;
const maxUrl = 2000;
const maxDevice = 50;

const members = ['email', 'id', 'key', 'blast_id', 'event', 'time', 'url'] as const;

/**
 * What makes a line the same as another one: its members, whatever their order and spelling, but not the device. Times are
 * compared as they are written. Undefined for a line that is no object, or that has objects in place of texts.
 */
export const eventKey = (line: string): string | undefined => {
  const read = readJsonLine(line);
  if ('reject' in read) return undefined;
  const values = members.map((name) => read.object[name] ?? '');
  if (values.some((value) => typeof value === 'object')) return undefined;
  const [email, id, key, blast, event, time, url] = values.map((value) => String(value).trim());
  return JSON.stringify([email?.toLowerCase(), id?.toLowerCase(), key, blast, event?.toLowerCase(), time, url]);
};

/** The event of a line, or why there is none. Reasons never repeat the text. */
export const readEvent = (client: Client, line: string, now: Millis): BlastEvent | { reject: string } => {
  const read = readJsonLine(line);
  if ('reject' in read) return read;
  const { object } = read;
  const person = readWho(client, object);
  if ('reject' in person) return person;
  const blast = readBlastId(object.blast_id);
  if (blast === undefined) return { reject: 'blast_id is no id of a campaign' };
  const kind = readKind(object.event);
  if (kind === undefined) return { reject: `event must be one of ${eventKinds.join(', ')}` };
  const at = readTime(object.time, client);
  if (at === undefined) return { reject: 'time is not a date' };
  if (at < 0 || at > now + longestAhead) return { reject: 'time lies before 1970 or in the future' };
  const rest = readRest(object, kind);
  if ('reject' in rest) return rest;
  return { ...person, blast, kind, event: { at, ...rest } };
};

/** By `email`, or by `id` under `key`: an address, a profile id or another key of a person. */
const readWho = (client: Client, { email, id, key }: JsonObject): Who | { reject: string } => {
  const who = filled(email) ? readPersonKey(email, 'email') : filled(id) ? readPersonKey(id, key) : noPerson;
  if ('reject' in who) return who;
  const { name, value } = who;
  if (name === 'email') return { sid: sidOf(client.id, value), email: value };
  return { sid: name === 'sid' ? value : '', by: who };
};
const noPerson = { reject: 'neither email nor id' };

/** An id as clients send it, as a number or its digits. */
export const readBlastId = (value: unknown): number | undefined => {
  const id = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
};

const readKind = (value: unknown): EventKind | undefined =>
  typeof value === 'string' ? eventKinds.find((kind) => kind === value.trim().toLowerCase()) : undefined;

/** A date, on the client's clock unless it names a zone, or Unix seconds. */
const readTime = (value: unknown, { settings }: Pick<Client, 'settings'>): Millis | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value * 1000) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^\d{9,11}$/.test(text) ? Number(text) * 1000 : readDate(text, offsetOf(settings.timeZone));
};

const filled = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The address of a click, and the device. Exports separate addresses by spaces, so there may be none in them. */
const readRest = (
  { url, device }: JsonObject,
  kind: EventKind,
): { url?: string; device?: string } | { reject: string } => {
  const rest: { url?: string; device?: string } = {};
  if (kind === 'click' && filled(url)) {
    const text = typeof url === 'string' ? url.trim() : '';
    if (text.length > maxUrl || !/^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) || !text.isWellFormed())
      return { reject: `url must be an http or https address of up to ${maxUrl} characters without white space` };
    rest.url = text;
  }
  if (filled(device)) {
    const text = isObject(device)
      ? ''
      : String(device)
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .trim();
    if (text === '' || text.length > maxDevice || !text.isWellFormed())
      return { reject: `device must be a text of up to ${maxDevice} characters` };
    rest.device = text;
  }
  return rest;
};
