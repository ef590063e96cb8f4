// The bench's people: a CSV of invented persons, the same on every machine and in every run.
import { closeSync, openSync, writeSync } from 'node:fs';

const firstNames = ['Ada', 'Rosalind', 'Grace', 'Zoë', 'Edsger', 'Barbara', 'Alan', 'Hypatia', 'Srinivasa', 'Emmy'];
const lastNames = ['Lovelace', 'Okafor', 'Hopper', 'Ångström', 'van Dijk', 'Liskov', 'Torres', 'Nakamura', 'Kowalska'];
const cities = [
  'Santiago de Chile',
  'Zürich',
  'Arlington',
  'Eindhoven',
  '"Washington, D.C."',
  'Lagos',
  'Kyoto',
  'Kraków',
];
const plans = ['professional', 'starter', 'enterprise', 'trial'];

const pick = (names: readonly string[], random: number): string => names[random % names.length] ?? '';

/** Spreads neighbouring numbers over 32 bits, so that each column changes in its own rhythm (the finaliser of MurmurHash3). */
const scatter = (seed: number): number => {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/** The variables that an import of these people sets. */
export const variables = ['first_name', 'last_name', 'city', 'plan', 'score'] as const;

/** A sixth variable of rows that are to be wide: it brings them to about 100 bytes. */
export const wideVariable = 'campaign';

export interface PeopleOptions {
  /** A file of edition 1 changes every row of a file of edition 0, and nothing else differs. */
  edition?: 0 | 1;
  wide?: boolean;
}

const row = (index: number, edition: number, wide: boolean): string => {
  const random = scatter(index + 1);
  const [first, last] = [pick(firstNames, random), pick(lastNames, random >>> 4)];
  const email = `reader.${index.toString(36).padStart(6, '0')}.${random.toString(36)}@mail${random % 23}.example.com`;
  const score = (random % 45_000) * 2 + 10_000 + edition;
  const campaign = wide ? `,newsletter-${(random >>> 5) % 900_000}` : '';
  return `${email},${first},${last},${pick(cities, random >>> 8)},${pick(plans, random >>> 12)},${score}${campaign}\n`;
};

const blockRows = 5_000;

/** Writes `rows` people to a file, every one with another address; returns the file's size in bytes. */
export const writePeople = (path: string, rows: number, { edition = 0, wide = false }: PeopleOptions = {}): number => {
  const file = openSync(path, 'w');
  try {
    let size = writeSync(file, `email,${variables.join(',')}${wide ? `,${wideVariable}` : ''}\n`);
    for (let at = 0; at < rows; at += blockRows) {
      let block = '';
      for (let index = at; index < Math.min(rows, at + blockRows); index++) block += row(index, edition, wide);
      size += writeSync(file, block);
    }
    return size;
  } finally {
    closeSync(file);
  }
};
