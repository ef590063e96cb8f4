// The upload ticket in the system as `npm start` runs it: what a page in a browser does with it, to the end of the import.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, startMachine, until, untilEnded } from '../helpers/machine.ts';
import { bodyWith, formIn, sendForm } from '../helpers/upload-form.ts';

let home: string;
let machine: Machine;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stevedore-ticket-'));
  machine = await startMachine(home);
});
afterAll(async () => {
  await machine?.kill();
  rmSync(home, { recursive: true, force: true });
});

const csv = 'email,first_name\nada@example.com,Ada\ngrace@example.com,Grace\n';
const ask = (list: string) =>
  machine.client.post({ job: 'import', list, upload: { filename: 'people.csv', size: csv.length } });

it('is taken from a page of another origin, after the question that a browser asks first', async () => {
  const answer = await ask('From a page');
  const { url, fields } = formIn(answer);
  expect(url).toBe(`${machine.url}/uploads`);
  const origin = 'https://shop.example.com';
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-requested-with' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  const sent = await fetch(url, { method: 'POST', body: bodyWith(fields, csv), headers: { origin } });
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  expect(await untilEnded(machine.client, answer.job_id)).toMatchObject({ status: 'completed', rows: 2, created: 2 });
});

it('is the only thing that other origins may reach', async () => {
  for (const path of ['/job', '/', '/files/exports/a']) {
    const headers = { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' };
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await fetch(`${machine.url}${path}`, { method, headers });
      expect(answer.headers.get('access-control-allow-origin'), `${method} ${path}`).toBeNull();
    }
  }
});

it('is still good after the machine died, and so is the job that waits for it', async () => {
  const answer = await ask('After a crash');
  await machine.kill();
  machine = await startMachine(home);
  const { fields } = formIn(answer);
  const { status } = await sendForm({ url: `${machine.url}/uploads`, fields }, csv);
  expect(status).toBe(204);
  const job = await until(
    () => machine.client.job(answer.job_id),
    ({ status }) => status === 'completed',
  );
  expect(job).toMatchObject({ rows: 2, unchanged: 0, updated: 2 });
});
