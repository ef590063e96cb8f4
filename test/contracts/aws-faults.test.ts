// The ports on AWS keep their promises when answers get lost, services are busy and bodies break off.

import { randomBytes } from 'node:crypto';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClients } from '../../functions/aws/config.ts';
import { awsFiles } from '../../functions/aws/files.ts';
import { clientKey } from '../../functions/aws/layout.ts';
import { Refusal, RetryLater } from '../../functions/jobs/errors.ts';
import { FileGone, type Message } from '../../functions/jobs/ports.ts';
import { gather } from '../../functions/jobs/states.ts';
import type { Fault, FaultyLine } from '../helpers/emulator-faults.ts';
import { closeWorld, openWorld, overFaultyLine, type World } from '../helpers/emulator-world.ts';
import { collect } from './contract.ts';
import { aClient, aJob, anId, aProfile, create, now } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => closeWorld(world));

const over = async <T>(
  service: Parameters<typeof overFaultyLine>[1],
  test: (ports: World['ports'], line: FaultyLine) => Promise<T>,
): Promise<T> => {
  const { ports, line, close } = await overFaultyLine(world, service);
  try {
    return await test(ports, line);
  } finally {
    await close();
  }
};

/** The fault on the first `times` requests for a target, none on all others. */
const first = (times: number, target: RegExp, fault: Fault | ((body: string) => Fault)): FaultyLine['fault'] => {
  let left = times;
  return (request) => {
    if (!target.test(request.target) || left-- <= 0) return 'pass';
    return typeof fault === 'function' ? fault(request.body) : fault;
  };
};

const json = (status: number, body: object): Fault => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify(body),
});
const throttled = json(400, { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' });

describe('a lost answer', () => {
  it('does not make a writer believe that someone else wrote', () =>
    over('dynamodb', async (ports, line) => {
      const job = aJob({
        state: 'running',
        phase: 'processing',
        chunks: 1,
        done: [0],
        deliveries: { mail: { state: 'due', attempts: 0 } },
      });
      line.fault = first(1, /PutItem/, 'lose');
      expect(await ports.jobs.create(job)).toBe(true);
      line.fault = first(1, /UpdateItem/, 'lose');
      expect((await ports.jobs.move(job.id, gather(job, now, now)))?.phase).toBe('finishing');
      line.fault = first(1, /UpdateItem/, 'lose');
      expect(await ports.jobs.deliver(job.id, 'mail', 0, { state: 'sending', attempts: 1 })).toBe(true);
      expect(await ports.jobs.move(job.id, gather(job, now, now))).toBeUndefined();
      expect(await ports.jobs.create(job)).toBe(false);
    }));

  it('does not count a chunk twice', () =>
    over('dynamodb', async (ports, line) => {
      const job = aJob({ state: 'running', phase: 'processing', chunks: 2 });
      await ports.jobs.create(job);
      line.fault = first(1, /UpdateItem/, 'lose');
      const { job: after } = await ports.jobs.account(job.id, { chunk: 0, from: 0, counts: { created: 7 }, due: now });
      expect(after).toMatchObject({ done: [0], counts: { created: 7 } });
    }));

  it('to the last request of a large file does not lose it', () =>
    over('s3', async (ports, line) => {
      const key = `jobs/${anId()}/large`;
      const body = randomBytes(9 * 1024 * 1024);
      line.fault = first(1, /POST/, 'lose');
      // The upload that is begun twice is the first one asked for; the one that is completed is asked for last.
      let posts = 0;
      line.fault = ({ method, url }) =>
        method === 'POST' && url.includes('uploadId') && posts++ === 0 ? 'lose' : 'pass';
      expect(await ports.files.put(key, body)).toMatchObject({ size: body.length });
      expect(posts).toBe(2);
      expect(Buffer.concat(await collect(ports.files.get(key))).equals(body)).toBe(true);
    }));
});

describe('a busy table', () => {
  const people = (client: string, list: string) =>
    Array.from({ length: 120 }, (_, i) => aProfile(client, `p${i}@example.com`, { lists: { [list]: now } }));

  it('gets what it left undone again, until it is done', () =>
    over('dynamodb', async (ports, line) => {
      const [client, list] = [aClient(), anId()];
      const all = people(client, list);
      const leave = first(9, /Batch/, (body) => {
        const { RequestItems } = JSON.parse(body);
        return json(200, { Responses: {}, UnprocessedItems: RequestItems, UnprocessedKeys: RequestItems });
      });
      line.fault = (request) => (request.target.endsWith('BatchWriteItem') ? leave(request) : 'pass');
      expect(await ports.profiles.apply(client, all.map(create))).toEqual([]);
      line.fault = first(3, /BatchGetItem/, (body) =>
        json(200, { Responses: {}, UnprocessedKeys: JSON.parse(body).RequestItems }),
      );
      expect((await collect(ports.profiles.members(client, list, 0, 256))).flat()).toHaveLength(120);
    }));

  it('that stays busy has the work done later', () =>
    over('dynamodb', async (ports, line) => {
      const client = aClient();
      line.fault = ({ body }) => json(200, { Responses: {}, UnprocessedKeys: JSON.parse(body).RequestItems });
      await expect(ports.profiles.read(client, [aProfile(client, 'a@example.com').sid])).rejects.toBeInstanceOf(
        RetryLater,
      );
      line.fault = () => throttled;
      await expect(ports.profiles.apply(client, [create(aProfile(client, 'a@example.com'))])).rejects.toBeInstanceOf(
        RetryLater,
      );
    }));
});

describe('a body that breaks off', () => {
  it('is read on from where it broke', () =>
    over('s3', async (ports, line) => {
      const key = `jobs/${anId()}/broken`;
      const body = randomBytes(1_000_000);
      const { etag } = await ports.files.put(key, body);
      line.fault = first(3, /GET/, { cutAfter: 100_000 });
      const read = Buffer.concat(await collect(ports.files.get(key, { start: 10, end: 999_990, etag })));
      expect(read.equals(body.subarray(10, 999_990))).toBe(true);
      expect(line.seen.filter((method) => method === 'GET')).toHaveLength(4);
    }));

  it('is not read on from another object, and not for ever', () =>
    over('s3', async (ports, line) => {
      const key = `jobs/${anId()}/broken`;
      await ports.files.put(key, randomBytes(1_000_000));
      line.fault = first(1, /GET/, { cutAfter: 100_000 });
      const reading = async () => {
        let size = 0;
        for await (const bytes of ports.files.get(key)) {
          if (size === 0) await world.ports.files.put(key, randomBytes(1_000_000));
          size += bytes.length;
        }
      };
      await expect(reading()).rejects.toBeInstanceOf(FileGone);
      line.fault = () => ({ cutAfter: 0 });
      await expect(collect(ports.files.get(key))).rejects.toThrow();
      expect(line.seen.length).toBeLessThan(60);
    }));
});

describe('a queue that takes some messages only', () => {
  const messages = Array.from({ length: 12 }, (_, chunk): Message => ({ v: 1, kind: 'chunk', job: anId(), chunk }));
  const failing = (fault: boolean) => (body: string) => {
    const ids = JSON.parse(body).Entries.map(({ Id }: { Id: string }) => Id);
    const Failed = ids.map((Id: string) => ({ Id, SenderFault: fault, Code: 'InternalError', Message: 'later' }));
    return json(200, { Successful: [], Failed });
  };

  it('gets the others again', () =>
    over('sqs', async (ports, line) => {
      line.fault = first(2, /SendMessageBatch/, failing(false));
      await ports.work.send('lane-import', messages, { group: 'client-1' });
      const got: Message[] = [];
      const QueueUrl = world.config.queues['lane-import'];
      for (let count = -1; count !== got.length; ) {
        count = got.length;
        const { Messages = [] } = await world.sdk.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) break;
        got.push(...Messages.map(({ Body }): Message => JSON.parse(String(Body))));
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
        await world.sdk.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
      expect(got.map((message) => JSON.stringify(message)).sort()).toEqual(
        messages.map((message) => JSON.stringify(message)).sort(),
      );
    }));

  it('and never the others, makes the sender throw', () =>
    over('sqs', async (ports, line) => {
      line.fault = first(1000, /SendMessageBatch/, failing(false));
      await expect(ports.work.send('plan', messages, { group: 'client-1' })).rejects.toThrow();
      const tried = line.seen.length;
      line.fault = first(1000, /SendMessageBatch/, failing(true));
      await expect(ports.work.send('plan', messages.slice(0, 1), { group: 'client-1' })).rejects.toThrow();
      expect(line.seen.length).toBe(tried + 1);
    }));
});

describe('secrets', () => {
  const put = async () => {
    const client = { id: aClient(), apiKey: randomBytes(16).toString('hex'), secret: randomBytes(16).toString('hex') };
    await world.ports.clients.put(client);
    return client;
  };

  it('of one client do not open for another, whoever moves the ciphertext', async () => {
    const [mine, other] = [await put(), await put()];
    const { dynamodb } = world.sdk;
    const TableName = world.config.tables.clients;
    const { Item: stolen } = await dynamodb.send(new GetCommand({ TableName, Key: clientKey(mine.id) }));
    const { Item: place } = await dynamodb.send(new GetCommand({ TableName, Key: clientKey(other.id) }));
    await dynamodb.send(new PutCommand({ TableName, Item: { ...place, secret: stolen?.secret } }));
    await expect(world.ports.clients.byId(other.id)).rejects.toThrow();
  });

  it('are decrypted once, not for every call', () =>
    over('kms', async (ports, line) => {
      const client = await put();
      for (let i = 0; i < 5; i++) expect((await ports.clients.byKey(client.apiKey))?.secret).toBe(client.secret);
      expect(line.seen).toEqual(['TrentService.Decrypt']);
    }));
});

describe('mail', () => {
  const mail = { id: '1', to: 'someone@example.com', subject: 's', text: 't', html: 'h' };

  it('that SES has no room for is sent later', async () => {
    world.emulators.ses.refuse = 'Throttling';
    await expect(world.ports.mail.send(mail)).rejects.toBeInstanceOf(RetryLater);
  });

  it('that SES refuses gives an error without the address', async () => {
    world.emulators.ses.refuse = 'MessageRejected';
    const error = await world.ports.mail.send(mail).catch((thrown: unknown) => thrown);
    world.emulators.ses.refuse = undefined;
    expect(String(error)).toContain('MessageRejected');
    expect(String(error)).not.toContain('example.com');
  });
});

describe('a file that was given up', () => {
  it('leaves no parts behind', async () => {
    const body = async function* () {
      for (let i = 0; i < 40; i++) yield randomBytes(1024 * 1024);
    };
    const key = `exports/${anId()}`;
    await expect(world.ports.files.put(key, body(), { maxBytes: 30 * 1024 * 1024 })).rejects.toBeInstanceOf(Refusal);
    // A bucket with parts in it cannot be deleted.
    await world.sdk.s3.send(new DeleteBucketCommand({ Bucket: world.config.buckets.exports }));
  });
});

describe('a clock of S3 that seems to be another', () => {
  it('does not move the end of an upload ticket', async () => {
    const sdk = awsClients(world.config);
    const expiresAt = Date.parse('2100-01-01T00:00:00.500Z');
    for (const offset of [-100_000, -1200, 0, 1200]) {
      sdk.s3.config.systemClockOffset = offset;
      const { fields } = await awsFiles(sdk.s3, world.config.buckets).ticket('uploads/a', { size: 1, expiresAt });
      const policy = JSON.parse(Buffer.from(String(fields.Policy), 'base64').toString());
      expect(policy.expiration).toBe('2100-01-01T00:00:00Z');
    }
    for (const client of Object.values(sdk)) client.destroy();
  });
});
