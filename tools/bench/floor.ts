// The floor: the same work as a plain loop on one thread, without jobs, ledger or HTTP, so that figures can be read as ratios.

import { hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { expectSame, figure, rate, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { writePeople } from './people.ts';
import { plainCell } from './plain-cell.ts';
import { ProcessCosts } from './process-costs.ts';

const batchRows = 10_000;

const openDatabase = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE profiles (sid TEXT PRIMARY KEY, email TEXT NOT NULL, vars TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE members (sid TEXT PRIMARY KEY, joined INTEGER NOT NULL) WITHOUT ROWID;
  `);
  return database;
};

interface Person {
  sid: string;
  email: string;
  vars: string;
}

const personOf = (names: readonly string[], cells: readonly string[]): Person => {
  const email = (cells[0] ?? '').trim().toLowerCase();
  const vars: Record<string, string> = {};
  for (let at = 1; at < names.length; at++) vars[names[at] ?? ''] = cells[at] ?? '';
  return { sid: hash('sha256', `bench\n${email}`, 'hex').slice(0, 24), email, vars: JSON.stringify(vars) };
};

/** How many rows were written. */
const importFile = async (database: DatabaseSync, path: string): Promise<number> => {
  const read = database.prepare('SELECT vars FROM profiles WHERE sid = ?');
  const putProfile = database.prepare('INSERT OR REPLACE INTO profiles (sid, email, vars) VALUES (?, ?, ?)');
  const putMember = database.prepare('INSERT OR IGNORE INTO members (sid, joined) VALUES (?, ?)');
  let written = 0;
  const apply = (people: Person[]): void => {
    // In the order of the tables, neighbours share a page.
    people.sort((one, other) => (one.sid < other.sid ? -1 : 1));
    database.exec('BEGIN');
    for (const { sid, email, vars } of people) {
      if (read.get(sid)?.vars === vars) continue;
      putProfile.run(sid, email, vars);
      putMember.run(sid, 0);
      written++;
    }
    database.exec('COMMIT');
  };
  let names: string[] | undefined;
  let waiting: Person[] = [];
  for await (const cells of createReadStream(path).pipe(parse())) {
    if (!names) {
      names = cells as string[];
      continue;
    }
    waiting.push(personOf(names, cells as string[]));
    if (waiting.length < batchRows) continue;
    apply(waiting);
    waiting = [];
  }
  apply(waiting);
  return written;
};

/** How many rows were exported. */
const exportFile = async (database: DatabaseSync, path: string): Promise<number> => {
  const rows = database.prepare('SELECT p.email, p.vars FROM members m JOIN profiles p USING (sid) ORDER BY m.sid');
  let exported = 0;
  function* blocks() {
    let block = '';
    for (const { email, vars } of rows.iterate()) {
      const cells = Object.values(JSON.parse(String(vars)) as Record<string, string>);
      block += `${[String(email), ...cells].map(plainCell).join(',')}\n`;
      exported++;
      if (block.length < 65_536) continue;
      yield block;
      block = '';
    }
    yield block;
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path));
  return exported;
};

const timed = async (work: () => Promise<number>): Promise<{ result: number; seconds: number }> => {
  const start = performance.now();
  return { result: await work(), seconds: (performance.now() - start) / 1000 };
};

/** Measures the plain loop over as many rows as the system gets. */
const benchFloor = (rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const file = join(folder, 'people.csv');
    writePeople(file, rows);
    const database = openDatabase(join(folder, 'floor.db'));
    const fresh = await timed(() => importFile(database, file));
    expectSame('floor: new rows', fresh.result, rows);
    const again = await timed(() => importFile(database, file));
    expectSame('floor: unchanged rows', again.result, 0);
    const exported = await timed(() => exportFile(database, join(folder, 'export.csv')));
    expectSame('floor: exported rows', exported.result, rows);
    database.close();
    return {
      title: 'The floor: a plain loop on one thread',
      notes: [
        'csv-parse into sorted batches of 10,000, one table of profiles and one of members; no jobs, no ledger, no HTTP.',
      ],
      figures: [
        rate('import, new rows', rows, fresh.seconds),
        rate('import, unchanged rows', rows, again.seconds),
        rate('export', rows, exported.seconds),
        figure('peak memory', new ProcessCosts(process.pid).peakMiB(), 'MiB'),
      ],
    };
  });

// In a process of its own, so that its memory is its own.
process.send?.(await benchFloor(Number(process.argv[2])));
process.disconnect?.();
