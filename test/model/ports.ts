// The ports as one actor sees them: every call is two steps of the scheduler, and everything that must hold at once is checked.
import type { JobId } from '../../functions/jobs/job.ts';
import type { Files, Jobs, Lists, Log, Ports, Profiles, Records } from '../../functions/jobs/ports.ts';
import { PullFailed } from '../../functions/jobs/ports.ts';
import type { ProfileChange, Sid } from '../../functions/jobs/profile.ts';
import { sidOfChange } from '../../functions/jobs/profile.ts';
import { jobOfChange } from './profile-store.ts';
import type { Stage } from './stage.ts';
import { type Actor, Disturbance } from './world.ts';

export const portsOf = (stage: Stage, actor: Actor): Ports => {
  const { world } = stage;
  const { window, chunkRows, inlineRows } = world.settings;
  const call = <T>(name: string, effect: () => T): Promise<T> => world.call(actor, name, effect);
  return {
    clock: { now: () => world.now },
    tuning: { chunkRows, chunkBytes: 1_000_000, inlineRows, window, lookEvery: 0, memoryGb: 0 },
    jobs: jobsOf(stage, actor),
    profiles: profilesOf(stage, actor),
    lists: listsOf(stage, actor),
    files: filesOf(stage, actor),
    work: {
      send: (queue, messages, { delaySeconds = 0 }) =>
        call(`send ${messages.map((message) => ('chunk' in message ? message.chunk : message.kind)).join(' ')}`, () =>
          stage.queues.send(queue, messages, delaySeconds),
        ),
    },
    events: {
      publish: (events) =>
        call('publish', () => {
          if (world.fault('reportFails')) throw new Disturbance('the bus is away');
          stage.events.push(...events);
        }),
    },
    mail: {
      send: ({ id }) =>
        call('mail', () => {
          if (world.fault('reportFails')) throw new Disturbance('the relay is away');
          took(stage, actor, 'mail', id);
        }),
    },
    hooks: {
      post: (_url, _body, headers) =>
        call('post', () => {
          if (world.fault('reportFails')) {
            const status = world.random.pick([0, 404, 429, 503]);
            if (status === 0) throw new Disturbance('the receiver is away');
            return status;
          }
          took(stage, actor, 'postback', headers['webhook-id'] ?? '');
          return 200;
        }),
      get: async () => 200,
    },
    pulls: {
      async *open(url) {
        yield await call('pull', () => {
          if (world.fault('pullFails')) throw new PullFailed('away', world.random.pick(['again', 'again', 'refused']));
          return stage.files.get(`pulled ${url}`, {});
        });
      },
      check: () => {},
    },
    clients: {
      byKey: async () => undefined,
      byOrganization: async () => undefined,
      byUsername: async () => undefined,
      all: async () => [],
      byId: (id) => call('client', () => stage.clients.get(id)),
      put: async () => {},
    },
    records: noRecords,
    rates: { hit: async () => 1, seen: async () => 0 },
    log: logOf(stage),
    dialects: { console: { postback: (job) => ({ body: `job=${job.id}`, contentType: 'text/plain' }) } },
  };
};

/** The jobs of the model touch none. */
const noRecords: Records = { batch: 1, read: async () => [], write: async () => [], async *range() {} };

const jobsOf = ({ jobs, world }: Stage, actor: Actor): Jobs => {
  const call = <T>(name: string, id: JobId, effect: () => T): Promise<T> =>
    world.call(actor, `${name} ${world.nameOf(id)}`, effect);
  return {
    create: (job) => call('create', job.id, () => jobs.create(job)),
    claim: (claim) => call('claim', claim.job, () => jobs.claim(claim)),
    read: (id) => call('read', id, () => jobs.jobs.get(id)),
    move: (id, move) => call(`move ${move.name}`, id, () => jobs.move(id, move)),
    glance: async (id) => {
      const glance = await call('glance', id, () => jobs.glance(id));
      if (glance) actor.glance = glance;
      return glance;
    },
    account: (id, entry) => call(`account ${entry.chunk} from ${entry.from}`, id, () => jobs.account(id, entry)),
    deliver: (id, channel, was, delivery) =>
      call(`deliver ${channel} ${delivery.state}`, id, () => jobs.deliver(id, channel, was, delivery)),
    list: async () => [],
    between: async () => [],
    due: (now, limit) => world.call(actor, 'due', () => jobs.due(now, limit)),
  };
};

const profilesOf = (stage: Stage, actor: Actor): Profiles => {
  const { profiles, world, jobs } = stage;
  const { batch, parallel, wholeBatches } = world.settings;
  const job = actor.message?.job ?? '';
  const check = (change: ProfileChange): void => {
    if (jobs.jobs.get(jobOfChange(change))?.mode === 'plan') world.violate('a plan writes profiles');
  };
  const write = (client: string, changes: readonly ProfileChange[]): Sid[] =>
    changes.filter((change) => !profiles.write(client, change)).map(sidOfChange);
  return {
    batch,
    parallel,
    read: (client, sids, { fresh = false } = {}) => {
      // Between two batches a worker looks at its job; the first reading of a batch is the one that may be behind.
      if (!fresh) beginBatch(stage, actor, job);
      return world.call(actor, `profiles ${sids.length}${fresh ? ' fresh' : ''}`, () => {
        const found = profiles.read(client, sids, fresh);
        if (fresh && (jobs.jobs.get(job)?.stop || isTelling(actor))) rememberTold(stage, job, sids);
        return found;
      });
    },
    apply: async (client, changes) => {
      if (wholeBatches)
        return world.call(actor, `apply ${changes.length}`, () => {
          for (const change of changes) check(change);
          if (changes.some((change) => profiles.poisoned.has(sidOfChange(change))))
            throw new Disturbance('a profile cannot be written');
          for (const change of changes) profiles.addMembers(client, change);
          return write(client, changes);
        });
      await world.call(actor, 'members', () => {
        for (const change of changes) profiles.addMembers(client, change);
      });
      const results = await Promise.allSettled(
        changes.map((change) =>
          world.call(actor, `${change.kind} profile`, () => {
            check(change);
            return write(client, [change]);
          }),
        ),
      );
      // As on DynamoDB: what was begun is waited for, then the first failure is thrown.
      return results.flatMap((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    },
    async *scan() {},
    async *members(client, list, from, to) {
      let after = '';
      for (;;) {
        const page = await world.call(actor, 'members', () => {
          const sids = profiles.membersAfter(client, list, from, to, after, 2);
          return { sids, found: profiles.read(client, sids, false) };
        });
        const last = page.sids.at(-1);
        if (last === undefined) return;
        after = last;
        const members = page.found.filter(({ lists }) => Object.hasOwn(lists, list));
        if (members.length > 0) yield members;
      }
    },
  };
};

/** A worker on a chunk that could not be done only says what was done. */
const isTelling = ({ message }: Actor): boolean => message?.kind === 'chunk' && message.tell === true;

/** From the first time on: whoever was told may be the one whose account counts. */
const rememberTold = ({ told, world }: Stage, job: JobId, sids: readonly Sid[]): void => {
  for (const sid of sids) if (!told.has(`${job} ${sid}`)) told.set(`${job} ${sid}`, world.steps);
};

/** A batch may begin only on a look that said: running, and not being stopped. */
const beginBatch = ({ world }: Stage, actor: Actor, job: JobId): void => {
  const { glance } = actor;
  if (glance?.state !== 'running' || glance.stop)
    world.violate(`${world.nameOf(job)}: a batch begins on ${JSON.stringify(glance ?? 'no look')}`);
  delete actor.glance;
};

const listsOf = (stage: Stage, actor: Actor): Lists => {
  const { world } = stage;
  const write = (name: string, effect: () => unknown) =>
    world.call(actor, name, () => {
      const job = stage.jobs.jobs.get(actor.message?.job ?? '');
      if (job?.mode === 'plan') world.violate(`a plan writes lists (${name})`);
      return effect();
    });
  return {
    find: (client, name) => world.call(actor, 'find list', () => stage.lists.get(`${client} ${name}`)),
    ensure: async (client, name) => {
      await write('ensure list', () => stage.ensureList(client, name));
      return stage.ensureList(client, name);
    },
    all: (client) =>
      world.call(actor, 'all lists', () =>
        [...stage.lists].filter(([key]) => key.startsWith(`${client} `)).map(([, list]) => list),
      ),
    describe: (client, name) =>
      write('describe list', () => stage.ensureList(client, name)).then(() => stage.ensureList(client, name)),
    erase: async () => 0,
    learn: async (client, name, news) => {
      await write('learn', () => stage.learn(client, name, news));
    },
  };
};

const filesOf = ({ files, world }: Stage, actor: Actor): Files => {
  const call = <T>(name: string, key: string, effect: () => T): Promise<T> =>
    world.call(actor, world.trace ? `${name} ${shortKey(key)}` : name, effect);
  return {
    put: async (key, body) => {
      const bytes = await gather(body);
      return call('put', key, () => files.put(key, bytes));
    },
    async *get(key, options = {}) {
      const bytes = await call('get', key, () => files.get(key, options));
      const middle = world.random.whole(0, bytes.length);
      if (middle > 0) yield bytes.subarray(0, middle);
      if (middle < bytes.length) yield bytes.subarray(middle);
    },
    head: (key) =>
      call('head', key, () => {
        const file = files.objects.get(key);
        return file && { size: file.size, etag: file.etag };
      }),
    join: (key, parts) => call('join', key, () => files.join(key, parts)),
    link: async (key) => `memory:${key}`,
    putLink: async () => '',
    ticket: async () => ({ url: 'memory:', fields: {} }),
    list: (prefix) => call('list', prefix, () => files.list(prefix)),
    remove: (keys) =>
      call('remove', `${keys.length} files`, () => {
        for (const key of keys) files.objects.delete(key);
      }),
  };
};

const shortKey = (key: string): string => key.replaceAll(/[0-9a-f]{12,}/g, '*');

/** A copy: whoever gave the bytes may write over them. */
const gather = async (body: AsyncIterable<Uint8Array> | Uint8Array | string): Promise<Buffer> => {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
};

const took = ({ taken, jobs }: Stage, actor: Actor, channel: 'mail' | 'postback', id: string): void => {
  const job = [...jobs.jobs.keys()].find((known) => id.includes(known)) ?? '';
  taken.push({ job, channel, id, actor });
};

const logOf = ({ world }: Stage): Log => ({
  info: () => {},
  warn: (code) => world.seen.add(`log ${code}`),
  error: (code, fields) => {
    world.seen.add(`log ${code}`);
    if (code === 'ledger.unbalanced') world.violate(`the ledger does not balance: ${JSON.stringify(fields)}`);
  },
});
