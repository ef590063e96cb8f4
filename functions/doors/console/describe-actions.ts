// What may be done to a job, and the rest of what this door tells: for its OpenAPI document.

import { registry } from '../../jobs/registry.ts';
import type { Operation } from '../description.ts';
import { errors, job, jobId, noJob } from './describe-answers.ts';
import { exampleJob, importId, planId, retryId, waitingId } from './examples.ts';
import { listsQuery } from './queries.ts';

const action = (name: string, summary: string, description: string, makes: boolean): Omit<Operation, 'examples'> => ({
  id: `${name}Job`,
  method: 'post',
  path: `/console/api/jobs/{id}/${name}`,
  summary,
  description,
  pathNotes: jobId,
  answers: {
    [makes ? 201 : 200]: job(makes ? 'The new job.' : 'The job after it.'),
    ...errors,
    ...noJob,
    409: { component: 'Error', text: 'The job is not in a state that allows it.' },
  },
});

export const actionOperations: readonly Operation[] = [
  {
    ...action('pause', 'Pause a job', 'Workers stop within a batch. After six days it is cancelled.', false),
    examples: [
      {
        name: 'pause',
        summary: 'A job that waits',
        path: { id: waitingId },
        status: 200,
        answer: exampleJob(waitingId, 'paused'),
      },
      {
        name: 'tooLate',
        summary: 'A job that has ended',
        path: { id: importId },
        status: 409,
        answer: { error: { code: 'not_allowed', message: 'The job is completed: it cannot be paused' } },
      },
    ],
  },
  {
    ...action('resume', 'Resume a paused job', 'It goes on where it stopped.', false),
    examples: [
      {
        name: 'resume',
        summary: 'A paused job',
        path: { id: waitingId },
        status: 200,
        answer: exampleJob(waitingId, 'scheduled'),
      },
    ],
  },
  {
    ...action(
      'cancel',
      'Cancel a job',
      'What was done stays done. Until its workers have told what that is, it is `stopping`.',
      false,
    ),
    examples: [
      {
        name: 'cancel',
        summary: 'A job that waits',
        path: { id: waitingId },
        status: 200,
        answer: exampleJob(waitingId, 'cancelled'),
      },
    ],
  },
  {
    ...action(
      'retry',
      'Retry a job',
      'A new job of the rows that were rejected or not processed; of everything when nothing was written.',
      true,
    ),
    examples: [
      {
        name: 'retry',
        summary: 'An import with a rejected row',
        path: { id: importId },
        status: 201,
        answer: { ...exampleJob(retryId, 'pending'), parent: importId },
        makes: retryId,
      },
    ],
  },
  {
    ...action('run', 'Carry out a plan', 'A new job over the same input, within a day after the plan has ended.', true),
    examples: [
      {
        name: 'run',
        summary: 'A plan that is liked',
        path: { id: planId },
        status: 201,
        answer: { ...exampleJob('6650a1b2c3d4e5f601234572', 'pending'), parent: planId },
      },
    ],
  },
  {
    id: 'sendReports',
    method: 'post',
    path: '/console/api/jobs/{id}/reports',
    summary: 'Send the reports about the end of a job once more',
    pathNotes: jobId,
    body: { kind: 'json', required: false, component: 'ReportOrder' },
    answers: {
      200: job('The job.'),
      ...errors,
      ...noJob,
      409: { component: 'Error', text: 'There is no such report, or it is still on its way.' },
    },
    examples: [
      {
        name: 'none',
        summary: 'A job that has none',
        path: { id: importId },
        body: { channel: 'mail' },
        status: 409,
        answer: {
          error: {
            code: 'not_allowed',
            message: 'The job has no such report: it was ordered without an address for it',
          },
        },
      },
    ],
  },
  {
    id: 'readRecord',
    method: 'get',
    path: '/console/api/jobs/{id}/record',
    summary: 'The record of a job as it is kept',
    description: 'For those who look for a fault: its form may change with any version.',
    pathNotes: jobId,
    answers: { 200: { component: 'Record', text: 'The record.' }, ...errors, ...noJob },
    examples: [
      {
        name: 'record',
        summary: 'Of an import',
        path: { id: importId },
        status: 200,
        answer: { id: importId, type: 'import' },
      },
    ],
  },
  {
    id: 'readLists',
    method: 'get',
    path: '/console/api/lists',
    summary: 'The lists of the client',
    query: { schema: listsQuery, notes: { text: 'In the name of the list.' } },
    answers: { 200: { component: 'Lists', text: 'In order of name.' }, ...errors },
    examples: [
      {
        name: 'lists',
        summary: 'Those that hold "ma"',
        query: { text: 'ma' },
        status: 200,
        answer: {
          lists: [
            {
              id: '6650a1b2c3d4e5f601234590',
              name: 'Main',
              createdAt: '2026-11-27T19:00:01.000Z',
              about: 2,
              vars: ['city'],
              smart: false,
            },
          ],
          total: 1,
        },
      },
    ],
  },
  {
    id: 'readTypes',
    method: 'get',
    path: '/console/api/types',
    summary: 'The job types that there are',
    answers: { 200: { component: 'Types', text: 'By the names that an order gives them.' }, ...errors },
    examples: [
      {
        name: 'types',
        summary: 'All of them',
        status: 200,
        answer: { types: registry.map(({ name, work }) => ({ name, kind: work.kind })) },
      },
    ],
  },
  {
    id: 'readOverview',
    method: 'get',
    path: '/console/api/overview',
    summary: 'The last 24 hours',
    answers: {
      200: { component: 'Overview', text: 'All unfinished jobs, and those that ended in that time.' },
      ...errors,
    },
    examples: [
      {
        name: 'overview',
        summary: 'Of a quiet day',
        status: 200,
        answer: {
          since: '2026-11-26T19:00:00.000Z',
          more: { unfinished: false, ended: false },
          states: { completed: 1 },
          counts: { created: 2, updated: 0, unchanged: 0, duplicate: 0, skipped: 0, rejected: 1, not_processed: 0 },
          throughput: [{ at: '2026-11-27T19:00:00.000Z', rows: 3 }],
          running: [],
          failures: [],
        },
      },
    ],
  },
];
