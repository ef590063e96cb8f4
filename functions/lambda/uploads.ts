// Files put into the uploads bucket, by people or by the forms of tickets: what AWS calls with the events, in the form in which EventBridge sends them.
import { z } from 'zod';
import { submitDrop } from '../jobs/drop.ts';
import { ticketJob, uploadArrived } from '../jobs/schedule.ts';
import { onColdStart } from './cold-start.ts';
import { connect } from './deps.ts';
import { type EngineEnv, uploadsEnv } from './env.ts';
import { createLog } from './log.ts';
import { UnknownMessage } from './message.ts';
import { type QueueHandler, queueShell } from './queue-shell.ts';

const objectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    // The key as it is: unlike S3's own notifications, EventBridge does not encode it.
    object: z.object({ key: z.string().min(1), etag: z.string().min(1) }),
  }),
});

const parseEvent = (body: string, bucket: string): { key: string; etag: string } => {
  try {
    const event = objectCreated.safeParse(JSON.parse(body));
    if (event.success && event.data.detail.bucket.name === bucket) return event.data.detail.object;
  } catch {
    // Not JSON: refused below.
  }
  throw new UnknownMessage();
};

export const createUploads = (env: EngineEnv): QueueHandler => {
  const { log, logger } = createLog(env);
  const { ports } = connect(env, log);
  const work = async (body: string): Promise<void> => {
    const { key, etag } = parseEvent(body, env.UPLOADS_BUCKET);
    const whole = `uploads/${key}`;
    if (ticketJob(whole) === undefined) await submitDrop(ports, whole, etag);
    else await uploadArrived(ports, whole);
  };
  return queueShell({ log, logger, work });
};

export const handler = onColdStart(uploadsEnv, createUploads);
