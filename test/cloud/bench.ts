// What the tests of the deployed system share: the system with its client, a receiver of postbacks, looks into queues.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Job } from '../../functions/jobs/job.ts';
import { demoClient, ensureDemoClient } from '../../functions/server/demo-client.ts';
import { until } from '../helpers/machine.ts';
import { createSailthruClient } from '../helpers/sailthru-client.ts';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';

export const startBench = async (options: CloudOptions = {}) => {
  const printed: string[] = [];
  const cloud = await startCloud({ retryAfter: 0, output: (_fn, text) => printed.push(text), ...options });
  await ensureDemoClient(cloud.ports);
  const stored = async (id: string): Promise<Job> => {
    const job = await cloud.ports.jobs.read(id);
    if (!job) throw new Error('no such job');
    return job;
  };
  return {
    cloud,
    client: createSailthruClient(demoClient.apiKey, demoClient.secret, cloud.url),
    /** Everything that functions printed so far. */
    printed: (): string => printed.join(''),
    /** The stored job as it stands. */
    stored,
    /** The stored job once it ended. */
    ended: (id: string): Promise<Job> =>
      until(
        () => stored(id),
        ({ state }) => ['completed', 'incomplete', 'failed', 'cancelled'].includes(state),
      ),
    send: async (queue: string, body: unknown): Promise<void> => {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      await cloud.sdk.sqs.send(new SendMessageCommand({ QueueUrl: cloud.queueUrl(queue), MessageBody }));
    },
    /** Waits until the queues hold nothing, neither waiting nor in work. */
    quiet: (...queues: string[]): Promise<unknown> =>
      until(
        async () => Promise.all(queues.map((queue) => messagesIn(cloud, queue))),
        (counts) => counts.every((count) => count === 0),
      ),
    messagesIn: (queue: string) => messagesIn(cloud, queue),
  };
};
export type Bench = Awaited<ReturnType<typeof startBench>>;

const messagesIn = async (cloud: Cloud, queue: string): Promise<number> => {
  const answer = await cloud.sdk.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: cloud.queueUrl(queue),
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(answer.Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
};

/** A server on this machine that takes postbacks. */
export const startReceiver = async () => {
  const received: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    received.push(new URLSearchParams(body));
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/done`,
    received,
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Addresses, list names, file names, secrets, signatures and links of the tests: nothing that a function may print. */
const unspeakable = [
  '@example.com',
  'From file',
  'By hand',
  'Spring & Fall',
  'may (1)',
  'people.csv',
  demoClient.secret,
  'sig=',
  'Stevedore key=',
  'X-Amz-Signature',
  'X-Amz-Credential',
];

/** What of that the functions have printed. */
export const spokenOf = (bench: Bench): string[] => unspeakable.filter((text) => bench.printed().includes(text));
