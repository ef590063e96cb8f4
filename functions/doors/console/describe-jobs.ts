// Ordering jobs, finding them, looking at them: for the OpenAPI document of this door.
import type { Operation } from '../description.ts';
import { errors, job, jobId, noJob } from './describe-answers.ts';
import { exampleJob, examplePlan, exampleSummary, exportId, importId, planId, waitingId } from './examples.ts';
import { jobsQuery, rejectedQuery } from './queries.ts';

const addresses = { type: 'import', list: 'Main', emails: 'ada@example.com,grace@example.com,not-an-address' };

export const jobOperations: readonly Operation[] = [
  {
    id: 'orderJob',
    method: 'post',
    path: '/console/api/jobs',
    summary: 'Order a job',
    description: 'At most 1 MB: addresses beyond that are brought as a file.',
    body: { kind: 'json', required: true, component: 'Order' },
    answers: {
      201: job('The job.'),
      ...errors,
      404: { component: 'Error', text: 'There is no such list.' },
      409: { component: 'Error', text: 'The idempotency key belongs to another order.' },
      413: { component: 'Error', text: 'A body over 1 MB, or a file over 1 GB.' },
    },
    examples: [
      {
        name: 'import',
        summary: 'An import of addresses',
        body: addresses,
        status: 201,
        answer: exampleJob(importId, 'pending'),
        makes: importId,
      },
      {
        name: 'plan',
        summary: 'A dry run',
        body: { ...addresses, mode: 'plan' },
        status: 201,
        answer: examplePlan(planId),
        makes: planId,
      },
      {
        name: 'export',
        summary: 'An export',
        body: { type: 'export_list_data', list: 'Main', fields: { domain: 1, vars: 1 } },
        status: 201,
        answer: { ...exampleJob(exportId, 'pending'), type: 'export_list_data', name: 'Export All List Data: Main' },
        makes: exportId,
      },
      {
        name: 'upload',
        summary: 'An import of a file that comes later',
        body: { type: 'import', list: 'Main', upload: { filename: 'people.csv', size: 1048576 } },
        status: 201,
        answer: {
          ...exampleJob(waitingId, 'scheduled'),
          upload: {
            url: 'http://127.0.0.1:3000/uploads',
            fields: { key: 'uploads/tickets/...', policy: 'eyJ...' },
            expires: '2026-11-27T20:00:00.000Z',
          },
        },
        makes: waitingId,
      },
      {
        name: 'noList',
        summary: 'An export of a list that is not there',
        body: { type: 'export_list_data', list: 'Nowhere' },
        status: 404,
        answer: { error: { code: 'list_not_found', message: 'List not found' } },
      },
      {
        name: 'missing',
        summary: 'A parameter is missing',
        body: { type: 'import', emails: 'ada@example.com' },
        status: 400,
        answer: { error: { code: 'missing_parameter', message: 'Missing required parameter: list' } },
      },
    ],
  },
  {
    id: 'listJobs',
    method: 'get',
    path: '/console/api/jobs',
    summary: 'Find jobs',
    description: 'Unfinished jobs first, then the newest.',
    query: {
      schema: jobsQuery,
      notes: {
        state: 'One or more states, separated by commas.',
        since: 'Made at or after this time: ISO 8601 or Unix seconds.',
        until: 'Made before this time.',
        text: 'In the name of the job, or in its id.',
        after: 'The `next` of the page before.',
      },
    },
    answers: { 200: { component: 'Jobs', text: 'A page of jobs.' }, ...errors },
    examples: [
      {
        name: 'imports',
        summary: 'The completed imports',
        query: { type: 'import', state: 'completed', limit: '2' },
        status: 200,
        answer: { jobs: [exampleSummary(importId)] },
      },
      {
        name: 'badState',
        summary: 'A state that is none',
        query: { state: 'done' },
        status: 400,
        answer: { error: { code: 'invalid_parameter', message: 'Invalid state' } },
      },
    ],
  },
  {
    id: 'readJob',
    method: 'get',
    path: '/console/api/jobs/{id}',
    summary: 'Look at a job',
    pathNotes: jobId,
    answers: { 200: job('What is known of it now.'), ...errors, ...noJob },
    examples: [
      {
        name: 'completed',
        summary: 'A completed import',
        path: { id: importId },
        status: 200,
        answer: exampleJob(importId, 'completed'),
      },
      {
        name: 'unknown',
        summary: 'A job of nobody, or of somebody else',
        path: { id: '0123456789abcdef01234567' },
        status: 404,
        answer: { error: { code: 'job_not_found', message: 'There is no such job' } },
      },
    ],
  },
  {
    id: 'readRejected',
    method: 'get',
    path: '/console/api/jobs/{id}/rejected',
    summary: 'The first rejected rows of a job',
    description: 'All of them are in the file `rejected` of the job.',
    pathNotes: jobId,
    query: { schema: rejectedQuery },
    answers: { 200: { component: 'RejectedRows', text: 'None when nothing was rejected.' }, ...errors, ...noJob },
    examples: [
      {
        name: 'rows',
        summary: 'Of an import',
        path: { id: importId },
        query: { limit: '10' },
        status: 200,
        answer: {
          columns: ['email'],
          rows: [{ line: 3, reason: 'the address has no @', cells: ['not-an-address'] }],
        },
      },
    ],
  },
];
