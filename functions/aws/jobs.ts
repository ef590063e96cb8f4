// Jobs on DynamoDB: one item for each, every change one conditional write.
import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Job, JobId } from '../jobs/job.ts';
import type { Claim, Glance, Jobs, LedgerEntry } from '../jobs/ports.ts';
import { rankOf, rankPrefix } from '../jobs/rank.ts';
import type { Move } from '../jobs/states.ts';
import { getAll } from './batch.ts';
import { ifHeld, Update } from './expression.ts';
import { backoff } from './flow.ts';
import {
  applyPatch,
  countAttribute,
  countsOf,
  doneOf,
  fromItem,
  glanceAttributes,
  reachedAttribute,
  reasonAttribute,
  setDue,
  toItem,
  tokenAttribute,
  usageAttribute,
} from './job-item.ts';
import { byDue, byId, byRank, claimKey, jobKey, type Key, ttlAttribute } from './layout.ts';
import { asSet } from './words.ts';

/** How long an index may be behind, in seconds, and how often it is asked again for a job of that time. */
const indexLag = 5;
const lagTries = 4;

/** Claims that end between a refused write and the read after it. */
const claimTries = 5;

export const awsJobs = (dynamodb: DynamoDBDocumentClient, table: string): Jobs => {
  const read = async (key: Key) =>
    (await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  const readJob = async (id: JobId): Promise<Job | undefined> => {
    const item = await read(jobKey(id));
    return item && fromItem(item);
  };
  /** When the answer to an earlier try got lost, what stands in the way of a write may be that write itself. */
  const wasOurs = async (error: unknown, key: Key, token: string) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const item = (error.$metadata.attempts ?? 1) > 1 ? await read(key) : undefined;
    return item?.[tokenAttribute] === token ? item : undefined;
  };
  const change = async (id: JobId, update: Update): Promise<Job | undefined> => {
    const token = randomUUID();
    const input = { ...update.set(tokenAttribute, token).input(table, jobKey(id)), ReturnValues: 'ALL_NEW' } as const;
    try {
      const { Attributes } = await dynamodb.send(new UpdateCommand(input));
      return Attributes && fromItem(Attributes);
    } catch (error) {
      const item = await wasOurs(error, jobKey(id), token);
      return item && fromItem(item);
    }
  };

  return {
    async create(job) {
      const token = randomUUID();
      const Item = { ...toItem(job), [tokenAttribute]: token };
      try {
        await dynamodb.send(
          new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
        return true;
      } catch (error) {
        return (await wasOurs(error, jobKey(job.id), token)) !== undefined;
      }
    },

    async claim(claim) {
      const { client, key, ...rest } = claim;
      const where = claimKey(client, key);
      const item = { ...where, ...rest, [ttlAttribute]: Math.ceil(claim.expiresAt / 1000) };
      for (let attempt = 1; attempt <= claimTries; attempt++) {
        // Expired items stay for up to days, so the end is a condition too.
        const put = new PutCommand({
          TableName: table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt < :now',
          ExpressionAttributeValues: { ':now': Date.now() },
        });
        if (await ifHeld(dynamodb.send(put))) return claim;
        const held = await read(where);
        if (held) return heldClaim(claim, held);
      }
      throw new Error('a claim comes and goes');
    },

    read: readJob,

    move: (id, move) => change(id, moveUpdate(id, move)),

    async glance(id) {
      const names = Object.fromEntries(glanceAttributes.map((name, i) => [`#${i}`, name]));
      const { Item } = await dynamodb.send(
        new GetCommand({
          TableName: table,
          Key: jobKey(id),
          ProjectionExpression: Object.keys(names).join(','),
          ExpressionAttributeNames: names,
        }),
      );
      return (
        Item &&
        ({
          state: Item.state,
          ...(Item.stop && { stop: Item.stop }),
          counts: countsOf(Item),
          done: doneOf(Item.done),
        } as Glance)
      );
    },

    async account(id, entry) {
      const after = await change(id, accountUpdate(entry));
      if (after) return { accounted: true, job: after };
      const job = await readJob(id);
      if (!job) throw new Error(`no job ${id}`);
      return { accounted: false, job };
    },

    async deliver(id, channel, was, delivery) {
      const update = new Update();
      update.set(['deliveries', channel], delivery);
      update.when(`${update.path(['deliveries', channel])}.${update.path('attempts')}=${update.value(was)}`);
      return (await change(id, update)) !== undefined;
    },

    async list(client, { limit, after, before, only }) {
      const first = only === 'ended' ? rankPrefix.ended : rankPrefix.unfinished;
      const end = only === 'unfinished' ? rankPrefix.ended : '2';
      const start = after === undefined ? first : `${after}!`;
      const until = before !== undefined && before < end ? before : end;
      // Nothing lies between, and a range that ends before it begins is refused.
      if (until < start) return [];
      const answer = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName: byRank.index,
          // BETWEEN takes its ends in: no rank is as short as a prefix, and the first of a page was seen, so that it begins with
          // what comes right behind.
          KeyConditionExpression: '#client=:client AND #rank BETWEEN :first AND :end',
          ExpressionAttributeNames: { '#client': byRank.partition, '#rank': byRank.sort },
          ExpressionAttributeValues: {
            ':client': client,
            ':first': start,
            ':end': until,
          },
          Limit: limit,
        }),
      );
      const jobs = (await getAll(dynamodb, table, keysOf(answer.Items), false)).map(fromItem);
      return jobs.sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
    },

    async between(client, first, last) {
      const madeAt = Number.parseInt(last.slice(0, 8), 16);
      for (let attempt = 1; ; attempt++) {
        const answer = await dynamodb.send(
          new QueryCommand({
            TableName: table,
            IndexName: byId.index,
            KeyConditionExpression: '#client=:client AND #id BETWEEN :first AND :last',
            ExpressionAttributeNames: { '#client': byId.partition, '#id': byId.sort },
            ExpressionAttributeValues: { ':client': client, ':first': first, ':last': `${last}~` },
            Limit: 100,
          }),
        );
        const jobs = (await getAll(dynamodb, table, keysOf(answer.Items), true)).map(fromItem);
        // The index is a little behind: whoever just made a job may ask for it at once.
        const isNew = Math.abs(Date.now() / 1000 - madeAt) <= indexLag;
        if (jobs.length > 0 || !isNew || attempt > lagTries) return jobs.sort((a, b) => (a.id < b.id ? -1 : 1));
        await backoff(attempt);
      }
    },

    async due(now, limit) {
      const answer = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName: byDue.index,
          KeyConditionExpression: '#look=:look AND #due<=:now',
          ExpressionAttributeNames: { '#look': byDue.partition, '#due': byDue.sort },
          ExpressionAttributeValues: { ':look': byDue.value, ':now': now },
          Limit: limit,
        }),
      );
      // The index is a little behind: what it no longer is right about is left out.
      const jobs = (await getAll(dynamodb, table, keysOf(answer.Items), true)).map(fromItem);
      return jobs.filter(({ due }) => due !== undefined && due <= now).sort((a, b) => (a.due ?? 0) - (b.due ?? 0));
    },
  };
};

const keysOf = (items: readonly Record<string, unknown>[] = []): Key[] =>
  items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));

const heldClaim = (asked: Claim, held: Record<string, unknown>): Claim => ({
  client: asked.client,
  key: asked.key,
  fingerprint: String(held.fingerprint),
  job: String(held.job),
  expiresAt: Number(held.expiresAt),
});

/** The rule of `mayAccount` in jobs/ledger, written as a condition, and what `accounted` adds there. */
const accountUpdate = ({
  chunk,
  from,
  reached,
  counts,
  reasons = {},
  usage = {},
  marks = [],
  due,
}: LedgerEntry): Update => {
  const update = new Update();
  update.whenOneOf('state', ['running', 'paused']);
  update.when(`${update.path('chunks')}>${update.value(chunk)}`);
  const done = update.path('done');
  update.when(`attribute_not_exists(${done}) OR NOT contains(${done},${update.value(chunk)})`);
  const at = update.path(reachedAttribute(chunk));
  update.when(from === 0 ? `attribute_not_exists(${at})` : `${at}=${update.value(from)}`);
  if (reached !== undefined) update.set(reachedAttribute(chunk), reached);
  else {
    update.add('done', new Set([chunk]));
    if (from > 0) update.remove(reachedAttribute(chunk));
  }
  for (const [name, n] of Object.entries(counts)) if (n) update.add(countAttribute(name), n);
  for (const [reason, n] of Object.entries(reasons)) if (n) update.add(reasonAttribute(reason), n);
  for (const [name, n] of Object.entries(usage)) if (n) update.add(usageAttribute(name), n);
  if (marks.length > 0) update.add('marks', asSet(marks));
  setDue(update, due);
  return update;
};

/** The rule of `allows` in jobs/states, written as a condition. */
const moveUpdate = (id: JobId, move: Move): Update => {
  const update = new Update();
  update.whenOneOf('state', move.from);
  if (move.phases) update.whenOneOf('phase', move.phases);
  if (move.balanced) {
    const [done, chunks] = [update.path('done'), update.path('chunks')];
    // An empty set is kept as none.
    update.when(`size(${done})=${chunks} OR (attribute_not_exists(${done}) AND ${chunks}=${update.value(0)})`);
  }
  if (move.accounts !== undefined) {
    const done = update.path('done');
    update.when(move.accounts === 0 ? `attribute_not_exists(${done})` : `size(${done})=${update.value(move.accounts)}`);
  }
  whenIs(update, 'plan', move.plan);
  whenIs(update, 'stop', move.stop);
  if (move.awaiting !== undefined)
    update.when(`attribute_${move.awaiting ? 'exists' : 'not_exists'}(${update.path('ticket')})`);
  applyPatch(update, id, move.set);
  return update;
};

/** Null: the attribute must not be there. */
const whenIs = (update: Update, name: string, value: string | null | undefined): void => {
  if (value === null) update.when(`attribute_not_exists(${update.path(name)})`);
  else if (value !== undefined) update.when(`${update.path(name)}=${update.value(value)}`);
};
