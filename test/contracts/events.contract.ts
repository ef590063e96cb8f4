// What everything that tells events promises.
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../functions/jobs/ports.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient, anId, now } from './samples.ts';

const anEvent = (client: string): DomainEvent => {
  const job = anId();
  return {
    id: `job.ended ${job}`,
    kind: 'job.ended',
    client,
    at: now - (now % 1000),
    detail: { job, type: 'import', state: 'incomplete', rows: 12, counts: { created: 11, rejected: 1 } },
  };
};

export const eventsContract = (harness: Harness<Subjects['events']>): void => {
  describe('events', () => {
    const subject = opened(harness);
    const toldOf = async (client: string) => (await subject().told()).filter((event) => event.client === client);

    it('tells an event with its id, its time and every detail', async () => {
      const event = anEvent(aClient());
      await subject().events.publish([event]);
      const { detail, ...rest } = event;
      const { counts, ...flat } = detail;
      expect(await toldOf(event.client)).toMatchObject([{ ...rest, ...flat }]);
      expect(JSON.stringify(await toldOf(event.client))).toContain('"created":11');
    });

    it('tells any number at once, and none', async () => {
      const client = aClient();
      const events = Array.from({ length: 37 }, () => anEvent(client));
      await subject().events.publish(events);
      await subject().events.publish([]);
      const ids = (await toldOf(client)).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
    });

    it('tells an event that is told again under the same id', async () => {
      const event = anEvent(aClient());
      await subject().events.publish([event]);
      await subject().events.publish([event]);
      expect(new Set((await toldOf(event.client)).map(({ id }) => id))).toEqual(new Set([event.id]));
    });
  });
};
