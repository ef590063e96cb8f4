// How a job is shown: status words, key order, times, outcomes, and the postback's signed form.

import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jobAnswer, reportsAnswer } from '../../functions/doors/sailthru/answer.ts';
import { rfc2822 } from '../../functions/doors/sailthru/dates.ts';
import { sailthruDialect, signedForm } from '../../functions/doors/sailthru/postback.ts';
import { verify } from '../../functions/doors/sailthru/signature.ts';
import type { Job, State } from '../../functions/jobs/job.ts';
import { type ClientSettings, defaultSettings } from '../../functions/jobs/ports.ts';
import { noUsage } from '../../functions/jobs/usage.ts';

const client = {
  id: 'demo',
  apiKey: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  organization: 1,
  username: 'demo',
  settings: { ...defaultSettings, timeZone: 'America/New_York' },
};
const strict: ClientSettings = { ...client.settings, dialect: 'strict' };

const started = Date.UTC(2024, 5, 3, 13, 15, 2, 999);
const finished = Date.UTC(2024, 5, 3, 13, 15, 4, 1);

const job = (change: Partial<Job> = {}): Job => ({
  id: '6650a1b2c3d4e5f601234567',
  client: 'demo',
  type: 'import',
  door: 'sailthru',
  name: 'List Import: Main',
  params: { list: 'Main' },
  echo: { list: 'Main' },
  state: 'pending',
  createdAt: started,
  times: {},
  done: [],
  reached: {},
  counts: {},
  reasons: {},
  usage: noUsage,
  marks: [],
  warnings: [],
  files: {},
  deliveries: {},
  ...change,
});

const exported = (change: Partial<Job> = {}) =>
  job({
    type: 'export_list_data',
    name: 'Export All List Data: Main',
    state: 'completed',
    startedAt: started,
    finishedAt: finished,
    counts: { exported: 7 },
    files: { export: { key: 'exports/x', filename: 'main.csv', size: 1, expiresAt: finished } },
    ...change,
  });

describe('a job', () => {
  it('is accepted as pending, with what the type repeats, however far it has come', () => {
    const text = '{"job_id":"6650a1b2c3d4e5f601234567","name":"List Import: Main","list":"Main","status":"pending"}';
    expect(JSON.stringify(acceptedAnswer(job()))).toBe(text);
    expect(JSON.stringify(acceptedAnswer(job({ state: 'completed', startedAt: 1, finishedAt: 2 })))).toBe(text);
  });

  const begun = { startedAt: started };
  const ended = { ...begun, finishedAt: finished };
  it.each<[string, State, Partial<Job>, string, string]>([
    ['scheduled', 'scheduled', {}, 'pending', 'pending'],
    ['pending', 'pending', {}, 'pending', 'pending'],
    ['pending again after a crash', 'pending', begun, 'running', 'pending'],
    ['running', 'running', begun, 'running', 'pending'],
    ['paused before it began', 'paused', {}, 'pending', 'pending'],
    ['paused', 'paused', begun, 'running', 'pending'],
    ['completed', 'completed', ended, 'completed', 'completed'],
    ['incomplete', 'incomplete', ended, 'incomplete', 'error'],
    ['cancelled', 'cancelled', ended, 'incomplete', 'error'],
    ['failed', 'failed', ended, 'error', 'error'],
  ])('that is %s is shown in the words of the dialect', (_, state, times, documented, inStrict) => {
    const shown = jobAnswer(job({ state, ...times }), client.settings, {});
    expect(shown.status).toBe(documented);
    expect('start_time' in shown).toBe('startedAt' in times);
    expect('end_time' in shown).toBe('finishedAt' in times);
    expect(jobAnswer(job({ state, ...times }), strict, {}).status).toBe(inStrict);
  });

  it('that is a completed import has its keys in the documented order, then the outcomes', () => {
    const done = job({
      ...ended,
      state: 'completed',
      rows: 3,
      counts: { created: 2, rejected: 1 },
      warnings: ['Column 3 has no name'],
    });
    const shown = jobAnswer(done, client.settings, { rejected: 'http://127.0.0.1/r' });
    expect(JSON.stringify(shown)).toBe(
      '{"job_id":"6650a1b2c3d4e5f601234567","name":"List Import: Main","list":"Main","error":false,"status":"completed",' +
        '"start_time":"Mon, 03 Jun 2024 09:15:02 -0400","end_time":"Mon, 03 Jun 2024 09:15:04 -0400",' +
        '"rows":3,"created":2,"updated":0,"unchanged":0,"duplicate":0,"skipped":0,"rejected":1,"not_processed":0,' +
        '"rejected_url":"http://127.0.0.1/r","warnings":["Column 3 has no name"],' +
        '"receipt":{"seconds":{"waiting":0,"total":1.002},"rows_per_second":3,"read_units":0,"write_units":0,"requests":0,"bytes_read":0,"bytes_written":0,"cost_usd":0,"prices":"us-east-1 2026-11-27"}}',
    );
    expect(jobAnswer(done, strict, {})).not.toHaveProperty('error');
  });

  it('never shows an error key when it failed, only its reason', () => {
    const failed = job({ ...ended, state: 'failed', failure: { class: 'input', message: 'The file is not text' } });
    const shown = jobAnswer(failed, client.settings, {});
    expect(shown).toMatchObject({ status: 'error', error_message: 'The file is not text', not_processed: 0 });
    expect(shown).not.toHaveProperty('error');
    expect(shown).not.toHaveProperty('rows');
  });

  it('that is not begun shows no outcomes', () => {
    expect(Object.keys(jobAnswer(job(), client.settings, {}))).toEqual(['job_id', 'name', 'list', 'status']);
  });

  it('that is an export shows its link while it lives, then that it expired, and its file name always', () => {
    const link = jobAnswer(exported(), client.settings, { export: 'http://127.0.0.1/e?a=1&b=2' });
    expect(Object.keys(link).slice(4)).toEqual(['start_time', 'end_time', 'filename', 'export_url', 'rows', 'receipt']);
    expect(link).toMatchObject({ filename: 'main.csv', export_url: 'http://127.0.0.1/e?a=1&b=2', rows: 7 });
    const expired = jobAnswer(exported(), client.settings, { expired: true });
    expect(expired).toMatchObject({ status: 'completed', filename: 'main.csv', expired: true });
    expect(expired).not.toHaveProperty('export_url');
    expect(expired).not.toHaveProperty('error');
  });

  it('tells how its reports fare', () => {
    expect(reportsAnswer(job())).toEqual({});
    const deliveries = { postback: { state: 'failed', attempts: 1, answer: 'address not allowed' } } as const;
    expect(reportsAnswer(job({ deliveries }))).toEqual({
      reports: [{ channel: 'postback', state: 'failed', attempts: 1, answer: 'address not allowed' }],
    });
  });
});

describe('times', () => {
  it.each([
    ['UTC', Date.UTC(2016, 11, 7, 20, 44, 9, 999), 'Wed, 07 Dec 2016 20:44:09 +0000'],
    ['America/New_York', Date.UTC(2016, 11, 7, 20, 44, 9), 'Wed, 07 Dec 2016 15:44:09 -0500'],
    ['America/New_York', Date.UTC(2024, 6, 1, 3, 59, 59), 'Sun, 30 Jun 2024 23:59:59 -0400'],
    ['Asia/Kolkata', Date.UTC(2024, 1, 29, 18, 30, 0), 'Fri, 01 Mar 2024 00:00:00 +0530'],
    ['America/St_Johns', Date.UTC(2024, 0, 1, 3, 29, 0), 'Sun, 31 Dec 2023 23:59:00 -0330'],
  ])('in %s are cut to seconds and carry the offset of that day', (zone, at, text) => {
    expect(rfc2822(at, zone)).toBe(text);
    expect(Date.parse(text)).toBe(Math.floor(at / 1000) * 1000);
  });
});

describe('a postback', () => {
  it('is the known one for a completed import', () => {
    const values = {
      job_id: '6650a1b2c3d4e5f601234567',
      name: 'List Import: Main',
      list: 'Main',
      status: 'completed',
      start_time: 'Mon, 03 Jun 2024 09:15:02 -0400',
      end_time: 'Mon, 03 Jun 2024 09:15:04 -0400',
    };
    expect(signedForm(values, client)).toBe(
      'job_id=6650a1b2c3d4e5f601234567&name=List+Import%3A+Main&list=Main&status=completed' +
        '&start_time=Mon%2C+03+Jun+2024+09%3A15%3A02+-0400&end_time=Mon%2C+03+Jun+2024+09%3A15%3A04+-0400' +
        '&api_key=a1b2c3d4e5f60718293a4b5c6d7e8f90&sig=c2d73f42dca9d3b4c26f95eb91eb1d71',
    );
  });

  it('carries the data of GET /job, nested in brackets, and verifies as its receivers do it', () => {
    const done = job({
      state: 'completed',
      startedAt: started,
      finishedAt: finished,
      warnings: ['größer', '€ & "x"\ud800'],
    });
    const { body, contentType } = sailthruDialect.postback(done, client, { rejected: 'http://127.0.0.1/r?a=1' });
    expect(contentType).toBe('application/x-www-form-urlencoded');
    const received = new URLSearchParams(body);
    const sig = received.get('sig') ?? '';
    received.delete('sig');
    const values = [...received.values()].map((value) => Buffer.from(value).toString('latin1'));
    expect(verify(client.secret, values, sig)).toBe('utf8');
    expect(Object.fromEntries(received)).toMatchObject({
      error: '0',
      status: 'completed',
      created: '0',
      'warnings[0]': 'größer',
      rejected_url: 'http://127.0.0.1/r?a=1',
      api_key: client.apiKey,
    });
  });

  it('leaves out nulls and writes booleans as 1 and 0', () => {
    expect(signedForm({ a: null, b: true, c: false, d: {}, e: [], f: { g: [1] } }, client)).toMatch(
      /^b=1&c=0&f%5Bg%5D%5B0%5D=1&api_key=/,
    );
  });
});
