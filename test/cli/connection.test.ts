// Which server is called, and as whom; and how it ends when that does not work.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClient } from '../../functions/server/demo-client.ts';
import { resolveConnection } from '../../tools/cli/connection.ts';
import { type Bench, openBench } from './cli.ts';

const demoKey = `${demoClient.apiKey}:${demoClient.secret}`;
const far = 'https://bulk.example.com';

describe('which server, and as whom', () => {
  const profiles = { default: { url: far, key: 'dk:ds' }, shop: { url: 'https://shop.example.com', key: 'sk:ss' } };
  const resolved = (...args: Parameters<typeof resolveConnection>) => {
    const { url, credentials } = resolveConnection(...args);
    return `${credentials.key}:${credentials.secret}@${url}`;
  };

  it('takes options before a named profile, that before the environment, that before the profile default', () => {
    const env = { STEVEDORE_URL: 'https://env.example.com', STEVEDORE_KEY: 'ek:es' };
    expect(resolved({}, {}, {})).toBe(`${demoKey}@http://127.0.0.1:3000`);
    expect(resolved({}, {}, profiles)).toBe(`dk:ds@${far}`);
    expect(resolved({}, env, profiles)).toBe('ek:es@https://env.example.com');
    expect(resolved({ profile: 'shop' }, env, profiles)).toBe('sk:ss@https://shop.example.com');
    expect(resolved({ profile: 'shop', key: 'ok:os' }, env, profiles)).toBe('ok:os@https://shop.example.com');
    expect(resolved({ url: far, key: 'ok:os' }, env, profiles)).toBe(`ok:os@${far}`);
  });

  it("sends a profile's key to that profile's server only, and the demo client's to loopback only", () => {
    expect(() => resolveConnection({ url: 'https://other.example.com' }, {}, profiles)).toThrow(/No key for/);
    expect(() => resolveConnection({ url: 'https://other.example.com' }, {}, {})).toThrow(/No key for/);
    expect(resolved({ url: 'http://localhost:9' }, {}, profiles)).toBe(`${demoKey}@http://localhost:9`);
    expect(() => resolveConnection({ url: 'http://127.0.0.1.example.com' }, {}, {})).toThrow(/No key for/);
  });

  it('never repeats a key that it cannot read', () => {
    expect(() => resolveConnection({ key: 'topsecret' }, {}, {})).toThrow('A key is given as KEY:SECRET');
    for (const url of ['ftp://x', 'nonsense', 'https://u:p@x'])
      expect(() => resolveConnection({ url }, {}, {}), url).toThrow(/Not the URL of a server/);
  });
});

describe('profiles and trouble', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());
  const path = () => join(bench.env.XDG_CONFIG_HOME, 'stevedore', 'profiles.json');

  it('saves a profile for its owner only, uses it, and lists it without its secret', async () => {
    const saved = await bench.run('profiles', 'save', 'here', '--url', bench.machine.url, '--key', demoKey);
    expect(saved.code).toBe(0);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const nowhere = { STEVEDORE_URL: 'http://127.0.0.1:1' };
    expect((await bench.start(['jobs', 'list', '--profile', 'here'], nowhere).ended).code).toBe(0);
    const listed = await bench.run('profiles', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toEqual([{ name: 'here', url: bench.machine.url, key: demoClient.apiKey }]);
    expect(listed.stdout).not.toContain(demoClient.secret);
    expect((await bench.run('profiles', 'remove', 'here')).code).toBe(0);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({});
    expect((await bench.run('jobs', 'list', '--profile', 'here')).code).toBe(2);
  });

  it('takes no profile file that others may read, and shows nothing of a broken one', async () => {
    mkdirSync(dirname(path()), { recursive: true });
    writeFileSync(path(), '{"default": {"url": "https://x", "key": "k:topsecret"}', { mode: 0o600 });
    const broken = await bench.run('jobs', 'list');
    expect(broken.code).toBe(2);
    expect(broken.stderr).not.toContain('topsecret');
    chmodSync(path(), 0o644);
    expect((await bench.run('jobs', 'list')).stderr).toContain('chmod 600');
    writeFileSync(path(), '{}');
    chmodSync(path(), 0o600);
  });

  it('ends with 4 when nobody answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    for (const args of [
      ['jobs', 'list'],
      ['import', '--emails', 'a@example.com', '-l', 'Main', '--wait'],
    ]) {
      const { code, stdout, stderr } = await bench.run(...args, '--url', url, '--json');
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(JSON.parse(stderr).error).toEqual({
        code: 'unreachable',
        message: `The server cannot be reached: ${url}: ECONNREFUSED`,
      });
    }
  });

  it('ends with 3 for a wrong secret, in words that do not tell which part is wrong', async () => {
    const wrong = await bench.run('jobs', 'list', '--key', `${demoClient.apiKey}:wrong`, '--json');
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    const unknown = await bench.run('jobs', 'list', '--key', `nobody:${demoClient.secret}`, '--json');
    expect(JSON.parse(unknown.stderr)).toEqual(JSON.parse(wrong.stderr));
    expect(JSON.parse(wrong.stderr).error.code).toBe('unauthorized');
  });

  it('tells by how much the clock is off when that may be why', async () => {
    const date = new Date(Date.now() + 3600_000).toUTCString();
    const server = createServer((_request, response) => {
      response.writeHead(401, { date, 'content-type': 'application/json' });
      response.end('{"error":{"code":"unauthorized","message":"The call is not signed"}}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await bench.run('jobs', 'list', '--url', url);
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain("60 minutes behind the server's");
  });

  it('says so when what answers is not Stevedore', async () => {
    const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await bench.run('jobs', 'list', '--url', url);
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain('not Stevedore');
  });

  it('ends with 2 and says what is wrong with a command line', async () => {
    for (const args of [
      [],
      ['nonsense'],
      ['jobs'],
      ['import'],
      ['jobs', 'list', '-n', 'many'],
      ['jobs', 'list', '--nonsense'],
    ]) {
      const { code, stdout, stderr } = await bench.run(...args);
      expect({ code, stdout }, args.join(' ')).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^stevedore: .+\n$/);
    }
    expect(await bench.run('--help')).toMatchObject({ code: 0, stderr: '' });
  });

  it('makes sample files that hold what they say', async () => {
    const target = join(bench.folder, 'sample.csv');
    const { value } = await bench.json('sample', '1000', '--seed', '3', '-o', target);
    expect(value).toEqual({ path: target, rows: 1000, distinctValid: 930, duplicate: 40, rejected: 30 });
    const checked = await bench.json('check', target);
    expect(checked).toMatchObject({ code: 5, value: { rows: 1000, people: 930, duplicate: 40, rejected: 30 } });
  });
});
