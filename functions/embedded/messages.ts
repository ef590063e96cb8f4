// The queues in SQLite: messages that come at least once, in turn between clients, again when nobody finished them.
import type { DatabaseSync } from 'node:sqlite';
import type { Message, QueueName, Work } from '../jobs/ports.ts';
import { findType } from '../jobs/registry.ts';
import { transaction } from './sqlite.ts';

/** A message that was handed out. */
export interface Received {
  id: number;
  queue: QueueName;
  message: Message;
  /** The client that it is for. */
  group: string;
  /** How often it was handed out, this time included. */
  receives: number;
  /** Its tries are used up: to be buried, not handled. */
  dead: boolean;
}

/** Which queues to look into: `report`, or `work` for all others. */
type QueueFilter = 'work' | 'report';

/** The receiving side: for the one thread that hands out messages. */
export interface Messages {
  /** The next visible message, or undefined; the client that was served longest ago comes first. */
  receive(filter: QueueFilter): Received | undefined;
  /** Up to `max` messages. */
  receive(filter: QueueFilter, max: number): Received[];
  /** The message is finished. */
  done(id: number): void;
  /** The message comes again after so many seconds. */
  again(id: number, delaySeconds: number): void;
  /** When the next message may be received, in milliseconds since the epoch; undefined when there is none. */
  nextVisibleAt(): number | undefined;
  /** At start, while no other process uses the home: whatever was handed out before is visible at once, its try not counted. */
  reviveInFlight(): void;
}

/** Handing a message out so often is enough; one more time it comes as dead. */
const tries = 4;
/** A message that nobody finished comes again after so long: well over the longest step. */
const visibility = 30 * 60_000;
const longestDelay = 900;

export const embeddedMessages = (db: DatabaseSync, now: () => number): { work: Work; messages: Messages } => {
  const insert = db.prepare(`INSERT INTO messages (queue, body, grp, visible_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (queue, body) WHERE in_flight = 0 DO UPDATE SET visible_at = min(visible_at, excluded.visible_at)`);
  const groups = db.prepare(`SELECT DISTINCT grp FROM messages WHERE visible_at <= ? AND (queue = 'report') = ?`);
  const next = db.prepare(`SELECT * FROM messages WHERE grp = ? AND visible_at <= ? AND (queue = 'report') = ?
    ORDER BY visible_at, id LIMIT 1`);
  const take = db.prepare('UPDATE messages SET in_flight = 1, receives = receives + 1, visible_at = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  const soonest = db.prepare('SELECT min(visible_at) at FROM messages');
  // A message that goes back to waiting while its like waits already becomes one with it, its tries counted.
  const countTwin = db.prepare(`UPDATE messages SET receives = max(messages.receives, m.receives)
    FROM (SELECT id, queue, body, receives FROM messages WHERE id = ?) m
    WHERE messages.queue = m.queue AND messages.body = m.body AND messages.in_flight = 0 AND messages.id <> m.id`);
  const release = db.prepare('UPDATE messages SET in_flight = 0, visible_at = ? WHERE id = ?');
  const inFlight = db.prepare('SELECT id FROM messages WHERE in_flight = 1');
  // That the process was killed is no fault of the message: the try does not count.
  const forgive = db.prepare('UPDATE messages SET receives = max(0, receives - 1) WHERE in_flight = 1');
  /** When each client was served last, as a serial number; a client that was never served has none. */
  const served = new Map<string, number>();
  let serial = 0;

  const putBack = (id: number, visibleAt: number): void => {
    if (countTwin.run(id).changes > 0) remove.run(id);
    else release.run(visibleAt, id);
  };

  const pick = (filter: QueueFilter, at: number): Received | undefined => {
    const isReport = filter === 'report' ? 1 : 0;
    const waiting = groups.all(at, isReport).map((row) => String(row.grp));
    const [group] = waiting.sort((a, b) => (served.get(a) ?? 0) - (served.get(b) ?? 0));
    const row = group === undefined ? undefined : next.get(group, at, isReport);
    if (!row || group === undefined) return undefined;
    const id = Number(row.id);
    take.run(at + visibility, id);
    served.delete(group);
    served.set(group, ++serial);
    const receives = Number(row.receives) + 1;
    const message = JSON.parse(String(row.body)) as Message;
    return { id, queue: String(row.queue) as QueueName, message, group, receives, dead: receives > tries };
  };

  function receive(filter: QueueFilter): Received | undefined;
  function receive(filter: QueueFilter, max: number): Received[];
  function receive(filter: QueueFilter, max?: number): Received | undefined | Received[] {
    const at = now();
    const soon = soonest.get()?.at;
    // Looking for work that is not there takes no lock.
    const some = typeof soon === 'number' && soon <= at;
    const received = some ? transaction(db, () => takeUpTo(filter, max ?? 1, at)) : [];
    return max === undefined ? received[0] : received;
  }

  const takeUpTo = (filter: QueueFilter, max: number, at: number): Received[] => {
    const taken: Received[] = [];
    while (taken.length < max) {
      const received = pick(filter, at);
      if (!received) break;
      taken.push(received);
    }
    // Clients that were served long ago count as never served.
    if (served.size > 10_000) for (const group of [...served.keys()].slice(0, 5000)) served.delete(group);
    return taken;
  };

  return {
    work: {
      async send(queue, messages, { group, delaySeconds = 0 }) {
        if (!isQueue(queue)) throw new Error('there is no such queue');
        if (!(delaySeconds >= 0 && delaySeconds <= longestDelay)) throw new Error('a delay is 0 to 900 seconds');
        if (messages.length === 0) return;
        const visibleAt = now() + Math.ceil(delaySeconds * 1000);
        transaction(db, () => {
          for (const message of messages) insert.run(queue, JSON.stringify(message), group, visibleAt);
        });
      },
    },
    messages: {
      receive,
      done(id) {
        remove.run(id);
      },
      again(id, delaySeconds) {
        transaction(db, () => putBack(id, now() + Math.ceil(delaySeconds * 1000)));
      },
      nextVisibleAt() {
        const at = soonest.get()?.at;
        return typeof at === 'number' ? at : undefined;
      },
      reviveInFlight() {
        transaction(db, () => {
          forgive.run();
          for (const row of inFlight.all()) putBack(Number(row.id), now());
        });
      },
    },
  };
};

const isQueue = (queue: QueueName): boolean =>
  queue === 'plan' ||
  queue === 'report' ||
  (queue.startsWith('lane-') && findType(queue.slice(5))?.name === queue.slice(5));
