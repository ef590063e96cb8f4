// Gives a message more time before its next try: the queue's own means, which only the shell around the queue knows.
// biome-ignore lint/style/noRestrictedImports: visibility is a matter between a shell and its queue, no port of the domain
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../aws/config.ts';
import type { Defer } from './queue-shell.ts';

/** The longest that a message may stay invisible, in seconds: 12 hours, the time since it was received included. */
const longest = 11 * 3600;

/** Works for the queues in `queues`, by URL; messages of others wait for their queue's own timeout. */
export const createDefer = (sqs: AwsClients['sqs'], queues: Readonly<Record<string, string>>): Defer => {
  const byName = new Map(Object.values(queues).map((url) => [url.slice(url.lastIndexOf('/') + 1), url]));
  return async ({ eventSourceARN, receiptHandle }, seconds) => {
    const url = byName.get(eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1));
    if (url === undefined) return;
    const VisibilityTimeout = Math.min(longest, Math.max(1, Math.ceil(seconds)));
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    );
  };
};
