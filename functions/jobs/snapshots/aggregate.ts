// Numbers and counts by key that slices count apart and that are put together at the end; bounded, whatever is counted.

/** Keys of one map that are counted: the first so many that come. Those behind them are counted together, as left out. */
const maxKeys = 20_000;
/** Longer names are not counted one by one: a result must stay small. */
const maxName = 60;

type Fields = Record<string, number>;

interface Written {
  numbers: [name: string, value: number][];
  maps: [name: string, left: number, entries: [key: string, fields: Fields][]][];
}

/** The counts of the largest keys of a map. */
export type Top = Record<string, Fields>;

export interface TopOptions {
  /** The field that decides. */
  by?: string;
  /** `key`: the last keys in their order, whatever their counts; for keys that are times. */
  order?: 'count' | 'key';
  limit?: number;
  /** Characters of all keys together. */
  characters?: number;
}

interface KeyCounts {
  entries: Map<string, Fields>;
  /** How much was counted for keys behind `maxKeys`. */
  left: number;
}

export class Aggregate {
  readonly #numbers = new Map<string, number>();
  readonly #maps = new Map<string, KeyCounts>();
  readonly #maxKeys: number;

  constructor(keys = maxKeys) {
    this.#maxKeys = keys;
  }

  count(name: string, by = 1): void {
    this.#numbers.set(name, (this.#numbers.get(name) ?? 0) + by);
  }

  /** Counts for a key of a map; names that are too long are left out. */
  countIn(map: string, key: string, field = 'count', by = 1, longest = maxName): void {
    const counts = this.#map(map);
    if (key.length > longest) counts.left += by;
    else addTo(counts, this.#maxKeys, key, { [field]: by });
  }

  /** Keeps the keys with the most; exact when each key comes once, however many there are. */
  rank(map: string, key: string, count: number, limit: number): void {
    const counts = this.#map(map);
    counts.entries.set(key, { count });
    if (counts.entries.size < limit * 2) return;
    counts.entries = new Map(Object.entries(this.top(map, { limit })));
  }

  number(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  /** The largest keys, largest first; equal ones in order of name, so that the same people always give the same. */
  top(map: string, { by = 'count', order = 'count', limit = 100, characters = Infinity }: TopOptions = {}): Top {
    const entries = [...this.#map(map).entries];
    const amount = ([, fields]: [string, Fields]): number => fields[by] ?? 0;
    const sorted =
      order === 'key'
        ? entries.sort(byName).slice(-limit)
        : entries.sort((one, other) => amount(other) - amount(one) || byName(one, other)).slice(0, limit);
    let used = 0;
    const fitting = sorted.filter(([key]) => {
      used += key.length;
      return used <= characters;
    });
    return Object.fromEntries(fitting);
  }

  /** As `top`, one number for each key. */
  topCounts(map: string, options: TopOptions = {}): Fields {
    const { by = 'count' } = options;
    return Object.fromEntries(Object.entries(this.top(map, options)).map(([key, fields]) => [key, fields[by] ?? 0]));
  }

  /** All of it, for another one's `take`. */
  toText(): string {
    const written: Written = {
      numbers: [...this.#numbers],
      maps: [...this.#maps].map(([name, { left, entries }]) => [name, left, [...entries]]),
    };
    return JSON.stringify(written);
  }

  /** Adds what another one counted. */
  take(text: string): void {
    const { numbers, maps } = JSON.parse(text) as Written;
    for (const [name, value] of numbers) this.count(name, value);
    for (const [name, left, entries] of maps) {
      const counts = this.#map(name);
      counts.left += left;
      for (const [key, fields] of entries) addTo(counts, this.#maxKeys, key, fields);
    }
  }

  #map(name: string): KeyCounts {
    const found = this.#maps.get(name) ?? { entries: new Map<string, Fields>(), left: 0 };
    this.#maps.set(name, found);
    return found;
  }
}

const byName = ([one]: [string, Fields], [other]: [string, Fields]): number => (one < other ? -1 : 1);

const addTo = (counts: KeyCounts, most: number, key: string, fields: Fields): void => {
  const found = counts.entries.get(key);
  if (!found && counts.entries.size >= most) {
    for (const field in fields) counts.left += fields[field] ?? 0;
    return;
  }
  if (!found) counts.entries.set(key, { ...fields });
  else for (const field in fields) found[field] = (found[field] ?? 0) + (fields[field] ?? 0);
};
