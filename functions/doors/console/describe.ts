// What the console's door takes and answers, for the OpenAPI document.
import { z } from 'zod';
import { type DoorDescription, orderNotes, orderSchema } from '../description.ts';
import { actionOperations } from './describe-actions.ts';
import { jobOperations } from './describe-jobs.ts';
import {
  errorAnswer,
  jobAnswer,
  jobOrder,
  jobsAnswer,
  listsAnswer,
  overviewAnswer,
  rejectedAnswer,
  reportOrder,
  typesAnswer,
} from './schemas.ts';

export const describeConsole = (): DoorDescription => ({
  name: 'console',
  title: "The console's API",
  description:
    'JSON for scripts and for the web console: order jobs, look at them, steer them. Shows all jobs of the client, whichever ' +
    'door they came through. Every call is signed: `Authorization: Stevedore key=<key>, time=<Unix seconds>, signature=<hex>`, ' +
    'an HMAC-SHA256 under the secret over method, path with query, time, and the SHA-256 of the body in hex, joined by line feeds.',
  security: {
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'Stevedore key=<key>, time=<Unix seconds>, signature=<HMAC-SHA256 in hex>',
    },
  },
  components: {
    Order: { schema: orderSchema('type', jobOrder.pick({ idempotency_key: true })), notes: orderNotes },
    Job: {
      schema: jobAnswer,
      notes: {
        params: 'Those parameters that may be shown.',
        stopping: 'It writes nothing more and is about to end.',
        parent: 'The job that it is a retry of, or belongs to.',
        times: 'When each phase was first entered.',
        rows: 'Rows of the input, once they are counted.',
        progress:
          'Rows with an outcome, of the rows there are; of an export slices. `total` is null until it is known.',
        counts: 'Rows by outcome; of an export, the rows it wrote.',
        reasons: 'Rejected rows by reason.',
        warnings: 'Notes for the person who sent the file.',
        failure: 'Why it failed or ended early.',
        files: 'What it made. A `url` lives for two hours at most; asking again gives a new one.',
        upload: 'While it waits for its file: send all `fields`, then the part `file`, as multipart to `url`.',
        reports: 'Each delivery of a report about its end.',
        receipt: 'Of an ended job: what it took.',
        actions: 'What may be done to it now.',
      },
    },
    Jobs: { schema: jobsAnswer, notes: { next: 'There may be more, behind this: give it as `after`.' } },
    Lists: { schema: listsAnswer },
    Overview: { schema: overviewAnswer },
    Types: { schema: typesAnswer },
    RejectedRows: { schema: rejectedAnswer },
    ReportOrder: { schema: reportOrder },
    Record: { schema: z.record(z.string(), z.unknown()) },
    Error: { schema: errorAnswer },
  },
  operations: [...jobOperations, ...actionOperations],
});
