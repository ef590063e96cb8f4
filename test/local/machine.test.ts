import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, startMachine, until, untilEnded } from '../helpers/machine.ts';

const outcomeKeys = ['rows', 'created', 'updated', 'unchanged', 'duplicate', 'skipped', 'rejected', 'not_processed'];

describe('one machine', () => {
  let home: string;
  let folder: string;
  let machine: Machine;
  const restart = async (env: Record<string, string> = {}) => {
    machine = await startMachine(home, env);
    return machine;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stevedore-machine-'));
    home = join(folder, 'state');
  });
  afterEach(async () => {
    await machine.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says where it is, prints the demo credentials at the first start only, and stops cleanly', async () => {
    await restart();
    expect(machine.lines.at(-1)).toBe(`Stevedore is ready on ${machine.url}`);
    expect(machine.lines.join()).toContain('a1b2c3d4e5f60718293a4b5c6d7e8f90');
    expect(await machine.stop()).toBe(0);
    await restart();
    expect(machine.lines.join()).not.toContain('a1b2c3d4e5f60718293a4b5c6d7e8f90');
  });

  it('lets only one process use a home', async () => {
    await restart();
    await expect(startMachine(home)).rejects.toThrow(/is in use by process \d+\. Stop that one first/);
  });

  it('loses nothing and reports once when it is killed three times in an import of 200,000 rows', async () => {
    const posts: string[] = [];
    const hook = createServer(async (request, response) => {
      posts.push(await text(request));
      response.end();
    }).listen(0, '127.0.0.1');
    const postback = () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const file = join(folder, 'people.csv');
    const row = (index: number) => `person${index % 195_000}@example.com,city ${index % 7},${index}`;
    writeFileSync(
      file,
      ['email,city,number', ...Array.from({ length: 200_000 }, (_, index) => row(index)), 'broken', ''].join('\n'),
    );
    await restart();
    const job = await machine.client.post({ job: 'import', list: 'Main', postback_url: postback(), file });
    for (let kills = 0; kills < 3; kills++) {
      const before = Number((await machine.client.job(job.job_id)).created ?? 0);
      const now = await until(
        () => machine.client.job(job.job_id),
        (answer) => Number(answer.created ?? 0) > before || answer.end_time !== undefined,
        5,
      );
      expect(now.status).toBe('running');
      await machine.kill();
      await restart();
    }
    const ended = await untilEnded(machine.client, job.job_id);
    expect(Object.fromEntries(outcomeKeys.map((key) => [key, ended[key]]))).toEqual({
      rows: 200_001,
      created: 195_000,
      updated: 0,
      unchanged: 0,
      duplicate: 5_000,
      skipped: 0,
      rejected: 1,
      not_processed: 0,
    });
    const asked = await machine.client.post({
      job: 'export_list_data',
      list: 'Main',
      fields: { vars: { city: 1, number: 1 } },
    });
    const csv = await (await fetch(String((await untilEnded(machine.client, asked.job_id)).export_url))).text();
    const numbers = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
    // Of the 5,000 people who come twice the later row counts.
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 195_000 }, (_, index) => index + 5_000));
    await until(
      () => machine.client.job(job.job_id),
      (now) => JSON.stringify(now.reports ?? '').includes('delivered'),
    );
    expect(posts).toHaveLength(1);
    hook.close();
  });

  it('makes an import of a file that is copied into the drop folder, once, restarts and all', async () => {
    const drop = join(home, 'uploads', 'imports', 'demo', 'Dropped');
    await mkdir(drop, { recursive: true });
    writeFileSync(join(folder, 'a.csv'), 'email,city\na@example.com,Oslo\n');
    await cp(join(folder, 'a.csv'), join(drop, 'before.csv'));
    const dropped = () => {
      const file = join(home, 'stevedore.log');
      const log = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      return log.filter((line) => line.includes('"job.accepted"') && line.includes('"door":"drop"')).length;
    };
    const seen = (count: number) =>
      until(
        async () => dropped(),
        (found) => found >= count,
      );
    await restart();
    writeFileSync(join(drop, 'during.csv'), 'email,city\nb@example.com,Oslo\n');
    await seen(2);
    await machine.stop();
    await restart();
    // Found at the start with the first two, so that all three have been looked at when it is seen.
    writeFileSync(join(drop, 'later.csv'), 'email,city\nc@example.com,Oslo\n');
    await seen(3);
    expect(dropped()).toBe(3);
    const asked = await machine.client.post({ job: 'export_list_data', list: 'Dropped', fields: { a: 1 } });
    const ended = await untilEnded(machine.client, asked.job_id);
    expect(await (await fetch(String(ended.export_url))).text()).toMatch(/^"Profile Id","Email Hash"\n/);
  });

  it('serves an export with its name, in ranges, and refuses a link that was changed', async () => {
    await restart();
    const imported = await machine.client.post({
      job: 'import',
      list: 'Just Eli',
      emails: 'a@example.com,b@example.com',
    });
    await untilEnded(machine.client, imported.job_id);
    const asked = await machine.client.post({ job: 'export_list_data', list: 'Just Eli' });
    const ended = await untilEnded(machine.client, asked.job_id);
    const url = String(ended.export_url);
    expect(ended.filename).toBe('just_eli.csv');
    const whole = await fetch(url);
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename=just_eli.csv');
    expect(whole.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const body = await whole.text();
    expect(body.split('\n')[0]).toMatch(/^"Profile Id","Email Hash",Domain,Engagement,Lists,/);
    const part = await fetch(url, { headers: { range: 'bytes=1-10' } });
    expect([part.status, await part.text()]).toEqual([206, body.slice(1, 11)]);
    const changed = url.replace(/[0-9a-f]{8}(?=$|&)/, '00000000');
    expect((await fetch(changed)).status).toBe(403);
    expect((await fetch(url.replace('/files/', '/files/..%2f'))).status).toBe(403);
  });

  it('refuses addresses inside when it listens on all interfaces', async () => {
    await restart({ HOST: '0.0.0.0' });
    const { client } = machine;
    for (const url of [
      'http://169.254.169.254/',
      'http://[::ffff:127.0.0.1]/',
      'http://2130706433/',
      'http://localhost/',
    ]) {
      const refused = await client.post({ job: 'import', list: 'Main', url }).catch((error: unknown) => error);
      expect(JSON.stringify(refused)).toMatch(/Invalid URL/);
    }
    expect(readdirSync(join(home, 'uploads'))).not.toContain('spool');
  });
});
