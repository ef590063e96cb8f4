// Faults by chance, the same for the same seed: what busy services and bad networks do to whole jobs.
import type { Fault, FaultyLine } from './emulator-faults.ts';

type Request = Parameters<FaultyLine['fault']>[0];

/** Numbers from 0 to 1, the same for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const json = (status: number, body: object): Fault => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify(body),
});
const xml = (status: number, code: string): Fault => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
const dynamo = (status: number, name: string) => json(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}` });

/** What a fault is, and how many of 100 requests have it. */
type Chances = [percent: number, fault: (request: Request) => Fault][];

const byChance = (random: () => number, chances: Chances): FaultyLine['fault'] => {
  return (request) => {
    let at = random() * 100;
    for (const [percent, fault] of chances) {
      if (at < percent) return fault(request);
      at -= percent;
    }
    return 'pass';
  };
};

/** DynamoDB: throttled now and then, and for a while everything; errors, lost answers, batches that are left half done. */
export const busyTables = (random: () => number): FaultyLine['fault'] => {
  const throttled = dynamo(400, 'ProvisionedThroughputExceededException');
  let burst = 0;
  const now = byChance(random, [
    [2, () => throttled],
    [
      0.6,
      () => {
        burst = 40;
        return throttled;
      },
    ],
    [1, () => dynamo(500, 'InternalServerError')],
    [2, () => 'lose'],
    [
      3,
      ({ target, body }) => {
        if (!target.endsWith('BatchWriteItem')) return 'pass';
        return json(200, { UnprocessedItems: JSON.parse(body).RequestItems });
      },
    ],
  ]);
  return (request) => (burst-- > 0 ? throttled : now(request));
};

/** S3: errors of both kinds, bodies that break off, writes whose answers get lost. */
export const badStore = (random: () => number): FaultyLine['fault'] =>
  byChance(random, [
    [4, () => xml(503, 'SlowDown')],
    [3, () => xml(500, 'InternalError')],
    [6, ({ method }) => (method === 'GET' ? { cutAfter: Math.floor(random() * 3000) } : 'lose')],
  ]);

/** SQS: throttled, errors, messages that are sent although the sender hears nothing of it. */
export const busyQueues = (random: () => number): FaultyLine['fault'] =>
  byChance(random, [
    [6, () => json(400, { __type: 'com.amazonaws.sqs#RequestThrottled' })],
    [4, () => json(500, { __type: 'com.amazonaws.sqs#InternalFailure' })],
    [10, () => 'lose'],
  ]);
