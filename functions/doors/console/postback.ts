// The message to a `postback_url` of a job that came through this door: the job as GET answers it. Its headers are signed.
import type { Dialect } from '../../jobs/ports.ts';
import { answerOf } from './answer.ts';

export const consoleDialect: Dialect = {
  // As of the job's end: the same over all attempts, but for links and the log of the attempts themselves.
  postback: (job, _client, links) => ({
    body: JSON.stringify(answerOf(job, links, job.finishedAt ?? job.createdAt)),
    contentType: 'application/json',
  }),
};
