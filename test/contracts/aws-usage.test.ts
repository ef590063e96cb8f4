// What requests to AWS use is counted for the work that sends them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Meter, noUsage } from '../../functions/jobs/usage.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { collect } from './contract.ts';
import { aClient, aJob, anId, aProfile, create, now } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => closeWorld(world));

const used = async (work: () => Promise<unknown>) => {
  const meter = new Meter(0);
  await meter.run(work);
  return meter.used;
};

it('counts units as the table tells them: half a unit for a read, one for a small write', async () => {
  const client = aClient();
  const people = Array.from({ length: 50 }, (_, i) =>
    aProfile(client, `p${i}@example.com`, { lists: { [anId()]: now } }),
  );
  const { profiles } = world.ports;
  expect(await used(() => profiles.apply(client, people.map(create)))).toMatchObject({
    readUnits: 0,
    writeUnits: 100,
    requests: 52,
  });
  const sids = people.map(({ sid }) => sid);
  expect(await used(() => profiles.read(client, sids))).toMatchObject({ readUnits: 25, writeUnits: 0, requests: 1 });
  expect(await used(() => profiles.read(client, sids, { fresh: true }))).toMatchObject({ readUnits: 50 });
});

it('counts a refused write, since it is paid for', async () => {
  const job = aJob();
  await world.ports.jobs.create(job);
  const usage = await used(() => world.ports.jobs.create(job));
  expect(usage).toMatchObject({ writeUnits: 1, requests: 1 });
});

it('counts objects by what they cost: writes, reads, bytes', async () => {
  const key = `jobs/${anId()}/object`;
  const { files } = world.ports;
  expect(await used(() => files.put(key, Buffer.alloc(1000)))).toEqual({
    ...noUsage,
    requests: 1,
    puts: 1,
    bytesWritten: 1000,
  });
  const read = await used(() => collect(files.get(key, { start: 0, end: 400 })));
  expect(read).toEqual({ ...noUsage, requests: 1, gets: 1, bytesRead: 400 });
});

it('counts messages', async () => {
  const messages = Array.from({ length: 12 }, (_, chunk) => ({ v: 1, kind: 'chunk', job: anId(), chunk }) as const);
  const usage = await used(() => world.ports.work.send('lane-import', messages, { group: 'client-1' }));
  expect(usage).toEqual({ ...noUsage, requests: 2, messages: 2 });
});
