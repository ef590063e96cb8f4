// Takes files that are put to a signed URL on one machine, as S3 does on AWS.
import type { Handler } from 'hono';
import { Refusal } from '../jobs/errors.ts';
import type { Ports } from '../jobs/ports.ts';
import { ticketJob } from '../jobs/schedule.ts';

interface PutRules {
  ports: Pick<Ports, 'files' | 'jobs' | 'log'>;
  /** What the query of a request allows, `expired` or `invalid`. */
  check: (query: URLSearchParams) => { key: string; maxBytes: number } | 'expired' | 'invalid';
  /** Told of every object that lies in the store. */
  arrived: (key: string) => Promise<unknown>;
}

/** Answers `PUT`: 200 and nothing, or a status with S3's XML. */
export const putUploads =
  ({ ports, check, arrived }: PutRules): Handler =>
  async (context) => {
    const refuse = (status: 400 | 403 | 409 | 413, code: string, message: string) =>
      context.body(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
        status,
        {
          'content-type': 'application/xml',
        },
      );
    const allowed = check(new URL(context.req.url).searchParams);
    if (allowed === 'invalid') return refuse(403, 'AccessDenied', 'The URL is not signed, or was changed');
    if (allowed === 'expired') return refuse(403, 'AccessDenied', 'Request has expired');
    const { key, maxBytes } = allowed;
    // Once a worker reads it, nobody puts another file in its place.
    const job = await ports.jobs.read(ticketJob(key) ?? '');
    const isOpen = job && (job.ticket !== undefined || (job.state === 'pending' && job.startedAt === undefined));
    if (!isOpen) return refuse(409, 'OperationAborted', 'The file of this URL is being processed, or its job is over');
    try {
      await ports.files.put(key, bytesOf(context.req.raw), { maxBytes });
    } catch (error) {
      if (error instanceof Refusal) return refuse(413, 'EntityTooLarge', `The file is larger than ${maxBytes} bytes`);
      if (error instanceof BodyEnded) return refuse(400, 'IncompleteBody', 'The body ended early');
      throw error;
    }
    await arrived(key);
    return context.body(null, 200);
  };

class BodyEnded extends Error {}

async function* bytesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw new BodyEnded();
    });
    if (done) return;
    yield value;
  }
}
