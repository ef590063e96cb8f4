// The shell around every queue: each message is parsed and handled by itself, and only what failed is delivered again.

import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import partialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { RetryLater } from '../jobs/errors.ts';
import type { Log, TimeLeft } from '../jobs/ports.ts';
import { describeError } from './describe-error.ts';
import { UnknownMessage } from './message.ts';

/** What AWS calls with a batch. */
export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Makes a message invisible for so many seconds from now. */
export type Defer = (record: Pick<SQSRecord, 'eventSourceARN' | 'receiptHandle'>, seconds: number) => Promise<void>;

export interface QueueShellOptions {
  log: Log;
  logger: Logger;
  /** Does the work of one body. Throws RetryLater, or anything: the message stays then. */
  work(body: string, timeLeft: TimeLeft, redelivered: boolean): Promise<void>;
  /** Without it every failed message waits for the queue's own visibility timeout. */
  defer?: Defer;
}

/**
 * Seconds until the next try of a message that failed unexpectedly: 10, 30, 90, 270. Far less than the visibility timeout, which
 * has to outlast six invocations and would make a short outage cost hours.
 */
const pauseAfter = (tries: number): number => 10 * 3 ** Math.min(3, Math.max(0, tries - 1));

/**
 * A message of another version comes from code that is being deployed, or was: its own worker may be here in a moment, or after a
 * rollback is rolled back. Patience for 25 minutes before it goes where people look.
 */
const unknownPause = 300;

const triesOf = (record: SQSRecord): number => Number(record.attributes.ApproximateReceiveCount);

/** The handler of a queue's function. */
export const queueShell = ({ log, logger, work, defer }: QueueShellOptions): QueueHandler => {
  const one = async (record: SQSRecord, timeLeft: TimeLeft): Promise<void> => {
    try {
      await work(record.body, timeLeft, triesOf(record) > 1);
    } catch (error) {
      const seconds =
        error instanceof RetryLater
          ? error.seconds
          : error instanceof UnknownMessage
            ? unknownPause
            : pauseAfter(triesOf(record));
      // When even this fails, the message waits for the visibility timeout: the first error is the one to tell.
      await defer?.(record, seconds).catch((second: unknown) =>
        log.warn('message.not_deferred', describeError(second)),
      );
      throw error;
    }
  };
  const onFailure = (reason: unknown, record: SQSRecord): void => {
    const fields = { message: record.messageId, tries: triesOf(record) };
    if (reason instanceof UnknownMessage) log.error('message.unknown', fields);
    else if (reason instanceof RetryLater) log.info('message.later', { ...fields, seconds: reason.seconds });
    else log.error('message.failed', { ...fields, ...describeError(reason) });
  };
  // The middleware turns what came of each message into the answer.
  const handler = middy<SQSEvent, PromiseSettledResult<void>[] | SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(partialBatchFailure({ logger: onFailure }))
    .handler(async (event, context) => {
      const timeLeft = () => context.getRemainingTimeInMillis();
      return Promise.allSettled(event.Records.map((record) => one(record, timeLeft)));
    });
  return async (event, context) => (await handler(event, context)) as SQSBatchResponse;
};
