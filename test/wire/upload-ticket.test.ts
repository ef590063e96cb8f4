// Jobs whose file comes later: asked for through the door, on one machine.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelJob } from '../../functions/jobs/control.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { formIn, sendForm } from '../helpers/upload-form.ts';
import { jobOf, postJob, signed, signedFlat } from './calls.ts';
import { csv, done, openTicketHouse, order, type TicketHouse } from './ticket-house.ts';

const hour = 3600_000;

let house: TicketHouse;
beforeEach(async () => {
  house = await openTicketHouse();
});
afterEach(() => house.close());

describe('a job that asks for an upload', () => {
  it('is answered with a form that ends in an hour, waits as pending, and runs once the file has come', async () => {
    const before = house.now();
    const answer = await house.ask();
    expect(answer).toEqual({
      job_id: expect.any(String),
      name: 'List Import: Main',
      list: 'Main',
      status: 'pending',
      upload_url: expect.stringMatching(/^http:.*\/uploads$/),
      upload_fields: expect.objectContaining({ key: expect.stringContaining(String(answer.job_id)) }),
      upload_expires: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
    });
    const ends = Date.parse(String(answer.upload_expires));
    expect(ends).toBeGreaterThan(before + hour - 1000);
    expect(ends).toBeLessThanOrEqual(house.now() + hour);
    expect(await jobOf(house, answer.job_id)).toEqual({
      job_id: answer.job_id,
      name: 'List Import: Main',
      list: 'Main',
      status: 'pending',
    });
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(204);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('shows the end of the form in the time zone of the client', async () => {
    await house.ports.clients.put({ ...house.client, settings: { timeZone: 'Asia/Tokyo' } });
    expect((await house.ask()).upload_expires).toMatch(/ \+0900$/);
  });

  it('may ask with flat parameters, where the size is a text', async () => {
    const flat = { job: 'import', list: 'Main', 'upload[filename]': 'people.csv', 'upload[size]': '5' };
    const { body } = await postJob(house.app, signedFlat(flat));
    expect(body).toMatchObject({ status: 'pending', upload_fields: { size: '5' } });
  });

  it.each([
    [{ filename: 'a.csv' }],
    [{ filename: 'a.csv', size: -1 }],
    [{ filename: 'a.csv', size: 1.5 }],
    [{ filename: 5, size: 5 }],
    ['people.csv'],
    [[]],
  ])('is refused when the upload is %j', async (upload) => {
    const { status, body } = await postJob(house.app, order({ upload }));
    expect([status, body]).toEqual([400, { error: 99, errormsg: 'Invalid upload' }]);
  });

  it('is refused when the file would be larger than 1 GB', async () => {
    const { status, body } = await postJob(house.app, order({ upload: { filename: 'a.csv', size: 2 ** 30 + 1 } }));
    expect([status, body]).toEqual([
      400,
      { error: 99, errormsg: 'The size of the file exceeds the maximum upload file size' },
    ]);
  });

  it('gives no form to a job that brings its rows along, or that has none', async () => {
    const upload = { filename: 'people.csv', size: 1 };
    const { body } = await postJob(house.app, signed({ job: 'import', list: 'Main', emails: 'a@example.com', upload }));
    expect(body).not.toHaveProperty('upload_url');
    await house.settle();
    const exporting = await postJob(house.app, signed({ job: 'export_list_data', list: 'Main', upload }));
    expect(exporting.status).toBe(200);
    expect(exporting.body).not.toHaveProperty('upload_url');
  });

  it('is one job when it is asked for again under its Idempotency-Key, with a form for what is left of the time', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await house.ask({}, key);
    house.advance(hour / 2);
    const second = await house.ask({}, key);
    expect(second).toMatchObject({ job_id: first.job_id, upload_expires: first.upload_expires });
    expect(formIn(second).fields.key).toBe(formIn(first).fields.key);
    expect((await sendForm(house.formOf(second), csv)).status).toBe(204);
    expect(await house.ask({}, key)).not.toHaveProperty('upload_url');
    expect(await jobOf(house, first.job_id)).toMatchObject(done);
    const other = await postJob(house.app, order({ upload: { filename: 'people.csv', size: 1 } }), key);
    expect(other.status).toBe(409);
  });

  it('begins at its time when the file comes earlier', async () => {
    const beginsAt = Math.floor(house.now() / 1000) + 1800;
    const answer = await house.ask({ begins_at: beginsAt });
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(204);
    await house.settle();
    expect(await house.statusOf(answer.job_id)).toBe('pending');
    house.advance(hour);
    await sweep(house.ports);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('begins when the file comes, when that is later than its time', async () => {
    const answer = await house.ask({ begins_at: Math.floor(house.now() / 1000) + 600 });
    house.advance(hour / 2);
    await sweep(house.ports);
    await house.settle();
    expect(await house.statusOf(answer.job_id)).toBe('pending');
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(204);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('ends in error when the hour passes without the file, and not a minute before', async () => {
    const answer = await house.ask();
    house.advance(hour - 60_000);
    await sweep(house.ports);
    expect(await house.statusOf(answer.job_id)).toBe('pending');
    house.advance(180_000);
    await sweep(house.ports);
    expect(await jobOf(house, answer.job_id)).toMatchObject({
      status: 'error',
      error_message: 'The file was not uploaded within an hour',
    });
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(403);
    expect(await house.tickets()).toEqual([]);
  });

  it('runs when only the news of its file got lost', async () => {
    const answer = await house.ask();
    await house.ports.files.put(String(formIn(answer).fields.key), csv);
    house.advance(hour + 120_000);
    await sweep(house.ports);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('that was cancelled before the upload stays cancelled, and asks for no file any more', async () => {
    const key = { 'idempotency-key': 'cancelled' };
    const answer = await house.ask({}, key);
    await cancelJob(house.ports, house.client, String(answer.job_id));
    expect(await house.ask({}, key)).not.toHaveProperty('upload_url');
    await sendForm(house.formOf(answer), csv);
    expect(await jobOf(house, answer.job_id)).toMatchObject({ status: 'incomplete' });
    expect(await house.ports.lists.find(house.client.id, 'Main')).toBeUndefined();
  });
});
