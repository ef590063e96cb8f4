// What campaigns amount to for a person, as profiles show it and queries ask for it: counted anew out of all of them, never added up.
import type { Millis } from '../job.ts';
import type { Stats } from '../profile.ts';
import { countDevices, type Happenings, topDeviceOf } from './happenings.ts';

const names = [
  'messages',
  'opens',
  'clicks',
  'lastOpen',
  'lastClick',
  'openDays',
  'topDevice',
] as const satisfies readonly (keyof Stats)[];
export type CampaignStats = Pick<Stats, (typeof names)[number]>;

/** Days on which there were opens, of which the last so many are told. */
const maxOpenDays = 100;

const dayOf = (at: Millis): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');

/** Takes campaign after campaign of one person, in any order. */
export class PersonStats {
  #messages = 0;
  #opens = 0;
  #clicks = 0;
  #lastOpen = 0;
  #lastClick = 0;
  readonly #days = new Map<string, number>();
  readonly #devices = new Map<string, number>();

  add(happenings: Happenings): void {
    const { send, open, click } = happenings;
    this.#messages += send?.first.length ?? 0;
    this.#clicks += click?.first.length ?? 0;
    this.#lastClick = Math.max(this.#lastClick, click?.last ?? 0);
    this.#lastOpen = Math.max(this.#lastOpen, open?.last ?? 0);
    for (const { at } of open?.first ?? []) {
      this.#opens++;
      const day = dayOf(at);
      this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    }
    countDevices(happenings, this.#devices);
  }

  /** What there is none of is absent. */
  read(): CampaignStats {
    const topDevice = topDeviceOf(this.#devices);
    const days = [...this.#days].sort(([one], [other]) => (one < other ? -1 : 1)).slice(-maxOpenDays);
    return {
      ...(this.#messages > 0 && { messages: this.#messages }),
      ...(this.#opens > 0 && { opens: this.#opens, lastOpen: this.#lastOpen, openDays: Object.fromEntries(days) }),
      ...(this.#clicks > 0 && { clicks: this.#clicks, lastClick: this.#lastClick }),
      ...(topDevice !== undefined && { topDevice }),
    };
  }
}

/** Whether the profile says it already, in whatever order its store keeps names. */
export const saysAll = (stats: Stats | undefined, wanted: CampaignStats): boolean =>
  names.every((name) => canonical(stats?.[name]) === canonical(wanted[name]));

const canonical = (value: Stats[(typeof names)[number]]): string =>
  typeof value === 'object'
    ? JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : String(value);

/** The profile's stats with those of its campaigns put in, as the next version. */
export const withCampaigns = (stats: Stats | undefined, wanted: CampaignStats): Stats => {
  const others = Object.entries(stats ?? {}).filter(([name]) => !(names as readonly string[]).includes(name));
  return { ...Object.fromEntries(others), ...wanted, version: (stats?.version ?? 0) + 1 };
};
