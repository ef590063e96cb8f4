// The helpers of the public clients, each with the members that it sends in its order, for every job that has one.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { callEndpoint, fieldsOf, filePart, type Json, jobOf, multipart, postMultipart, signed } from './calls.ts';

let house: House;
let blast: unknown;
beforeEach(async () => {
  house = await openHouse();
  await imported(house, 'email\nada@example.com\nbob@example.org\n', { list: 'A' });
  const sent = { name: 'June', list: 'A', status: 'sent', start_time: '2024-06-01 08:00:00' };
  blast = (await callEndpoint(house.app, 'POST', 'blast', sent)).body.blast_id;
});
afterEach(() => house.close());

const purchases =
  '{"email":"ada@example.com","date":"2016-06-01","extid":"o-1","items":[{"id":"1","title":"Cup","price":100,"qty":1,"url":"https://example.com/"}]}\n';

/** All arrays, empty or not, as Java's builder sends them. */
const javaQuery = {
  source_list: 'A',
  criteria: ['domain'],
  value: ['example.com'],
  engagement: [],
  geo_frequency: [],
  threshold: [],
  timerange: [],
  field: [],
};

interface Helper {
  name: string;
  /** The JSON text, or what makes it of the campaign's id. */
  json: (id: unknown) => string;
  file?: string;
  /** Sent as multipart without a file, as Java always does. */
  multipart?: true;
  ends?: Json;
}

const plain = (params: Json) => () => JSON.stringify(params);
/** Python writes spaces behind commas and colons. */
const pythonText = (params: Json) => () => JSON.stringify(params).replace(/([,:])(?=["\d{[])/g, '$1 ');

const helpers: Helper[] = [
  { name: 'Ruby process_import_job', json: plain({ list: 'B', emails: 'c@example.com,d@example.com', job: 'import' }) },
  { name: 'Ruby process_import_job_from_file', json: plain({ list: 'B', job: 'import' }), file: 'c@example.com\n' },
  { name: 'Ruby process_purchase_import_job_from_file', json: plain({ job: 'purchase_import' }), file: purchases },
  { name: 'Ruby process_snapshot_job', json: plain({ query: {}, job: 'snapshot' }) },
  { name: 'Ruby process_export_list_job', json: plain({ list: 'A', job: 'export_list_data' }) },
  { name: 'PHP processImportJob', json: plain({ emails: 'c@example.com', list: 'B', job: 'import' }) },
  { name: 'PHP processPurchaseImportJobFromFile', json: plain({ job: 'purchase_import' }), file: purchases },
  {
    name: 'PHP processSnapshotJob, as it spells it',
    json: plain({ query: { criteria: ['domain'], value: ['example.com'] }, job: 'snaphot' }),
    ends: { snapshot: expect.objectContaining({ email_count: 1 }) },
  },
  {
    name: 'PHP processExportListJob',
    json: plain({ list: 'A', job: 'export_list_data' }),
    ends: { filename: 'a.csv' },
  },
  { name: 'PHP processBlastQueryJob', json: (id) => JSON.stringify({ blast_id: id, job: 'blast_query' }) },
  {
    name: 'PHP processUpdateJobFromQuery',
    json: plain({ query: { source_list: 'A' }, update: { vars: { x: '1' } }, job: 'update' }),
    ends: { updated: 2 },
  },
  {
    name: 'Java processImportJob',
    json: plain({ job: 'import', emails: 'c@example.com', list: 'B' }),
    multipart: true,
  },
  {
    name: 'Java processUpdateJob',
    json: plain({ job: 'update', emails: 'c@example.com', update: {}, query: undefined }),
    multipart: true,
    ends: { created: 1 },
  },
  { name: 'Java processExportListDataJob', json: plain({ job: 'export_list_data', list: 'A' }) },
  { name: 'Java processBlastQueryJob', json: (id) => JSON.stringify({ job: 'blast_query', blast_id: Number(id) }) },
  {
    name: 'Java processSnapshotJob',
    json: plain({ job: 'snapshot', query: javaQuery }),
    ends: { snapshot: expect.objectContaining({ email_count: 1 }) },
  },
  { name: 'Java processPurchaseImportJob', json: plain({ job: 'purchase_import' }), file: purchases },
  { name: 'Python api_post', json: pythonText({ job: 'export_list_data', list: 'A', fields: { vars: 1 } }) },
  {
    name: 'jsuggs export_scheduled_sends',
    json: plain({ job: 'export_scheduled_sends', report_email: 'a@example.com' }),
  },
  {
    name: 'cli JobBlastSaveList',
    json: (id) => JSON.stringify({ job: 'blast_save_list', blast_id: id, list: 'C' }),
    ends: { blast_id: expect.any(Number), list: 'C' },
  },
  { name: 'an array of lists', json: plain({ job: 'list_erase', lists: ['A'] }), ends: { deleted: ['A'] } },
  {
    name: 'content in a file',
    json: plain({ job: 'content_update' }),
    file: '{"url":"https://example.com/a","title":"A"}\n{"url":"no"}\n',
    ends: { invalid_count: 1, successful_count: 1 },
  },
  { name: 'all content', json: plain({ job: 'delete_content', type: 'all' }) },
];

describe('a helper', () => {
  it.each(helpers)('$name starts a job that completes', async (helper) => {
    const fields = signed(helper.json(blast));
    const parts = fieldsOf(fields);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer =
      helper.file !== undefined || helper.multipart
        ? await postMultipart(
            house.app,
            multipart(helper.file === undefined ? parts : [...parts, filePart(helper.file)]),
          )
        : {
            body: (await (
              await house.app.request('/job', {
                method: 'POST',
                body: new URLSearchParams(fields).toString(),
                headers: form,
              })
            ).json()) as Json,
          };
    expect(answer.body).toMatchObject({ job_id: expect.stringMatching(/^[0-9a-f]{24}$/), status: 'pending' });
    expect(await jobOf(house, answer.body.job_id)).toMatchObject({ status: 'completed', ...helper.ends });
  });
});
