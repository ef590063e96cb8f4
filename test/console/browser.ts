// A real browser on the real system: pages as people see them, in both schemes and at any width.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { demoClient } from '../../functions/server/demo-client.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { type Machine, startMachine } from '../helpers/machine.ts';
import { findChromium } from './chromium.ts';

/** The system's Chromium. Throws a sentence where there is none. */
const chromiumPath = (): string => {
  const found = findChromium();
  if (found === undefined)
    throw new Error('These tests need Chromium: apt-get install chromium, or set CHROMIUM_PATH to one');
  return found;
};

export interface Desk {
  machine: Machine;
  browser: Browser;
  /** The console's API, as a script uses it. */
  api: ReturnType<typeof consoleClient>;
  close(): Promise<void>;
}

/** A running system and a browser beside it. */
export const openDesk = async (env: Record<string, string> = {}): Promise<Desk> => {
  const home = mkdtempSync(join(tmpdir(), 'stevedore-desk-'));
  const machine = await startMachine(home, env);
  // As root Chromium runs only without its sandbox: it sees no page but ours.
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  return {
    machine,
    browser,
    // The server ends connections that wait for long, as they do while this process makes a large file. Sent again it is the same order.
    api: consoleClient((target, init) =>
      fetch(machine.url + target, init).catch(() => fetch(machine.url + target, init)),
    ),
    async close() {
      await browser.close();
      await machine.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** What went wrong in a page, which no test allows: errors, refused by the page's own rules among them. */
const troubles = new WeakMap<Page, string[]>();
export const troublesOf = (page: Page): readonly string[] => troubles.get(page) ?? [];

/** A page of a fresh profile, at the sign-in. */
export const openPage = async ({ machine, browser }: Desk, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const found: string[] = [];
  troubles.set(page, found);
  page.on('pageerror', (error) => found.push(error.message));
  page.on('console', (message) => {
    // A refused sign-in is an answer like any other to the page; the browser notes it all the same.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) found.push(message.text());
  });
  await page.goto(`${machine.url}/console/`);
  return page;
};

export const signIn = async (page: Page): Promise<void> => {
  await page.getByLabel('Key').fill(demoClient.apiKey);
  await page.getByLabel('Secret').fill(demoClient.secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
};

/** A signed-in page at `hash`. */
export const openAt = async (desk: Desk, hash: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const page = await openPage(desk, options);
  await signIn(page);
  await page.goto(`${desk.machine.url}/console/${hash}`);
  return page;
};

/** What axe finds wrong with the page, a line for each. */
export const axeViolations = async (page: Page): Promise<string[]> => {
  // By the browser's own way in, which the page's rules for scripts do not hold up.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
};

/** How far the page is wider than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** A file of `rows` people as the browser gives it to a page. */
export const csvOf = (rows: number, more = ''): { name: string; mimeType: string; buffer: Buffer } => {
  const cities = ['Oslo', 'Bergen', 'Lisbon', 'Genoa'];
  const lines = Array.from({ length: rows }, (_, at) => `person${at}@example.com,Name ${at},${cities[at % 4]}`);
  const text = `email,first_name,city\n${lines.join('\n')}\n${more}`;
  return { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
};
