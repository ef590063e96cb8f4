// Sends that are due are told to whoever sends them: at least once, always under the same id, and never after they were taken back.
import { findTemplate } from '../campaigns/template.ts';
import type { ClientId, Millis } from '../job.ts';
import type { DomainEvent, Ports, StoredRecord } from '../ports.ts';
import { peopleAt, refusalOf } from './consent.ts';
import { type Send, sendKey, sendWrite } from './send.ts';
import { dropIndexes, duePart, dueShards, readIndexSort, systemClient, timeKey, writeSends } from './send-index.ts';

type Stores = Pick<Ports, 'records' | 'events' | 'clock'>;

/** Whoever has claimed a send has this long to tell it before another does. */
const claimLasts: Millis = 120_000;
/** An index record is written before its send: one without a send is only forgotten after this. */
const strayAfter: Millis = 3_600_000;

/** Tells sends that are `due`, and notes that they are out. May be done twice. */
export const release = async (ports: Stores, client: ClientId, sends: readonly Send[]): Promise<void> => {
  if (sends.length === 0) return;
  await ports.events.publish(sends.map((send) => eventOf(client, send)));
  const outAt = ports.clock.now();
  // Nothing else can become of a due send: whoever tells it a second time writes the same.
  await writeSends(
    ports,
    client,
    sends.map((send) => sendWrite({ ...send, state: 'out', outAt })),
  );
  await dropIndexes(ports, client, sends);
};

/** No address and no text: the sender asks for the send by its id. */
const eventOf = (client: ClientId, { id, templateId, dueAt }: Send): DomainEvent => ({
  id: `send.due ${id}`,
  kind: 'send.due',
  client,
  at: dueAt,
  detail: { send: id, template: templateId },
});

/** Tells all sends whose time has come, of all clients; how many. What fails is tried at the next look. */
export const sweepSends = async (ports: Ports): Promise<number> => {
  let told = 0;
  for (let shard = 0; shard < dueShards; shard++) {
    const to = timeKey(ports.clock.now() + 1);
    for await (const page of ports.records.range(systemClient, 'sends', duePart(shard), { to }))
      for (const [client, entries] of byClient(page)) told += await guarded(ports, client, entries);
  }
  return told;
};

type Entry = Pick<Send, 'id' | 'dueAt'>;

const byClient = (page: readonly StoredRecord[]): Map<ClientId, Entry[]> => {
  const clients = new Map<ClientId, Entry[]>();
  for (const { sort } of page) {
    const { client, ...entry } = readIndexSort(sort);
    const entries = clients.get(client) ?? [];
    clients.set(client, entries);
    entries.push(entry);
  }
  return clients;
};

/** The sends of one client that cannot be told must not keep the sweeper from the others. */
const guarded = async (ports: Ports, client: ClientId, entries: readonly Entry[]): Promise<number> => {
  try {
    return await sweepEntries(ports, client, entries);
  } catch (error) {
    ports.log.error('sends.sweep_failed', { client, error: error instanceof Error ? error.name : 'unknown' });
    return 0;
  }
};

const sweepEntries = async (ports: Ports, client: ClientId, entries: readonly Entry[]): Promise<number> => {
  let told = 0;
  const { batch } = ports.records;
  for (let at = 0; at < entries.length; at += batch) {
    const some = entries.slice(at, at + batch);
    const found = await ports.records.read(
      client,
      'sends',
      some.map(({ id }) => sendKey(id)),
      { fresh: true },
    );
    const sends = new Map(found.map((record) => [record.sort, record]));
    await dropIndexes(
      ports,
      client,
      some.filter((entry) => isStale(entry, sends.get(entry.id), ports.clock.now())),
    );
    const due = await claim(ports, client, found);
    await release(ports, client, due);
    told += due.length;
  }
  return told;
};

/** Nobody waits for it: it is over, or its send never came to be or was taken back. */
const isStale = (entry: Entry, record: StoredRecord | undefined, now: Millis): boolean => {
  if (!record) return now - entry.dueAt > strayAfter;
  const { state } = record.value as Send;
  return state === 'out' || state === 'refused';
};

/** Those of the sends that are this caller's to tell. Whoever does not want theirs any more is spared it. */
const claim = async (ports: Ports, client: ClientId, found: readonly StoredRecord[]): Promise<Send[]> => {
  const now = ports.clock.now();
  const open = found.filter(({ value }) => isOpen(value as Send, now));
  if (open.length === 0) return [];
  const people = await peopleAt(
    ports,
    client,
    open.map(({ value }) => (value as Send).email),
  );
  const basics = await basicTemplates(ports, client, open);
  const wanted = open.map(({ version, value }) => {
    const send = value as Send;
    const asked = { template: send.template, basic: basics.has(send.template) };
    // A due one was promised to be told when it was accepted, or was asked about when it was claimed.
    const refused = send.state === 'scheduled' ? refusalOf(people.get(send.email), asked) : undefined;
    const after: Send = refused ? { ...send, state: 'refused', refused } : { ...send, state: 'due', claimedAt: now };
    return { write: { ...sendWrite(after), was: version }, after };
  });
  const conflicts = await ports.records.write(
    client,
    'sends',
    wanted.map(({ write }) => write),
  );
  const lost = new Set(conflicts.map(({ sort }) => sort));
  const mine = wanted.filter(({ after }) => !lost.has(after.id)).map(({ after }) => after);
  const spared = mine.filter(({ state }) => state === 'refused');
  await dropIndexes(ports, client, spared);
  for (const { id, refused = '' } of spared) ports.log.info('send.refused', { client, send: id, reason: refused });
  return mine.filter(({ state }) => state === 'due');
};

const isOpen = ({ state, dueAt, claimedAt, createdAt }: Send, now: Millis): boolean => {
  if (state === 'scheduled') return dueAt <= now;
  return state === 'due' && now - (claimedAt ?? createdAt) > claimLasts;
};

const basicTemplates = async (ports: Ports, client: ClientId, found: readonly StoredRecord[]): Promise<Set<string>> => {
  const names = new Set(found.map(({ value }) => (value as Send).template));
  const templates = await Promise.all([...names].map((name) => findTemplate(ports, client, name)));
  return new Set(templates.flatMap((template) => (template?.basic ? [template.name] : [])));
};
