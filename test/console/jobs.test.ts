// The pages that show jobs, in a real browser on the running system.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { demoClient } from '../../functions/server/demo-client.ts';
import { until } from '../helpers/machine.ts';
import { csvOf, type Desk, openAt, openDesk, openPage, signIn, troublesOf } from './browser.ts';
import { bring, endedJob } from './cargo.ts';

let desk: Desk;
let page: Page;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk?.close());
beforeEach(() => {
  page = undefined as unknown as Page;
});
afterEach(async () => {
  expect(troublesOf(page)).toEqual([]);
  await page.context().close();
});

/** A job that is large enough to be held before it ends. */
const large = (list: string) => bring(desk, csvOf(400_000).buffer, { list });
const started = (id: string) =>
  until(
    async () => (await desk.api.job(id)).body,
    (job) => job.progress.value > 0 || job.finishedAt !== undefined,
  );
const row = (list: string) => page.getByRole('listitem').filter({ hasText: `List Import: ${list}` });

describe('sign-in', () => {
  it('is refused with a sentence when the secret is wrong, and keeps what was typed', async () => {
    page = await openPage(desk);
    await page.getByLabel('Key').fill(demoClient.apiKey);
    await page.getByLabel('Secret').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/key and the secret do not fit/);
    expect(await page.getByLabel('Key').inputValue()).toBe(demoClient.apiKey);
    await page.getByLabel('Secret').fill(demoClient.secret);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  });

  it('asks for what is missing', async () => {
    page = await openPage(desk);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/both the key and the secret/);
  });

  it('is gone after a reload, unless the tab was told to keep it, and after signing out', async () => {
    page = await openPage(desk);
    await signIn(page);
    expect(await page.evaluate('JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])')).toBe(
      '[0,0,""]',
    );
    await page.reload();
    await page.getByLabel('Stay signed in when I reload').check();
    await signIn(page);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Key').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });
});

describe('the list of jobs', () => {
  it('teaches when there is nothing yet', async () => {
    page = await openPage(desk);
    await signIn(page);
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor();
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByRole('heading', { level: 1, name: 'New import' }).waitFor();
  });

  it('shows a job that somebody else orders, while it is open, to its end', async () => {
    page = await openAt(desk, '#/jobs');
    await desk.api.submit({ type: 'import', list: 'From a script', emails: 'ada@example.com,nobody' });
    await row('From a script').getByText('Completed').waitFor();
    await row('From a script').getByText('2 rows · 1 rejected').waitFor();
  });

  it('pauses, lets go on and cancels a running job, asking first', async () => {
    const id = await large('Held');
    await started(id);
    page = await openAt(desk, '#/jobs');
    await row('Held')
      .getByRole('button', { name: /^Pause/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row('Held')
      .getByRole('button', { name: /^Pause/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await row('Held').getByText('Paused').waitFor();
    expect((await desk.api.job(id)).body.state).toBe('paused');
    await row('Held')
      .getByRole('button', { name: /^Resume/ })
      .click();
    await row('Held').getByText('Running').waitFor();
    await row('Held')
      .getByText(/rows\/s/)
      .waitFor();
    await row('Held')
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await row('Held').getByText('Cancelled').waitFor();
    expect((await desk.api.job(id)).body.state).toBe('cancelled');
  });

  it('retries by making a new job, and goes there', async () => {
    const { id } = (await desk.api.submit({ type: 'import', list: 'Again', emails: 'ada@example.com,nobody' })).body;
    await endedJob(desk, id);
    page = await openAt(desk, '#/jobs?text=again');
    await row('Again')
      .getByRole('button', { name: /^Retry/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('link', { name: 'Follows another job' }).waitFor();
    await page.getByText('1 row', { exact: true }).first().waitFor();
    expect(page.url()).not.toContain(id);
  });

  it('is filtered by text, state, type and time, which stand in the address', async () => {
    await endedJob(
      desk,
      (await desk.api.submit({ type: 'import', list: 'Findable', emails: 'a@example.com' })).body.id,
    );
    await endedJob(desk, (await desk.api.submit({ type: 'export_list_data', list: 'Findable' })).body.id);
    page = await openAt(desk, '#/jobs');
    await page.getByLabel('Find', { exact: true }).fill('findable');
    await row('Findable').waitFor();
    const items = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem');
    await until(
      () => items.count(),
      (count) => count === 2,
    );
    await page.getByLabel('Type').selectOption('Export list data');
    await until(
      () => items.count(),
      (count) => count === 1,
    );
    expect(await items.first().textContent()).toContain('Export All List Data: Findable');
    await page.getByLabel('Made').selectOption('Last hour');
    await page.getByLabel('State').selectOption('Failed');
    await page.getByRole('heading', { name: 'No job fits these filters' }).waitFor();
    expect(page.url()).toMatch(/#\/jobs\?text=findable&type=export_list_data&span=1h&state=failed$/);
    await page.getByRole('link', { name: 'Show all jobs' }).click();
    await row('Findable').waitFor();
    expect(await page.getByLabel('Find', { exact: true }).inputValue()).toBe('');
  });

  it('says that the server is gone, keeps what it showed, and finds it again', async () => {
    page = await openAt(desk, '#/jobs');
    await row('From a script').waitFor();
    await page.route('**/console/api/**', (route) => route.abort());
    await page.getByRole('alert').filter({ hasText: 'The server does not answer' }).waitFor();
    expect(await row('From a script').count()).toBe(1);
    await page.unroute('**/console/api/**');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    const noted = troublesOf(page) as string[];
    expect(noted.every((text) => text.includes('ERR_FAILED'))).toBe(true);
    noted.length = 0;
  });
});

describe('a job', () => {
  it('shows its timeline, outcomes, rejected rows, files, receipt, reports and record', async () => {
    const bad = 'not an address,Nobody,\nada@example,Ada,London\n';
    const id = await bring(desk, csvOf(500, bad).buffer, { list: 'Seen', report_email: 'boss@example.com' });
    await endedJob(desk, id);
    page = await openAt(desk, `#/jobs/${id}`);
    const card = (name: string) => page.getByRole('region', { name, exact: true });
    expect(await card('Timeline').textContent()).toMatch(/Waiting.*Planning.*Processing.*Finishing.*Ended/);
    expect(await card('What became of the rows').textContent()).toMatch(/Created.*500.*Rejected.*2/);
    const rejected = card('Rejected rows');
    await rejected.getByRole('cell', { name: 'not an address' }).waitFor();
    await rejected.getByRole('rowheader', { name: '503' }).waitFor();
    expect(await card('Receipt').textContent()).toMatch(/Speed.*rows\/s/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card('Downloads')
        .getByRole('link', { name: /^Download rejected/ })
        .click(),
    ]);
    expect(download.suggestedFilename()).toBe(`rejected-${id}.csv`);
    await card('Reports').getByText('Delivered').waitFor();
    await card('Reports').getByRole('button', { name: 'Send again: Mail' }).click();
    await card('Reports').getByText('2 tries').waitFor();
    await page.getByText('Raw record').click();
    await page.getByText(`"id": "${id}"`).waitFor();
  });

  it('that runs is drawn as it goes, and its end is told', async () => {
    const id = await large('Watched');
    page = await openAt(desk, `#/jobs/${id}`);
    await page.getByText(/rows\/s · about .* left/).waitFor();
    await page.locator('.plot canvas').waitFor();
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await until(
      () => page.getByRole('status').allTextContents(),
      (texts) => texts.includes('The job is cancelled'),
    );
    await page.getByRole('link', { name: /^Download not-processed/ }).waitFor();
  });

  it('that does not exist is said to be missing', async () => {
    page = await openAt(desk, `#/jobs/${'0'.repeat(24)}`);
    expect(await page.getByRole('alert').textContent()).toMatch(/no such job/);
  });
});

it('the overview counts jobs, shows what failed, and leads to an export of a list', async () => {
  await endedJob(desk, await bring(desk, Buffer.from('name;city\nA;B\n'), { list: 'Nowhere' }));
  page = await openAt(desk, '#/overview');
  await page.getByRole('link', { name: /Failed/ }).waitFor();
  await page.getByText('The file has no column "email"').waitFor();
  await page.locator('.plot canvas').waitFor();
  await page.getByRole('link', { name: 'Export Findable' }).click();
  await page.getByRole('heading', { level: 1, name: 'New export' }).waitFor();
  expect(await page.getByLabel('Which list').inputValue()).toBe('Findable');
});
