// What an import does, in the plainest way there is: one row after another, the last row of a person wins.
import { normaliseAddress } from '../../functions/files/address.ts';
import type { ClientId } from '../../functions/jobs/job.ts';
import { type Sid, sidOf } from '../../functions/jobs/profile.ts';

/** The rows of one person, folded. */
export interface Folded {
  rows: number;
  vars: Record<string, string>;
  source?: string;
}

export interface Reading {
  rows: number;
  rejected: number;
  people: Map<Sid, Folded>;
}

/** Cells of the model's files hold neither commas nor quotes. */
export const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(','));

/** Reads a file as an import of this client would understand it. */
export const readNaively = (client: ClientId, text: string): Reading => {
  const [header = [], ...lines] = cellsOf(text);
  const email = header.indexOf('email');
  const reading: Reading = { rows: lines.length, rejected: 0, people: new Map() };
  for (const cells of lines) {
    const address = normaliseAddress(cells[email] ?? '');
    if ('reason' in address) {
      reading.rejected++;
      continue;
    }
    const sid = sidOf(client, address.address);
    const person: Folded = reading.people.get(sid) ?? { rows: 0, vars: {} };
    person.rows++;
    for (const [index, name] of header.entries()) {
      const cell = cells[index];
      if (!cell || name === '' || name === 'email' || name.startsWith('_')) continue;
      if (name === 'source') person.source = cell;
      else person.vars[name] = cell;
    }
    reading.people.set(sid, person);
  }
  return reading;
};
