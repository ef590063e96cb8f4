// What every queue promises.
import { describe, expect, it } from 'vitest';
import type { Message, QueueName } from '../../functions/jobs/ports.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { anId } from './samples.ts';

const inOrder = (messages: readonly Message[]) => messages.map((message) => JSON.stringify(message)).sort();

/** Queues named here exist in every harness: `plan`, `report` and `lane-import`. */
export const workContract = (harness: Harness<Subjects['work']>): void => {
  describe('work', () => {
    const subject = opened(harness);
    const waiting = async (queue: QueueName, count: number) => {
      const got: Message[] = [];
      await expect
        .poll(async () => got.push(...(await subject().drain(queue))), { timeout: 10_000, interval: 20 })
        .toBeGreaterThanOrEqual(count);
      return got;
    };

    it('carries messages of every kind to the queue they are sent to, and to no other', async () => {
      const job = anId();
      const sent: [QueueName, Message][] = [
        ['plan', { v: 1, kind: 'plan', job }],
        ['lane-import', { v: 1, kind: 'chunk', job, chunk: 3 }],
        ['report', { v: 1, kind: 'report', job, channel: 'postback' }],
      ];
      for (const [queue, message] of sent) await subject().work.send(queue, [message], { group: 'client-1' });
      for (const [queue, message] of sent) expect(await waiting(queue, 1)).toEqual([message]);
    });

    it('sends any number of messages at once', async () => {
      const job = anId();
      const messages = Array.from({ length: 137 }, (_, chunk): Message => ({ v: 1, kind: 'chunk', job, chunk }));
      await subject().work.send('lane-import', messages, { group: 'Grüße 🚚' });
      expect(inOrder(await waiting('lane-import', 137))).toEqual(inOrder(messages));
      await subject().work.send('lane-import', [], { group: 'client-1' });
      expect(await subject().drain('lane-import')).toEqual([]);
    });

    it('holds a delayed message back', async () => {
      const [early, late] = [anId(), anId()];
      const before = Date.now();
      await subject().work.send('plan', [{ v: 1, kind: 'plan', job: late }], { group: 'c', delaySeconds: 1 });
      await subject().work.send('plan', [{ v: 1, kind: 'plan', job: early }], { group: 'c' });
      expect(await waiting('plan', 1)).toEqual([{ v: 1, kind: 'plan', job: early }]);
      expect(await waiting('plan', 1)).toEqual([{ v: 1, kind: 'plan', job: late }]);
      expect(Date.now() - before).toBeGreaterThanOrEqual(900);
    });

    it('throws when the queue is not there', async () => {
      const sending = subject().work.send('lane-no-such-type', [{ v: 1, kind: 'plan', job: anId() }], { group: 'c' });
      await expect(sending).rejects.toThrow();
    });
  });
};
