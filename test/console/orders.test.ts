// New imports and exports, in a real browser on the running system.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../helpers/machine.ts';
import { csvOf, type Desk, openAt, openDesk, troublesOf } from './browser.ts';
import { bring, endedJob } from './cargo.ts';

let desk: Desk;
let page: Page;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk?.close());
afterEach(async () => {
  expect(troublesOf(page)).toEqual([]);
  await page.context().close();
});

const file = (name: string, content: string | Buffer) => ({
  name,
  mimeType: 'text/csv',
  buffer: typeof content === 'string' ? Buffer.from(content) : content,
});
const choose = (chosen: Parameters<ReturnType<Page['getByLabel']>['setInputFiles']>[0]) =>
  page.getByLabel('Choose a file').setInputFiles(chosen);
const list = () => page.getByLabel('List', { exact: true });
const check = () => page.getByRole('button', { name: 'Check the file' }).click();
const planned = () => page.getByRole('heading', { name: 'What the import would do' }).waitFor();
/** Begins the import that was checked; the id of its job. */
const importNow = async (): Promise<string> => {
  await page.getByRole('button', { name: /^Import now/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Import now' }).click();
  await page.waitForURL(/#\/jobs\/[0-9a-f]{24}$/);
  return page.url().slice(-24);
};
/** The lines of an export of the list with these variables, header first, in order. */
const exported = async (name: string, vars: string[]): Promise<string[]> => {
  const fields = { vars: Object.fromEntries(vars.map((name) => [name, 1])) };
  const { body } = await desk.api.submit({ type: 'export_list_data', list: name, fields });
  const { files } = await endedJob(desk, body.id);
  const text = await (await fetch(files.export.url)).text();
  const [header, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(2).join(','));
  return [header ?? '', ...lines.sort()];
};

describe('a new import', () => {
  it('shows the file, maps its columns, counts without writing, then does exactly that', async () => {
    page = await openAt(desk, '#/import');
    await choose(
      file(
        'visitors.csv',
        '\ufeffE-Mail;Given name;Town;Joined;Note\nada@example.com;Ada;"London; UK";2024-03-01;x\ngrace@example.com;Grace;Arlington;2024-03-02;\nnobody;No;Where;2024-03-03;y\n',
      ),
    );
    await page.getByText('CSV, semicolon, UTF-8').first().waitFor();
    await page.getByRole('cell', { name: 'London; UK' }).waitFor();
    expect(await page.getByLabel('E-Mail becomes').inputValue()).toBe('email');
    await page.getByLabel('Name of the variable from Given name').fill('first_name');
    await page.getByLabel('Name of the variable from Town').fill('first_name');
    await page.getByText('Two columns are called “first_name”').waitFor();
    await page.getByLabel('Name of the variable from Town').fill('city');
    await page.getByLabel('Joined becomes').selectOption('Signup date');
    await page.getByLabel('Note becomes').selectOption('Ignore');
    await list().fill('Visitors');
    await check();
    await planned();
    const counts = page.getByRole('region', { name: 'What the import would do' });
    expect(await counts.textContent()).toMatch(/Would be created.*2.*Rejected.*1/);
    await page.getByRole('region', { name: 'First rejected rows' }).getByRole('cell', { name: 'nobody' }).waitFor();
    expect((await desk.api.call('GET', '/lists?text=visitors')).body.total).toBe(0);
    const job = await endedJob(desk, await importNow());
    expect(job).toMatchObject({ state: 'completed', mode: 'run', counts: { created: 2, rejected: 1 } });
    expect(await exported('Visitors', ['first_name', 'city', 'Note', 'Town'])).toEqual([
      'first_name,city,Note,Town',
      'Ada,"London; UK",,',
      'Grace,Arlington,,',
    ]);
  });

  it('gives columns to a file that has no header', async () => {
    page = await openAt(desk, '#/import?list=Bare');
    await choose(file('bare.csv', 'ada@example.com,Ada,Oslo\ngrace@example.com,Grace,Bergen\n'));
    await page.getByLabel('Column 3 becomes').selectOption('Variable');
    await page.getByLabel('Name of the variable from Column 3').fill('town');
    expect(await list().inputValue()).toBe('Bare');
    await check();
    await planned();
    expect(await endedJob(desk, await importNow())).toMatchObject({ rows: 2, state: 'completed' });
    expect(await exported('Bare', ['town'])).toEqual(['town', 'Bergen', 'Oslo']);
  });

  it('takes a packed file as it is, and shows what is in it', async () => {
    page = await openAt(desk, '#/import');
    await choose(file('people.csv.gz', gzipSync(csvOf(3000).buffer)));
    await page.getByText('CSV, comma, packed with gzip').first().waitFor();
    await page.getByRole('cell', { name: 'person0@example.com' }).waitFor();
    await page.getByText('The columns of this file cannot be changed here').waitFor();
    await list().fill('Packed');
    await check();
    await planned();
    await page.getByText('3,000').first().waitFor();
  });

  it('says what to do about a file that is none, a missing list, and a refusal by the server', async () => {
    page = await openAt(desk, '#/import');
    const problem = (text: RegExp) => page.getByRole('alert').filter({ hasText: text }).waitFor();
    await check();
    await problem(/Choose a file first/);
    await choose(file('book.xlsx', Buffer.from('PK\u0003\u0004 and more', 'latin1')));
    await problem(/Save it as CSV/);
    await choose(file('names.csv', 'name,city\nAda,London\n'));
    await check();
    await problem(/which list/);
    await list().fill('Visitors');
    await check();
    await problem(/Choose the column that holds the email addresses/);
    await page.getByLabel('name becomes').selectOption('Email address');
    await page.getByLabel(/^Mail a report to/).fill('nobody');
    await check();
    await problem(/Invalid report_email/);
  });

  it('shows the head of a file of 1 GB at once; its upload can be stopped, and then no job waits for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stevedore-large-'));
    const path = join(folder, 'large.csv');
    writeFileSync(path, csvOf(10_000).buffer);
    // The rest is a hole: nobody gets to read it.
    truncateSync(path, 1024 ** 3);
    page = await openAt(desk, '#/import?list=Large');
    await choose(path);
    await page.getByRole('cell', { name: 'person0@example.com' }).waitFor();
    await page.getByLabel('Name of the variable from city').fill('town');
    await check();
    await page.getByText(/Uploading: .* of 1\.1 GB/).waitFor();
    await page.getByRole('button', { name: 'Stop the upload' }).click();
    await page.getByRole('alert').filter({ hasText: 'The upload was stopped' }).waitFor();
    const { jobs } = (await desk.api.call('GET', '/jobs?text=large')).body;
    expect(jobs).toMatchObject([{ state: 'cancelled', mode: 'plan' }]);
    rmSync(folder, { recursive: true });
  });

  it('a check that fails says why, and another file can be checked', async () => {
    page = await openAt(desk, '#/import?list=Twice');
    await page.getByLabel(/^Stop when more is rejected/).fill('10');
    await choose(file('bad.csv', 'email\nnobody\nnobody else\nada@example.com\n'));
    await check();
    await page.getByRole('alert').waitFor();
    await page.getByLabel(/^Choose another file/).setInputFiles(file('good.csv', 'email\nada@example.com\n'));
    await check();
    await page.getByText('Would be').first().waitFor();
  });
});

describe('a new export', () => {
  it('teaches when there is no list, for that client', async () => {
    page = await openAt(desk, '#/export');
    await page.route('**/console/api/lists*', (route) => route.fulfill({ json: { lists: [], total: 0 } }));
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('link', { name: 'New export' }).click();
    await page.getByRole('heading', { name: 'There is no list to export' }).waitFor();
  });

  it('of chosen columns leads to a link whose file has exactly those', async () => {
    await endedJob(desk, await bring(desk, csvOf(20).buffer, { list: 'Guests' }));
    page = await openAt(desk, '#/export?list=Guests');
    await page.getByLabel('Only these').check();
    await page.getByRole('button', { name: 'Export the list' }).click();
    await page.getByRole('alert').filter({ hasText: 'at least one column' }).waitFor();
    await page.getByLabel('Domain').check();
    await page.getByLabel('city', { exact: true }).check();
    await page.getByRole('button', { name: 'Export the list' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download guests.csv' }).click(),
    ]);
    const parts: Buffer[] = [];
    for await (const part of await download.createReadStream()) parts.push(part as Buffer);
    const lines = Buffer.concat(parts).toString().trim().split('\n');
    expect([lines[0], lines.length]).toEqual(['"Profile Id","Email Hash",Domain,city', 21]);
  });
});

it('the main road can be gone by keyboard alone', async () => {
  page = await openAt(desk, '#/jobs');
  const { keyboard } = page;
  const focused = () =>
    page.evaluate<string>(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent ?? ""',
    );
  /** Presses Tab until something of that name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 60; presses++) {
      await keyboard.press('Tab');
      if (name.test((await focused()).trim())) return;
    }
    throw new Error(`no way to ${name} by Tab`);
  };
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  await tabTo(/^Skip to the page$/);
  await tabTo(/^New import$/);
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'New import' }).waitFor();
  await tabTo(/^Choose a file$/);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keyboard.press('Space')]);
  await chooser.setFiles(csvOf(5));
  await page.getByLabel('city becomes').waitFor();
  await page.getByLabel('email becomes').focus();
  for (let presses = 0; presses < 20 && (await page.evaluate('document.activeElement.name')) !== 'list'; presses++)
    await keyboard.press('Tab');
  await keyboard.type('By keyboard');
  await keyboard.press('Enter');
  await planned();
  await tabTo(/^Import now/);
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused()).toMatch(/^Import now/);
  await keyboard.press('Enter');
  await tabTo(/^Import now$/);
  await keyboard.press('Enter');
  await page.getByRole('link', { name: 'Follows another job' }).waitFor();
  const { body } = await desk.api.call('GET', '/jobs?text=keyboard');
  const run = body.jobs.find(({ mode }: { mode: string }) => mode === 'run');
  await until(
    async () => (await desk.api.job(run.id)).body,
    (job) => job.state === 'completed',
  );
});
