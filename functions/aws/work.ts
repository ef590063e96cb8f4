// Queues on SQS.
import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName, Work } from '../jobs/ports.ts';
import { backoff, chunked, inFlight } from './flow.ts';

const tries = 4;
const senders = 4;

/** JSON in ASCII only: SQS refuses some characters of Unicode. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** SQS takes group ids of up to 128 plain characters. */
const groupId = (group: string): string =>
  /^[\w.-]{1,128}$/.test(group) ? group : createHash('sha256').update(group).digest('hex');

export const awsWork = (sqs: SQSClient, queues: Partial<Record<QueueName, string>>): Work => ({
  async send(queue, messages, { group, delaySeconds }) {
    const url = queues[queue];
    if (url === undefined) throw new Error(`no queue ${queue} here`);
    const entries = messages.map(
      (message, i): SendMessageBatchRequestEntry => ({
        Id: String(i),
        MessageBody: ascii(message),
        // On a standard queue this makes it fair between groups, and does not order anything.
        MessageGroupId: groupId(group),
        ...(delaySeconds !== undefined && { DelaySeconds: Math.min(900, Math.max(0, Math.ceil(delaySeconds))) }),
      }),
    );
    await inFlight(chunked(entries, 10), senders, async (batch) => {
      let left = batch;
      for (let attempt = 1; ; attempt++) {
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: left }));
        if (Failed.length === 0) return;
        const failed = new Set(Failed.map(({ Id }) => Id));
        left = left.filter(({ Id }) => failed.has(Id));
        const hopeless = Failed.find(({ SenderFault }) => SenderFault);
        if (hopeless || attempt >= tries)
          throw new Error(`${failed.size} messages not taken by queue ${queue}: ${(hopeless ?? Failed[0])?.Code}`);
        await backoff(attempt);
      }
    });
  },
});
