// Counts what requests to AWS use, for whoever measures the present work: units as DynamoDB tells them, requests, bytes of objects.

import { countUsage, type Usage } from '../jobs/usage.ts';
import type { AwsClients } from './config.ts';

/** DynamoDB's commands that write; the units of all others are read units. */
const writes = /^(Put|Update|Delete|BatchWrite)/;
/** S3's commands that are priced as writes. */
const puts = /^(Put|Copy|Create|Complete|UploadPart|List)/;

interface Capacity {
  CapacityUnits?: number;
}

/** The part of the SDK's clients that is used here: the same for all of them. */
interface Stack {
  middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<{ output: object }>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<{ output: object }>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** Requests that were sent for one command, repetitions included. */
const attemptsOf = (answer: object | undefined): number =>
  (answer as { $metadata?: { attempts?: number } } | undefined)?.$metadata?.attempts ?? 1;

const unitsOf = (output: object): number => {
  const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: Capacity | Capacity[] };
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
};

const sizeIn = (name: 'ContentLength' | 'Body', values: object): number => {
  const value = (values as Record<string, unknown>)[name];
  if (typeof value === 'number') return value;
  return value instanceof Uint8Array ? value.length : 0;
};

type Count = (command: string, input: object, output: object) => Partial<Usage>;

/** What a command uses besides its requests. */
const counts: Record<keyof AwsClients, Count> = {
  dynamodb: (command, _, output) => ({ [writes.test(command) ? 'writeUnits' : 'readUnits']: unitsOf(output) }),
  s3: (command, input, output) => ({
    [puts.test(command) ? 'puts' : 'gets']: attemptsOf(output),
    bytesWritten: sizeIn('Body', input),
    ...(command.startsWith('GetObject') && { bytesRead: sizeIn('ContentLength', output) }),
  }),
  sqs: (_, __, output) => ({ messages: attemptsOf(output) }),
  ses: () => ({}),
  kms: () => ({}),
  eventbridge: () => ({}),
};

/** Has a client count. DynamoDB tells what it consumed only when it is asked to. */
export const meter = (service: keyof AwsClients, client: Stack): void => {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const command = commandName.replace(/Command$/, '');
        const asked = service === 'dynamodb' ? { ...args.input, ReturnConsumedCapacity: 'TOTAL' } : args.input;
        try {
          const answer = await next({ ...args, input: asked });
          countUsage({ requests: attemptsOf(answer.output), ...counts[service](command, asked, answer.output) });
          return answer;
        } catch (error) {
          // A refused condition is a write that is paid for; at least one unit, of how many the error does not tell.
          const refused = error instanceof Error && error.name === 'ConditionalCheckFailedException';
          if (error instanceof Error) countUsage({ requests: attemptsOf(error), ...(refused && { writeUnits: 1 }) });
          throw error;
        }
      },
    { step: 'initialize', name: 'meter' },
  );
};
