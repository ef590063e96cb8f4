// What the append door takes and answers, for the OpenAPI document.
import type { DoorDescription } from '../description.ts';
import { batchComponents, batchOperations } from './describe-batches.ts';
import { answerOfJob, batchId, errors, fileId, jobId, jobPath, pathNotes } from './examples.ts';
import {
  containerAnswer,
  containerMade,
  containerOrder,
  errorAnswer,
  loginOrder,
  revokedAnswer,
  tokenAnswer,
} from './schemas.ts';

const token = 'q3Yw7c0mV1x9sZ8bN2kL5tR4fG6hJ0dPaSoWeIuYtRe';

export const describeAppend = (): DoorDescription => ({
  name: 'append',
  title: 'The asynchronous append API',
  description:
    'Records with a name and a postal address, a hashed address or an external id come back with the e-mail address of the one ' +
    "person of your own base whom they mean. The wire is The Data Group's version 3. A job is a container of batches: records in " +
    'a request, or in a file that is put to a URL. Times are milliseconds since 1970, written as texts.',
  security: {
    key: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The API key of the client' },
    token: {
      type: 'apiKey',
      in: 'header',
      name: 'AuthorizationToken',
      description: 'Of `POST /v3/auth`: for eight hours',
    },
  },
  components: {
    Login: { schema: loginOrder, notes: { password: "The client's secret." } },
    Token: {
      schema: tokenAnswer,
      notes: {
        authorization_token: 'The token.',
        AuthorizationToken: 'The same once more.',
        expiration_date: 'In eight hours. A new secret of the client ends it before.',
      },
    },
    Revoked: { schema: revokedAnswer },
    JobOrder: {
      schema: containerOrder,
      notes: {
        output_format: '`JSON`, which is usual; nothing else.',
        notification_URL: 'Is told of each end of the job.',
        notification_method: '`GET` or `POST`; needed with `notification_URL`.',
      },
    },
    JobMade: { schema: containerMade },
    Job: { schema: containerAnswer, notes: { batch_list: 'In the order of their making.' } },
    ...batchComponents,
    Error: { schema: errorAnswer, notes: { state: 'Where the state of a batch is the reason.' } },
  },
  operations: [
    {
      id: 'logIn',
      method: 'post',
      path: '/v3/auth',
      summary: 'Ask for a token',
      security: ['key'],
      body: { kind: 'json', required: true, component: 'Login' },
      answers: { 200: { component: 'Token', text: 'The token, which nobody can read again.' }, ...errors },
      examples: [
        {
          name: 'demo',
          summary: 'The client demo',
          body: { username: 'demo', password: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' },
          status: 200,
          answer: { authorization_token: token, AuthorizationToken: token, expiration_date: '1717434902000' },
        },
        {
          name: 'wrong',
          summary: 'A wrong password',
          body: { username: 'demo', password: 'guess' },
          status: 401,
          answer: { message: 'Unauthorized' },
        },
      ],
    },
    {
      id: 'revokeToken',
      method: 'post',
      path: '/v3/auth/revoke',
      summary: 'End a token',
      description: 'Ends the token that the call carries, before its time.',
      answers: { 200: { component: 'Revoked', text: 'It is worth nothing any more.' }, ...errors },
      examples: [{ name: 'revoke', summary: 'The token of the call', status: 200, answer: { revoked: true } }],
    },
    {
      id: 'makeJob',
      method: 'post',
      path: jobPath,
      summary: 'Make a job',
      body: { kind: 'json', required: true, component: 'JobOrder' },
      answers: { 200: { component: 'JobMade', text: 'A job without batches.' }, ...errors },
      examples: [
        {
          name: 'job',
          summary: 'A job',
          body: { name: 'Tutorial Job', output_format: 'JSON' },
          status: 200,
          answer: { job_id: jobId },
          makes: jobId,
        },
        {
          name: 'noMethod',
          summary: 'A URL without a method',
          body: { name: 'Tutorial Job', notification_URL: 'https://www.example.com/api/job-listener' },
          status: 400,
          answer: { message: 'notification_method is required with notification_URL' },
        },
      ],
    },
    ...batchOperations,
    {
      id: 'readJob',
      method: 'get',
      path: `${jobPath}/{job}`,
      summary: 'Look at a job',
      description:
        'Its state is that of its batches: `COMPLETED` as soon as all ended and one is completed. A batch may be added at any time.',
      pathNotes,
      answers: {
        200: { component: 'Job', text: 'How many batches stand how.' },
        ...errors,
        404: { component: 'Error', text: 'There is no such job.' },
      },
      examples: [
        {
          name: 'job',
          summary: 'A job of which one batch is done and one waits for its file',
          path: { job: jobId },
          status: 200,
          answer: answerOfJob([batchId, fileId]),
        },
        {
          name: 'unknown',
          summary: 'A job of nobody, or of somebody else',
          path: { job: '240603091502fff' },
          status: 404,
          answer: { message: 'Job not found' },
        },
      ],
    },
  ],
});
