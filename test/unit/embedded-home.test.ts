// A home folder belongs to one process at a time, and what a crash left in it is put right.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedClients, encrypt } from '../../functions/embedded/clients.ts';
import { openHome } from '../../functions/embedded/home.ts';
import { keyFor } from '../../functions/embedded/keys.ts';
import { jobsPlan } from '../../functions/embedded/schema.ts';
import { openDatabase } from '../../functions/embedded/sqlite.ts';

describe('a home folder', () => {
  let home: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    home = join(mkdtempSync(join(tmpdir(), 'stevedore-unit-')), 'home');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(join(home, '..'), { recursive: true });
  });

  /** Another process that has opened the home and stays. */
  const holder = async (): Promise<ChildProcess> => {
    const module = JSON.stringify(new URL('../../functions/embedded/home.ts', import.meta.url).href);
    const script = `const { openHome } = await import(${module}); openHome(process.argv[1]); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
    expect(String(said)).toBe('open\n');
    return child;
  };

  it('is refused to a second process with a sentence that says who has it and what to do', async () => {
    const { pid } = await holder();
    expect(() => openHome(home)).toThrow(
      `in use by process ${pid}. Stop that one first, or start this one with another folder`,
    );
  });

  it('is free again the moment its process is killed', async () => {
    const child = await holder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    openHome(home).close();
  });

  it('can be closed and opened again, but not opened twice', () => {
    const first = openHome(home);
    expect(() => openHome(home)).toThrow('in use');
    first.close();
    openHome(home).close();
  });

  it('loses unfinished temporary files at start, and nothing else', () => {
    openHome(home).close();
    mkdirSync(join(home, 'tmp'), { recursive: true });
    writeFileSync(join(home, 'tmp', 'half'), 'x');
    writeFileSync(join(home, 'mailbox', 'half.tmp'), 'x');
    writeFileSync(join(home, 'uploads', 'whole'), 'x');
    openHome(home).close();
    expect(existsSync(join(home, 'tmp', 'half'))).toBe(false);
    expect(existsSync(join(home, 'mailbox', 'half.tmp'))).toBe(false);
    expect(existsSync(join(home, 'uploads', 'whole'))).toBe(true);
  });

  it('has a key file that only its owner reads, made once', () => {
    openHome(home).close();
    expect(statSync(join(home, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(keyFor(home, 'links')).toEqual(keyFor(home, 'links'));
    expect(keyFor(home, 'links')).not.toEqual(keyFor(home, 'client secrets'));
    writeFileSync(join(home, 'secret.key'), 'short');
    expect(() => openHome(home)).toThrow('secret.key is damaged');
  });

  it('of a newer version is not touched', () => {
    openHome(home).close();
    const db = new DatabaseSync(join(home, 'jobs.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openHome(home)).toThrow('newer Stevedore');
  });

  it('opens a secret under its own client only', async () => {
    openHome(home).close();
    const db = openDatabase(join(home, 'jobs.db'), jobsPlan);
    const clients = embeddedClients(db, keyFor(home, 'client secrets'));
    await clients.put({ id: 'a', apiKey: 'key a', secret: 'secret a' });
    await clients.put({ id: 'b', apiKey: 'key b', secret: 'secret b' });
    db.exec("UPDATE clients SET secret = (SELECT secret FROM clients WHERE id = 'a') WHERE id = 'b'");
    expect((await clients.byId('a'))?.secret).toBe('secret a');
    await expect(clients.byId('b')).rejects.toThrow();
    db.close();
  });

  it('of an older version keeps its clients, and gives them organizations and names', async () => {
    openHome(home).close();
    const path = join(home, 'old.db');
    const old = openDatabase(path, { ...jobsPlan, steps: jobsPlan.steps.slice(0, 2) });
    const key = keyFor(home, 'client secrets');
    for (const id of ['b', 'demo', 'a'])
      old
        .prepare('INSERT INTO clients VALUES (?, ?, ?, ?)')
        .run(id, `key ${id}`, encrypt(key, id, `secret ${id}`), '{}');
    old.close();
    const db = openDatabase(path, jobsPlan);
    const clients = embeddedClients(db, key);
    expect(await clients.all()).toMatchObject([
      { id: 'a', organization: 2, username: 'a' },
      { id: 'b', organization: 3, username: 'b' },
      { id: 'demo', organization: 1, username: 'demo', admin: true },
    ]);
    expect(await clients.byOrganization(3)).toMatchObject({ id: 'b', secret: 'secret b' });
    await clients.put({ id: 'c', apiKey: 'key c', secret: 'secret c' });
    expect((await clients.byId('c'))?.organization).toBe(4);
    db.close();
  });
});
