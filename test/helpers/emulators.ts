// All AWS services that the system stands on, on this machine: started empty, on free ports of the loopback.
import { startDynamodb } from './emulator-dynamodb.ts';
import { type EventsEmulator, startEvents } from './emulator-events.ts';
import { startKms } from './emulator-kms.ts';
import { emulatorKey, emulatorSecret, type ObjectCreated, startS3AndSqs } from './emulator-s3-sqs.ts';
import { type SesEmulator, startSes } from './emulator-ses.ts';

export type { ObjectCreated } from './emulator-s3-sqs.ts';

export interface Emulators {
  region: string;
  /** Of each service, as AwsConfig takes them. */
  endpoints: { dynamodb: string; s3: string; sqs: string; ses: string; kms: string; eventbridge: string };
  /** What SES took, and whether it takes more. */
  ses: Pick<SesEmulator, 'mails' | 'refuse'>;
  /** What the event bus took, and whether it takes more. */
  events: Pick<EventsEmulator, 'taken' | 'refuse'>;
  stop(): Promise<void>;
}

/**
 * Starts all emulators and gives the SDK credentials that open nothing. Tables, queues and buckets are the caller's to make.
 * `created` is told of every object that is put into S3, for want of bucket notifications.
 */
export const startEmulators = async (
  options: { created?: (object: ObjectCreated) => void } = {},
): Promise<Emulators> => {
  // Without these the SDK would look for credentials outside of this machine.
  process.env.AWS_ACCESS_KEY_ID = emulatorKey;
  process.env.AWS_SECRET_ACCESS_KEY = emulatorSecret;
  delete process.env.AWS_SESSION_TOKEN;
  const [dynamodb, s3, ses, kms, events] = await Promise.all([
    startDynamodb(),
    startS3AndSqs(options.created),
    startSes(),
    startKms(),
    startEvents(),
  ]);
  return {
    region: 'us-east-1',
    endpoints: {
      dynamodb: dynamodb.endpoint,
      s3: s3.endpoint,
      sqs: s3.endpoint,
      ses: ses.endpoint,
      kms: kms.endpoint,
      eventbridge: events.endpoint,
    },
    ses,
    events,
    stop: async () => {
      await Promise.all([dynamodb, s3, ses, kms, events].map((emulator) => emulator.stop()));
    },
  };
};
