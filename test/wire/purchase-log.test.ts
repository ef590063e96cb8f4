// The refusals of export_purchase_log and of file jobs, letter by letter, and their documented answers.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documented } from '../helpers/commerce.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { fieldsOf, filePart, jobOf, multipart, postJob, postMultipart, signed } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const job = 'export_purchase_log';
const post = (params: Record<string, unknown>) => postJob(house.app, signed(params));

describe('export_purchase_log', () => {
  const missing = 'Missing required parameter: start_date,end_date';
  const format = 'Invalid start_date/end_date fromat';
  it.each<[string, Record<string, unknown>, string]>([
    ['no dates', {}, missing],
    ['no end', { start_date: 20160101 }, missing],
    ['an empty start', { start_date: '', end_date: 20160101 }, missing],
    ['another form', { start_date: '2016-01-01', end_date: '2016-01-31' }, format],
    ['a day that does not exist', { start_date: 20160230, end_date: 20160301 }, format],
    ['an object', { start_date: {}, end_date: [20160301] }, format],
    [
      'an end before the start',
      { start_date: 20160131, end_date: 20160101 },
      'Invalid date range. Start Date canot be later than End Date',
    ],
    [
      '32 days',
      { start_date: 20160101, end_date: '20160201' },
      'Invalid date range. Up to 31 days allowed but 32 given',
    ],
    ['years', { start_date: 20100101, end_date: 20200101 }, 'Invalid date range. Up to 31 days allowed but 3653 given'],
  ])('refuses %s with code 18', async (_, params, errormsg) => {
    expect(await post({ job, ...params })).toMatchObject({ status: 400, body: { error: 18, errormsg } });
  });

  it('answers as documented', async () => {
    const { body } = await post({ job, start_date: 20160101, end_date: 20160131 });
    expect(Object.keys(body)).toEqual(['job_id', 'name', 'status']);
    const done = await jobOf(house, body.job_id);
    expect(Object.keys(done).slice(0, 7)).toEqual([
      'job_id',
      'name',
      'status',
      'start_time',
      'end_time',
      'filename',
      'export_url',
    ]);
    expect(done).toMatchObject({
      name: 'Export purchase logs from 20160101 to 20160131',
      filename: 'purchase_log-20160101-20160131.csv',
    });
  });
});

describe('jobs that need a file', () => {
  it.each(['purchase_import', 'content_update'])('%s is refused without one', async (job) => {
    for (const params of [{}, { emails: 'a@example.com' }, { file: '/tmp/file.txt' }])
      expect(await post({ job, ...params })).toMatchObject({
        status: 400,
        body: { error: 99, errormsg: 'File Parameter is required' },
      });
  });

  it('purchase_import tells how many lines it could use', async () => {
    const file = `${documented('purchases')}{"email":"nobody"}\n`;
    const parts = [...fieldsOf(signed({ job: 'purchase_import' })), filePart(file)];
    const { body } = await postMultipart(house.app, multipart(parts));
    expect(body).toMatchObject({ name: 'Purchase Import', status: 'pending' });
    expect(await jobOf(house, body.job_id)).toMatchObject({
      status: 'completed',
      successful_count: 3,
      invalid_count: 1,
      reasons: { 'no extid of up to 500 characters': 1 },
    });
  });
});
