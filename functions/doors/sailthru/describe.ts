// What the Sailthru door takes and answers, for the OpenAPI document.
import { type DoorDescription, orderNotes, orderSchema } from '../description.ts';
import { blastComponents, blastOperations } from './describe-blasts.ts';
import { contentComponents, contentOperations } from './describe-content.ts';
import { countComponents, countOperations } from './describe-counts.ts';
import { endpointComponents, endpointOperations } from './describe-endpoints.ts';
import { peopleComponents, peopleOperations } from './describe-people.ts';
import { repeatComponents, repeatOperations } from './describe-repeats.ts';
import { sendComponents, sendOperations } from './describe-sends.ts';
import { templateComponents, templateOperations } from './describe-templates.ts';
import { errors as usual } from './examples.ts';
import { acceptedAnswer, errorAnswer, jobAnswer, jobQuery } from './schemas.ts';

const importId = '6650a1b2c3d4e5f601234567';
const exportId = '6650a1b2c3d4e5f601234568';

const errors = { ...usual, 404: { component: 'Error', text: 'There is no such job, or no such list.' } };

export const describeSailthru = (): DoorDescription => ({
  name: 'sailthru',
  title: 'The Sailthru job API',
  description:
    'Answers as `api.sailthru.com` does, so that client libraries keep working. Every call carries `api_key`, `format`, the ' +
    'parameters as one JSON text in `json`, and `sig`: the MD5 in hex over the secret followed by the sorted values of all the ' +
    'others. A client library makes it for you.',
  security: {
    signature: {
      type: 'apiKey',
      in: 'query',
      name: 'sig',
      description: 'MD5 over secret and sorted values; see above',
    },
  },
  components: {
    Order: { schema: orderSchema('job'), notes: orderNotes },
    JobQuery: { schema: jobQuery },
    Accepted: {
      schema: acceptedAnswer,
      notes: { upload_fields: 'With `upload`: to be sent before the part `file`, as multipart, to `upload_url`.' },
    },
    Job: {
      schema: jobAnswer,
      notes: {
        error: 'Only of a completed import, and always false: an old habit of the protocol.',
        rows: 'Rows counted; of an export, rows written.',
        export_url: 'Works for two hours after the end of the job; then `expired` stands in its place.',
        rejected_url: 'A CSV of the rejected rows, each with its line and reason.',
        not_processed_url: 'A CSV of the rows that a stopped job did not come to.',
        changes_url: 'Of a dry run: the first 20 changes that it would make.',
        reasons: 'How many rows were rejected for which reason.',
        error_message: 'Why the job failed: such an answer is still HTTP 200 and has no key `error`.',
      },
    },
    ...endpointComponents,
    ...peopleComponents,
    ...contentComponents,
    ...templateComponents,
    ...sendComponents,
    ...blastComponents,
    ...repeatComponents,
    ...countComponents,
    Error: { schema: errorAnswer },
  },
  operations: [
    {
      id: 'orderJob',
      method: 'post',
      path: '/job',
      summary: 'Order a job',
      description:
        'A file goes as the multipart part `file`, which is not signed. The header `Idempotency-Key` makes the call safe to repeat for a day.',
      body: { kind: 'form', required: true, component: 'Order' },
      answers: {
        200: {
          component: 'Accepted',
          text: 'The job is accepted. An invalid list name is answered with 200 and an Error.',
        },
        ...errors,
        409: { component: 'Error', text: 'The Idempotency-Key belongs to another request.' },
        413: { component: 'Error', text: 'The parameters are over 10 MB.' },
      },
      examples: [
        {
          name: 'import',
          summary: 'An import of addresses',
          body: { job: 'import', list: 'Main', emails: 'ada@example.com,grace@example.com,not-an-address' },
          status: 200,
          answer: { job_id: importId, name: 'List Import: Main', list: 'Main', status: 'pending' },
          makes: importId,
        },
        {
          name: 'export',
          summary: 'An export',
          body: { job: 'export_list_data', list: 'Main', fields: { domain: 1, vars: { city: 1 } } },
          status: 200,
          answer: { job_id: exportId, name: 'Export All List Data: Main', list: 'Main', status: 'pending' },
          makes: exportId,
        },
        {
          name: 'upload',
          summary: 'An import of a file that comes later',
          body: { job: 'import', list: 'Main', upload: { filename: 'people.csv', size: 73400320 } },
          status: 200,
          answer: {
            job_id: '6650a1b2c3d4e5f601234569',
            name: 'List Import: Main',
            list: 'Main',
            status: 'pending',
            upload_url: 'http://127.0.0.1:3000/uploads',
            upload_fields: { key: 'uploads/tickets/...', policy: 'eyJ...' },
            upload_expires: 'Mon, 03 Jun 2024 10:15:02 -0400',
          },
        },
        {
          name: 'badName',
          summary: 'A name that no list can have',
          body: { job: 'import', list: 'All Users', emails: 'ada@example.com' },
          status: 200,
          component: 'Error',
          answer: { error: 99, errormsg: 'Invalid list name: All Users' },
        },
        {
          name: 'noSource',
          summary: 'Nobody to import',
          body: { job: 'import', list: 'Main' },
          status: 400,
          answer: { error: 99, errormsg: 'One of the following parameters is required: emails, url, or file' },
        },
        {
          name: 'noList',
          summary: 'An export of a list that is not there',
          body: { job: 'export_list_data', list: 'Nowhere' },
          status: 404,
          answer: { error: 99, errormsg: 'List not found' },
        },
      ],
    },
    {
      id: 'readJob',
      method: 'get',
      path: '/job',
      summary: 'Ask how a job fares',
      query: { schema: jobQuery, notes: { job_id: 'As the order was answered. It goes inside of `json`, or flat.' } },
      answers: { 200: { component: 'Job', text: 'What is known of it now.' }, ...errors },
      examples: [
        {
          name: 'completed',
          summary: 'A completed import',
          query: { job_id: importId },
          status: 200,
          answer: {
            job_id: importId,
            name: 'List Import: Main',
            list: 'Main',
            error: false,
            status: 'completed',
            start_time: 'Mon, 03 Jun 2024 09:15:02 -0400',
            end_time: 'Mon, 03 Jun 2024 09:15:04 -0400',
            rows: 3,
            created: 2,
            updated: 0,
            unchanged: 0,
            duplicate: 0,
            skipped: 0,
            rejected: 1,
            not_processed: 0,
            rejected_url: 'http://127.0.0.1:3000/files/jobs/...',
            reasons: { 'the address has no @': 1 },
          },
        },
        {
          name: 'exported',
          summary: 'A completed export',
          query: { job_id: exportId },
          status: 200,
          answer: {
            job_id: exportId,
            name: 'Export All List Data: Main',
            list: 'Main',
            status: 'completed',
            start_time: 'Mon, 03 Jun 2024 09:15:02 -0400',
            end_time: 'Mon, 03 Jun 2024 09:15:04 -0400',
            filename: 'main.csv',
            export_url: 'http://127.0.0.1:3000/files/exports/...',
            rows: 2,
          },
        },
        {
          name: 'unknown',
          summary: 'A job of nobody, or of somebody else',
          query: { job_id: '0123456789abcdef01234567' },
          status: 404,
          answer: { error: 99, errormsg: 'Invalid Job ID: 0123456789abcdef01234567' },
        },
      ],
    },
    ...endpointOperations,
    ...peopleOperations,
    ...contentOperations,
    ...templateOperations,
    ...sendOperations,
    ...blastOperations,
    ...repeatOperations,
    ...countOperations,
  ],
});
