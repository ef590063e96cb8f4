// Promises of the shells: what they take for a message, what they answer, when a message comes again, what they log.
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDefer } from '../../functions/aws/defer.ts';
import { RetryLater } from '../../functions/jobs/errors.ts';
import { onColdStart } from '../../functions/lambda/cold-start.ts';
import { sweepEnv } from '../../functions/lambda/env.ts';
import { createLog } from '../../functions/lambda/log.ts';
import { parseMessage, UnknownMessage } from '../../functions/lambda/message.ts';
import { type Defer, queueShell } from '../../functions/lambda/queue-shell.ts';
import { type Emulators, startEmulators } from '../helpers/emulators.ts';
import { until } from '../helpers/machine.ts';
import { queueArn } from './values.ts';

const { logger } = createLog({ STAGE: 'test', SERVICE: 'shells' });

const record = (messageId: string, body: string, tries = 1) => ({
  messageId,
  body,
  receiptHandle: `handle-${messageId}`,
  eventSourceARN: queueArn('q'),
  attributes: { ApproximateReceiveCount: String(tries) },
});
const eventOf = (...Records: ReturnType<typeof record>[]) => ({ Records }) as unknown as SQSEvent;
const context = { getRemainingTimeInMillis: () => 1234, awsRequestId: 'r' } as unknown as Context;

const shellOf = (work: (body: string) => Promise<void>, defer?: Defer) => {
  const lines: [string, unknown][] = [];
  const write = (code: string, fields?: unknown) => void lines.push([code, fields]);
  const shell = queueShell({ log: { info: write, warn: write, error: write }, logger, work, ...(defer && { defer }) });
  return { shell, lines };
};

describe('a queue shell', () => {
  it('gives back exactly the messages that failed, and works on all others', async () => {
    const worked: string[] = [];
    const { shell } = shellOf(async (body) => {
      worked.push(body);
      if (body.startsWith('bad')) throw new Error('no');
    });
    const answer = await shell(eventOf(record('1', 'good'), record('2', 'bad'), record('3', 'fine')), context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(worked).toEqual(['good', 'bad', 'fine']);
  });

  it('waits as long as RetryLater says, and ever longer after what was not expected', async () => {
    const waits: number[] = [];
    const { shell } = shellOf(
      async (body) => {
        throw body === 'later' ? new RetryLater(42) : new Error('no');
      },
      async (_record, seconds) => void waits.push(seconds),
    );
    for (const [body, tries] of [
      ['later', 1],
      ['x', 1],
      ['x', 2],
      ['x', 3],
      ['x', 4],
      ['x', 9],
    ] as const)
      expect((await shell(eventOf(record('1', body, tries)), context)).batchItemFailures).toHaveLength(1);
    expect(waits).toEqual([42, 10, 30, 90, 270, 270]);
  });

  it('puts back what another version of the code sent, with time for that version to be there', async () => {
    const waits: number[] = [];
    const { shell, lines } = shellOf(
      async (body) => void parseMessage(body),
      async (_record, seconds) => void waits.push(seconds),
    );
    const job = '0123456789abcdef01234567';
    const newer = { v: 2, kind: 'plan', job, shard: 7 };
    const older = { v: 0, kind: 'plan', job };
    const stranger = { v: 1, kind: 'repack', job };
    for (const message of [newer, older, stranger])
      expect((await shell(eventOf(record('1', JSON.stringify(message))), context)).batchItemFailures).toEqual([
        { itemIdentifier: '1' },
      ]);
    expect(waits).toEqual([300, 300, 300]);
    expect(lines.map(([code]) => code)).toEqual(['message.unknown', 'message.unknown', 'message.unknown']);
  });

  it('still gives the message back when the wait cannot be set', async () => {
    const { shell, lines } = shellOf(
      async () => {
        throw new RetryLater(5);
      },
      async () => {
        throw new Error('SQS is away');
      },
    );
    expect((await shell(eventOf(record('1', 'x')), context)).batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    expect(lines.map(([code]) => code)).toEqual(['message.not_deferred', 'message.later']);
  });

  it('logs the class and place of an error, never its words or the body', async () => {
    const { shell, lines } = shellOf(async () => {
      throw new TypeError('row of ann@example.com\n    with ann@example.com');
    });
    await shell(eventOf(record('1', 'body of ann@example.com')), context);
    expect(lines).toEqual([
      ['message.failed', { message: '1', tries: 1, error: 'TypeError', at: expect.stringContaining('at ') }],
    ]);
    expect(JSON.stringify(lines)).not.toContain('ann@example.com');
  });
});

describe('a message', () => {
  const job = '0123456789abcdef01234567';

  it('is one of this version, with nothing besides', () => {
    for (const message of [
      { v: 1, kind: 'plan', job },
      { v: 1, kind: 'chunk', job, chunk: 3999 },
      { v: 1, kind: 'report', job, channel: 'postback' },
    ])
      expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    { v: 2, kind: 'plan', job },
    { v: 1, kind: 'plan', job: '../../etc/passwd' },
    { v: 1, kind: 'chunk', job },
    { v: 1, kind: 'chunk', job, chunk: -1 },
    { v: 1, kind: 'chunk', job, chunk: 1.5 },
    { v: 1, kind: 'report', job, channel: 'pigeon' },
    { v: 1, kind: 'plan', job, client: 'someone else' },
    null,
    [],
  ])('is not %j', (value) => {
    expect(() => parseMessage(JSON.stringify(value))).toThrow(UnknownMessage);
  });

  it('is refused without repeating it, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        try {
          expect(parseMessage(body)).toMatchObject({ v: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(UnknownMessage);
          expect(String(error)).toBe('UnknownMessage: the message has an unknown version or shape');
        }
      }),
    );
  });
});

it('says which setting is missing, and tries again with the next event', async () => {
  const before = process.env.AWS_REGION;
  delete process.env.AWS_REGION;
  try {
    const handler = onColdStart(sweepEnv, () => async () => 'swept');
    await expect(handler({}, context)).rejects.toThrow('JOBS_TABLE');
    await expect(handler({}, context)).rejects.toThrow('JOBS_TABLE');
  } finally {
    if (before !== undefined) process.env.AWS_REGION = before;
  }
});

describe('on a real queue', () => {
  let emulators: Emulators;
  let sqs: SQSClient;
  beforeAll(async () => {
    emulators = await startEmulators();
    sqs = new SQSClient({ region: emulators.region, endpoint: emulators.endpoints.sqs });
  });
  afterAll(async () => emulators?.stop());

  it('makes a message that must wait visible after its seconds, not after the timeout of the queue', async () => {
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'waiting', Attributes: { VisibilityTimeout: '3600' } }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const receive = async () =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))).Messages?.[0];
    const first = await until(receive, (message) => message !== undefined);
    const defer = createDefer(sqs, { waiting: QueueUrl });
    const receiptHandle = String(first?.ReceiptHandle);
    await defer({ eventSourceARN: queueArn('another'), receiptHandle }, 1);
    const hidden = async () =>
      (
        await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }),
        )
      ).Attributes;
    expect(await hidden()).toEqual({ ApproximateNumberOfMessagesNotVisible: '1' });
    await defer({ eventSourceARN: queueArn('waiting'), receiptHandle }, 1);
    expect((await until(receive, (message) => message !== undefined))?.MessageId).toBe(first?.MessageId);
  });
});
