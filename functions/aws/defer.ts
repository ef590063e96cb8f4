// Gives a message more time before its next try: the queue's own means, which only the shell around the queue asks for.
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from './config.ts';

/** The longest that a message may stay invisible, in seconds: 12 hours, the time since it was received included. */
const longest = 11 * 3600;

/** A received message, as far as its queue must be told of it. */
export interface Held {
  eventSourceARN: string;
  receiptHandle: string;
}

/** Works for the queues in `queues`, by URL; messages of others wait for their queue's own timeout. */
export const createDefer = (sqs: AwsClients['sqs'], queues: Readonly<Record<string, string>>) => {
  const byName = new Map(Object.values(queues).map((url) => [url.slice(url.lastIndexOf('/') + 1), url]));
  return async ({ eventSourceARN, receiptHandle }: Held, seconds: number): Promise<void> => {
    const url = byName.get(eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1));
    if (url === undefined) return;
    const VisibilityTimeout = Math.min(longest, Math.max(1, Math.ceil(seconds)));
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    );
  };
};
