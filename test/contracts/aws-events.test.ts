// Events on AWS: what the bus did not take is sent again, and only that.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DomainEvent } from '../../functions/jobs/ports.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { now } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => closeWorld(world));

const event = (id: string): DomainEvent => ({
  id,
  kind: 'job.ended',
  client: 'client-1',
  at: now,
  detail: { job: id },
});

it('sends again exactly the events that a busy bus did not take', async () => {
  world.emulators.events.refuse = 2;
  await world.ports.events.publish(['a', 'b', 'c', 'd'].map(event));
  expect(world.emulators.events.taken.map(({ detail }) => detail.id)).toEqual(['c', 'd', 'a', 'b']);
});

it('throws when the bus takes nothing, so that the end of the job is told later', async () => {
  world.emulators.events.refuse = 1000;
  await expect(world.ports.events.publish([event('e')])).rejects.toThrow('ThrottlingException');
  world.emulators.events.refuse = 0;
});

it('names source, kind, bus and version, so that rules can match', () => {
  expect(world.emulators.events.taken[0]).toMatchObject({
    bus: 'stevedore-test-events',
    source: 'stevedore',
    kind: 'job.ended',
    detail: { v: 1, client: 'client-1', job: 'c' },
  });
});
