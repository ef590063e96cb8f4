// The public Node client, unchanged but for its base URL: import by addresses and by file, export, status, errors.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { createSailthruClient } from '../helpers/sailthru-client.ts';
import { apiKey, listen, secret } from './calls.ts';

let house: House;
let server: Awaited<ReturnType<typeof listen>>;
let client: ReturnType<typeof createSailthruClient>;
beforeAll(async () => {
  house = await openHouse();
  server = await listen(house.app);
  client = createSailthruClient(apiKey, secret, server.url);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

describe('the Node client', () => {
  it('imports addresses and reads the job to its end', async () => {
    const accepted = await client.post({ job: 'import', list: 'Überblick', emails: 'ada@example.com,zoë@example.com' });
    expect(accepted).toMatchObject({ status: 'pending', list: 'Überblick' });
    expect((await client.job(accepted.job_id)).status).toBe('pending');
    await house.settle();
    expect(await client.job(accepted.job_id)).toMatchObject({ status: 'completed', rows: 2 });
  });

  it('uploads a file', async () => {
    const path = join(house.home, 'people.csv');
    await writeFile(path, 'email,first_name\nada@example.com,Ada\ngrace@example.com,"Grace, H."\n');
    const accepted = await client.post({ job: 'import', list: 'Main', file: path });
    expect(accepted).toMatchObject({ status: 'pending', name: 'List Import: Main' });
    await house.settle();
    expect(await client.job(accepted.job_id)).toMatchObject({ status: 'completed', rows: 2, not_processed: 0 });
    await rm(path);
  });

  it('exports the list and gets a link', async () => {
    const accepted = await client.post({ job: 'export_list_data', list: 'Main', fields: { vars: { first_name: 1 } } });
    await house.settle();
    const done = await client.job(accepted.job_id);
    expect(done).toMatchObject({ status: 'completed', filename: 'main.csv', rows: 2 });
    expect(done.export_url).toEqual(expect.stringContaining('http'));
  });

  it('gets errors with their status, code and text', async () => {
    await expect(client.post({ job: 'import', emails: 'ada@example.com' })).rejects.toMatchObject({
      statusCode: 400,
      error: 2,
      errormsg: 'Missing required parameter: list',
    });
    await expect(client.job('0'.repeat(24))).rejects.toMatchObject({ statusCode: 404, error: 99 });
    const forged = createSailthruClient(apiKey, 'another secret', server.url);
    await expect(forged.job('0'.repeat(24))).rejects.toMatchObject({ statusCode: 401, error: 5 });
  });

  it('gets the error of a failed upload in its body', async () => {
    const path = join(house.home, 'people.csv');
    await writeFile(path, 'email\nada@example.com\n');
    expect(await client.post({ job: 'import', file: path })).toEqual({
      error: 2,
      errormsg: 'Missing required parameter: list',
    });
    await rm(path);
  });
});
