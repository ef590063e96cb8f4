// How one machine serves the web console: its own few files and nothing else, with the rules that a page is held to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleSite } from '../../functions/server/console-site.ts';
import { type Machine, startMachine } from '../helpers/machine.ts';

let home: string;
let machine: Machine;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stevedore-site-'));
  machine = await startMachine(home, { PUBLIC_URL: 'https://stevedore.example' });
});
afterAll(async () => {
  await machine?.kill();
  rmSync(home, { recursive: true, force: true });
});
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(machine.url + path, { method, headers, redirect: 'manual' });

describe('the web console', () => {
  it('is a page under rules: its own files, its own API, uploads to where links begin', async () => {
    const answer = await get('/console/');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://stevedore.example; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const page = await answer.text();
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|https?:\/\//);
  });

  it('has files that last, packed for those who take it, with their types', async () => {
    const page = await (await get('/console/')).text();
    const paths = [...page.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map((found) => found[1] ?? '');
    expect(paths.length).toBeGreaterThanOrEqual(3);
    const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
    for (const path of paths) {
      const answer = await get(path, { 'accept-encoding': 'gzip' });
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('content-type')).toContain(types[path.split('.').at(-1) ?? '']);
      expect(await (await get(path, { 'accept-encoding': 'identity' })).text()).toBe(await answer.text());
    }
  });

  it('has the page of all APIs, whose style is a file as the rules want it', async () => {
    const page = await (await get('/console/openapi.html')).text();
    expect(page).toContain('/console/api/jobs');
    expect(page).not.toMatch(/<style|<script/);
    const [, style = ''] = /href="(\/console\/assets\/openapi-[^"]+)"/.exec(page) ?? [];
    expect((await get(style)).headers.get('content-type')).toContain('text/css');
  });

  it('is not sent again to whoever has it', async () => {
    const etag = (await get('/console/')).headers.get('etag') ?? '';
    expect((await get('/console/', { 'if-none-match': etag })).status).toBe(304);
    const head = await get('/console/', {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('leads from its name without a slash to itself', async () => {
    const answer = await get('/console');
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/console/']);
  });

  it.each([
    '/console/../package.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/..%2f..%2fpackage.json',
    '/console/.built-from',
    '/console/assets',
    '/console/assets/',
    '/console//etc/passwd',
    '/console/nothing.js',
    '/console/__proto__',
  ])('has nothing at %s', async (path) => {
    const text = await (await get(path)).text();
    expect(text).not.toContain('"name": "stevedore"');
    expect((await get(path)).status).toBeGreaterThanOrEqual(400);
  });

  it('takes nothing but GET and HEAD', async () => {
    expect((await get('/console/', {}, 'POST')).status).toBeGreaterThanOrEqual(400);
  });
});

it('a site that is not built says how to build it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-unbuilt-'));
  const app = new Hono().get('/console/*', consoleSite({ folder, uploads: 'http://127.0.0.1:1' }));
  const answer = await app.request('/console/');
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('build-console')]);
  rmSync(folder, { recursive: true });
});
