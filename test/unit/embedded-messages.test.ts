// What the queue of one machine promises to the thread that hands out messages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedMessages, type Received } from '../../functions/embedded/messages.ts';
import { queuePlan } from '../../functions/embedded/schema.ts';
import { openDatabase } from '../../functions/embedded/sqlite.ts';
import type { Message } from '../../functions/jobs/ports.ts';

const chunk = (job: string, number: number): Message => ({ v: 1, kind: 'chunk', job, chunk: number });
const minute = 60_000;

describe('messages', () => {
  let home: string;
  let db: ReturnType<typeof openDatabase>;
  let clock: number;
  let queue: ReturnType<typeof embeddedMessages>;
  const open = () => {
    db = openDatabase(join(home, 'queue.db'), queuePlan);
    queue = embeddedMessages(db, () => clock);
  };
  const take = (): Received => {
    const received = queue.messages.receive('work');
    if (!received) throw new Error('no message');
    return received;
  };

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stevedore-unit-'));
    clock = 1_000_000;
    open();
  });
  afterEach(() => {
    db.close();
    rmSync(home, { recursive: true });
  });

  it('serve the client that was served longest ago first', async () => {
    await queue.work.send(
      'lane-import',
      Array.from({ length: 6 }, (_, i) => chunk('big', i)),
      { group: 'a' },
    );
    await queue.work.send('lane-import', [chunk('small', 0), chunk('small', 1)], { group: 'b' });
    await queue.work.send('plan', [{ v: 1, kind: 'plan', job: 'third' }], { group: 'c' });
    const order = queue.messages.receive('work', 100).map(({ group }) => group);
    expect(order.slice(0, 3).sort()).toEqual(['a', 'b', 'c']);
    expect(order.slice(3, 5).sort()).toEqual(['a', 'b']);
    expect(order.slice(5)).toEqual(['a', 'a', 'a', 'a']);
    await queue.work.send('lane-import', [chunk('big', 9)], { group: 'a' });
    await queue.work.send('lane-import', [chunk('other', 9)], { group: 'b' });
    expect(take().group).toBe('b');
  });

  it('are one while identical ones wait, and two when the first is in flight', async () => {
    const send = (delaySeconds?: number) =>
      queue.work.send('lane-import', [chunk('j', 1)], { group: 'a', ...(delaySeconds && { delaySeconds }) });
    await send(60);
    await send();
    await send();
    expect(queue.messages.receive('work', 10)).toHaveLength(1);
    await send();
    const second = take();
    expect(second.receives).toBe(1);
    queue.messages.done(second.id);
    expect(queue.messages.receive('work')).toBeUndefined();
  });

  it('that go back become one with their like, tries counted, and the delay of the one that waited', async () => {
    await queue.work.send('lane-import', [chunk('j', 1)], { group: 'a' });
    const first = take();
    await queue.work.send('lane-import', [chunk('j', 1)], { group: 'a' });
    queue.messages.again(first.id, 600);
    expect(queue.messages.receive('work', 10).map(({ receives }) => receives)).toEqual([2]);
  });

  it('come again after their delay, and as dead once four tries are used up', async () => {
    await queue.work.send('lane-import', [chunk('j', 1)], { group: 'a' });
    for (let receives = 1; receives <= 4; receives++) {
      const received = take();
      expect(received).toMatchObject({ receives, dead: false, message: chunk('j', 1), queue: 'lane-import' });
      queue.messages.again(received.id, 5);
      expect(queue.messages.receive('work')).toBeUndefined();
      expect(queue.messages.nextVisibleAt()).toBe(clock + 5000);
      clock += 5000;
    }
    const dead = take();
    expect(dead.dead).toBe(true);
    queue.messages.done(dead.id);
    expect(queue.messages.nextVisibleAt()).toBeUndefined();
  });

  it('that nobody finished come again', async () => {
    await queue.work.send('lane-import', [chunk('j', 1)], { group: 'a' });
    const { id } = take();
    clock += 29 * minute;
    expect(queue.messages.receive('work')).toBeUndefined();
    clock += 2 * minute;
    expect(take()).toMatchObject({ id, receives: 2 });
  });

  it('that were in flight when the process died are there at the next start, and a kill is no try of theirs', async () => {
    await queue.work.send('lane-import', [chunk('j', 1), chunk('j', 2)], { group: 'a' });
    take();
    take();
    await queue.work.send('lane-import', [chunk('j', 2)], { group: 'a' });
    db.close();
    open();
    expect(queue.messages.receive('work', 10)).toHaveLength(1);
    queue.messages.reviveInFlight();
    const revived = queue.messages.receive('work', 10);
    expect(revived.map(({ message }) => message).sort()).toHaveLength(2);
    expect(revived.map(({ receives }) => receives)).toEqual([1, 1]);
    for (let kills = 0; kills < 20; kills++) {
      queue.messages.reviveInFlight();
      expect(queue.messages.receive('work', 10).map(({ dead }) => dead)).toEqual([false, false]);
    }
  });

  it('are kept apart as reports and as other work', async () => {
    await queue.work.send('report', [{ v: 1, kind: 'report', job: 'j', channel: 'mail' }], { group: 'a' });
    expect(queue.messages.receive('work')).toBeUndefined();
    expect(queue.messages.receive('report')?.queue).toBe('report');
  });

  it('are sent all or none', async () => {
    const sending = queue.work.send('plan', [{ v: 1, kind: 'plan', job: 'j' }], { group: 'a', delaySeconds: 901 });
    await expect(sending).rejects.toThrow('900');
    expect(queue.messages.nextVisibleAt()).toBeUndefined();
  });
});
