// The whole engine over the AWS ports on emulators, in this thread: messages come from SQS, each may be handled beside others.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message as Received,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { AwsPorts } from '../../functions/aws/ports.ts';
import { sailthruDialect } from '../../functions/doors/sailthru/postback.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import { isEnded, type Job } from '../../functions/jobs/job.ts';
import type { Client, Message, Ports, QueueName } from '../../functions/jobs/ports.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { defaultTuning, type Tuning } from '../../functions/jobs/tuning.ts';
import { createHooks } from '../../functions/net/hooks.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import type { World } from './emulator-world.ts';

const none = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Chunks of 100 rows, batches of 20, a look at the job before most of them. */
const small: Tuning = { ...defaultTuning, chunkRows: 100, inlineRows: 0, window: 3, lookEvery: 20 };

/** The AWS ports with the rest of what the engine asks for; small jobs are large here. */
export const engineOver = (ports: AwsPorts, now: () => number = Date.now): Ports => ({
  ...ports,
  profiles: { ...ports.profiles, batch: 20, parallel: 2 },
  clock: { now },
  tuning: small,
  hooks: createHooks({ allowLoopback: true }),
  pulls: createPulls({ allowLoopback: true }),
  log: none,
  dialects: { sailthru: sailthruDialect },
});

/** A client that this world does not have yet. */
export const newClient = async ({ ports }: World): Promise<Client> => {
  const id = `client-${crypto.randomUUID().slice(0, 8)}`;
  await ports.clients.put({ id, apiKey: crypto.randomUUID().replaceAll('-', ''), secret: 'f'.repeat(32) });
  return (await ports.clients.byId(id)) as Client;
};

/** More tries than any run of faults makes. */
const enough = 100;

/** What receives: `ports` do the work, the queues themselves are reached without faults. */
export const openAwsEngine = ({ sdk, config }: World, ports: AwsPorts) => {
  let ahead = 0;
  const engine = engineOver(ports, () => Date.now() + ahead);
  const queues = Object.keys(config.queues) as QueueName[];

  const handle = async (QueueUrl: string, { Body, ReceiptHandle, Attributes }: Received): Promise<void> => {
    const receives = Number(Attributes?.ApproximateReceiveCount);
    if (receives > enough) throw new Error(`a message failed ${enough} times`);
    try {
      await handleMessage(engine, JSON.parse(String(Body)) as Message, () => Number.POSITIVE_INFINITY, receives > 1);
      await sdk.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    } catch {
      // Whenever it would come again: here at once.
      await sdk.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  };
  /** Receives from every queue once; how many messages came. */
  const step = async (): Promise<number> => {
    const came = await Promise.all(
      queues.map(async (name) => {
        const QueueUrl = String(config.queues[name]);
        const { Messages = [] } = await sdk.sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 3,
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          }),
        );
        await Promise.all(Messages.map((message) => handle(QueueUrl, message)));
        return Messages.length;
      }),
    );
    return came.reduce((sum, count) => sum + count, 0);
  };
  const empty = async (): Promise<boolean> => {
    const counts = await Promise.all(
      queues.map(async (name) => {
        const { Attributes = {} } = await sdk.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: String(config.queues[name]), AttributeNames: ['All'] }),
        );
        return (
          Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
        );
      }),
    );
    return counts.every((count) => count === 0);
  };
  const settle = async (): Promise<void> => {
    while ((await step()) > 0 || !(await empty()));
  };

  return {
    ports: engine,
    settle,
    /** Does all work until the job has ended and its reports have arrived; lets the sweeper look when nothing moves. */
    async ended(read: () => Promise<Job | undefined>): Promise<Job> {
      for (let looks = 0; looks < enough; looks++) {
        await settle();
        const job = await read();
        if (job && isEnded(job) && Object.values(job.deliveries).every(({ state }) => state === 'delivered'))
          return job;
        ahead += 20 * 60_000;
        await sweep(engine).catch(() => undefined);
      }
      throw new Error('the job does not end');
    },
  };
};
