// The engine in this process, on the ports for AWS: messages that it sends come back to it one at a time, as to one Lambda function.
import { awsPorts } from '../../functions/aws/ports.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Client, Message, Ports } from '../../functions/jobs/ports.ts';
import { type JobRequest, submit } from '../../functions/jobs/submit.ts';
import { defaultTuning } from '../../functions/jobs/tuning.ts';
import { createHooks } from '../../functions/net/hooks.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { buckets, type StubAddress, tables } from './aws-terms.ts';
import { WrongResult } from './figures.ts';

/** What a Lambda function may run for, in milliseconds. */
const lambdaTime = 900_000;

const configOf = ({ dynamodb, objects, queues }: StubAddress): Parameters<typeof awsPorts>[0] => ({
  region: 'us-east-1',
  endpoints: { dynamodb, kms: dynamodb, s3: objects, sqs: objects, ses: objects, eventbridge: objects },
  tables,
  buckets,
  queues,
  mailFrom: 'bench@example.com',
  kmsKeyId: 'bench',
  eventBus: 'bench',
});

export class Engine {
  readonly ports: Ports;
  readonly #waiting: Message[] = [];

  constructor(address: StubAddress) {
    const aws = awsPorts(configOf(address));
    this.ports = {
      ...aws,
      work: {
        send: async (queue, messages, options) => {
          await aws.work.send(queue, messages, options);
          this.#waiting.push(...messages);
        },
      },
      clock: { now: Date.now },
      tuning: defaultTuning,
      hooks: createHooks({ allowLoopback: false }),
      pulls: createPulls({ allowLoopback: false }),
      log: {
        info() {},
        warn() {},
        error(code) {
          throw new WrongResult(`the engine logged ${code}`);
        },
      },
      // The stand-in has no bus.
      events: { publish: async () => undefined },
      dialects: {},
    };
  }

  /** The client that all jobs of the bench belong to. */
  async client(): Promise<Client> {
    const id = 'bench';
    await this.ports.clients.put({ id, apiKey: 'bench-key', secret: 'bench-secret' });
    const client = await this.ports.clients.byId(id);
    if (!client) throw new WrongResult('the client is gone');
    return client;
  }

  /** Accepts a job and plans it; its chunks wait. Small jobs are over by then. */
  async plan(client: Client, request: Omit<JobRequest, 'door'>): Promise<Job> {
    const job = await submit(this.ports, client, { door: 'console', ...request });
    await this.#next();
    return job;
  }

  /** Does all that waits, and what that sends; the job as it is then. */
  async work(id: Job['id']): Promise<Job> {
    while (this.#waiting.length > 0) await this.#next();
    const job = await this.ports.jobs.read(id);
    if (!job) throw new WrongResult('the job is gone');
    return job;
  }

  async #next(): Promise<void> {
    const message = this.#waiting.shift();
    if (message) await handleMessage(this.ports, message, () => lambdaTime);
  }
}
