// How pages look and read: no accessibility violations in either scheme, nothing wider than a phone, no jumping, few bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtConsole } from '../../functions/server/console-site.ts';
import { until } from '../helpers/machine.ts';
import { axeViolations, csvOf, type Desk, openAt, openDesk, openPage, overflowOf, troublesOf } from './browser.ts';
import { bring, endedJob } from './cargo.ts';

let desk: Desk;
/** An ended import with everything that a job can show, a failed one, an export, a plan, one that waits, one that is held. */
const ids = { import: '', failed: '', plan: '', export: '', scheduled: '', paused: '' };
beforeAll(async () => {
  desk = await openDesk();
  const told = { report_email: 'boss@example.com' };
  const bad = 'not an address,Nobody,\nada@example,Ada,London\n';
  ids.import = await bring(desk, csvOf(2000, bad).buffer, {
    list: 'A list with quite a long name for a phone',
    ...told,
  });
  await endedJob(desk, ids.import);
  ids.failed = await bring(desk, Buffer.from('name;city\nA;B\n'), { list: 'Nowhere' });
  ids.plan = await bring(desk, csvOf(50, bad).buffer, { list: 'Planned', mode: 'plan' });
  const list = 'A list with quite a long name for a phone';
  ids.export = (await desk.api.submit({ type: 'export_list_data', list })).body.id;
  for (const id of [ids.failed, ids.plan, ids.export]) await endedJob(desk, id);
  const later = Math.floor(Date.now() / 1000) + 7200;
  ids.scheduled = (
    await desk.api.submit({ type: 'import', list: 'Later', emails: 'a@example.com', begins_at: later })
  ).body.id;
  ids.paused = (
    await desk.api.submit({ type: 'import', list: 'Held', emails: 'a@example.com', begins_at: later })
  ).body.id;
  await desk.api.act(ids.paused, 'pause');
});
afterAll(() => desk?.close());

const settled = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await until(
    () => page.locator('[aria-busy=true]').count(),
    (waiting) => waiting === 0,
  );
};

const pages: [string, () => string, ((page: Page) => Promise<void>)?][] = [
  ['the list of jobs', () => '#/jobs'],
  ['no job that fits', () => '#/jobs?text=nothing'],
  ...(Object.keys(ids) as (keyof typeof ids)[]).map((kind): [string, () => string] => [
    `a job: ${kind}`,
    () => `#/jobs/${ids[kind]}`,
  ]),
  [
    'a question',
    () => '#/jobs',
    async (page) => {
      await page
        .getByRole('button', { name: /^Cancel/ })
        .first()
        .click();
    },
  ],
  ['the overview', () => '#/overview'],
  ['a new import', () => '#/import'],
  [
    'a new import with its check',
    () => '#/import?list=Checked',
    async (page) => {
      await page.getByLabel('Choose a file').setInputFiles(csvOf(20, 'not an address,Nobody,\n'));
      await page.getByRole('button', { name: 'Check the file' }).click();
      await page.getByRole('cell', { name: 'not an address' }).waitFor();
    },
  ],
  ['a new export', () => '#/export', (page) => page.getByLabel('Only these').check()],
  [
    'a record',
    () => `#/jobs/${ids.import}`,
    async (page) => {
      await page.getByText('Raw record').click();
      await page.getByText(`"id": "${ids.import}"`).waitFor();
    },
  ],
];

describe.each([
  ['light, wide', { colorScheme: 'light' as const, viewport: { width: 1600, height: 1000 } }],
  ['dark, on a phone', { colorScheme: 'dark' as const, viewport: { width: 360, height: 740 } }],
  ['light, on a tablet', { colorScheme: 'light' as const, viewport: { width: 820, height: 1180 } }],
  ['dark, wide', { colorScheme: 'dark' as const, viewport: { width: 1280, height: 900 } }],
])('%s', (_, options) => {
  it('the sign-in has no violation', async () => {
    const page = await openPage(desk, options);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect([await axeViolations(page), await overflowOf(page)]).toEqual([[], 0]);
    await page.context().close();
  });

  let page: Page;
  beforeAll(async () => {
    page = await openAt(desk, '#/jobs', options);
  });
  afterAll(() => page?.context().close());

  it.each(pages)('%s has no violation and is no wider than the window', async (_, hash, prepare) => {
    // By way of another page, so that each begins anew.
    await page.goto(`${desk.machine.url}/console/#/none`);
    await page.getByText('There is no such page').waitFor();
    await page.goto(`${desk.machine.url}/console/${hash()}`);
    await settled(page);
    await prepare?.(page);
    await settled(page);
    expect([await axeViolations(page), await overflowOf(page), troublesOf(page)]).toEqual([[], 0, []]);
  });
});

it('nothing moves while a page shows the same again', async () => {
  const page = await openAt(desk, '#/jobs');
  await settled(page);
  await page.evaluate(`
    window.shifts = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; })
      .observe({ type: 'layout-shift', buffered: false });
    window.before = [...document.querySelectorAll('.job-row')];`);
  for (let polls = 0; polls < 2; polls++)
    await page.waitForResponse((answer) => answer.url().includes('/console/api/jobs'));
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  expect(await page.evaluate('window.shifts')).toBe(0);
  // The very elements of before: whoever reads or holds one of them is not disturbed.
  expect(await page.evaluate('window.before.every((row) => row.isConnected)')).toBe(true);
  await page.context().close();
});

it('a page that nobody sees asks nothing', async () => {
  const page = await openAt(desk, '#/jobs');
  await settled(page);
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));`);
  let asked = 0;
  page.on('request', () => asked++);
  await page.clock.install();
  await page.clock.fastForward(120_000);
  expect(asked).toBe(0);
  const answer = page.waitForResponse((response) => response.url().includes('/console/api/jobs'));
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: false, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));`);
  expect((await answer).status()).toBe(200);
  await page.context().close();
});

it('the whole site is under 100 KB gzipped, and every file of it is asked of this server', async () => {
  const files = readdirSync(builtConsole, { recursive: true, encoding: 'utf8' });
  // The API's documents are pages of their own, which the console does not load.
  const assets = files.filter((name) => /\.(html|js|css|svg)$/.test(name) && !name.includes('openapi'));
  expect(assets.length).toBeGreaterThanOrEqual(4);
  const sizes = assets.map((name) => gzipSync(readFileSync(new URL(name, `file://${builtConsole}`))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
  const page = await openPage(desk);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.reload();
  await page.getByLabel('Key').waitFor();
  expect([...new Set(asked)]).toEqual([desk.machine.url]);
  await page.context().close();
});
