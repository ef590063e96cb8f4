// The event source mappings on this machine: messages become batch events, what did not fail is deleted.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { queueArn, region } from './values.ts';

export interface Mapping {
  queue: string;
  fn: string;
  batchSize: number;
  concurrency: number;
}

export interface PollerOptions {
  sqs: SQSClient;
  queueUrl(name: string): string;
  invoke(fn: string, event: unknown): Promise<unknown>;
  /** Failed messages come again after so many seconds, whatever the queue or the shell says: time does not pass in tests. */
  retryAfter?: number;
}

const recordOf = (queue: string, message: Message) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: {},
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn(queue),
  awsRegion: region,
});

/** Begins to poll; the function that is returned stops it when the batches in work are done. */
export const startPoller = (
  mapping: Mapping,
  { sqs, queueUrl, invoke, retryAfter }: PollerOptions,
): (() => Promise<void>) => {
  const QueueUrl = queueUrl(mapping.queue);
  const inWork = new Set<Promise<void>>();
  const stopping = new AbortController();

  const failuresOf = async (messages: Message[]): Promise<Set<string | undefined>> => {
    try {
      const event = { Records: messages.map((message) => recordOf(mapping.queue, message)) };
      const answer = (await invoke(mapping.fn, event)) as { batchItemFailures?: { itemIdentifier: string }[] };
      return new Set(answer.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    } catch {
      return new Set(messages.map(({ MessageId }) => MessageId));
    }
  };

  const work = async (messages: Message[]): Promise<void> => {
    const failed = await failuresOf(messages);
    for (const { MessageId, ReceiptHandle } of messages) {
      const handle = { QueueUrl, ReceiptHandle };
      if (!failed.has(MessageId)) await sqs.send(new DeleteMessageCommand(handle));
      else if (retryAfter !== undefined)
        await sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: retryAfter }));
    }
  };

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      while (inWork.size >= mapping.concurrency) await Promise.race(inWork);
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: mapping.batchSize,
          WaitTimeSeconds: 5,
          MessageSystemAttributeNames: ['All'],
        }),
        { abortSignal: stopping.signal },
      );
      if (Messages.length === 0) continue;
      const batch = work(Messages).finally(() => inWork.delete(batch));
      inWork.add(batch);
    }
  };
  const polling = poll().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return async () => {
    stopping.abort();
    await Promise.allSettled([polling, ...inWork]);
  };
};
