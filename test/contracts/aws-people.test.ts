// An update, keys, later addresses and a merge over the AWS ports: the same outcomes as on one machine.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changePerson, findPerson, forgetPerson } from '../../functions/jobs/people/one-person.ts';
import type { Client } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { newClient, openAwsEngine } from '../helpers/aws-engine.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';

let world: World;
let client: Client;
let engine: ReturnType<typeof openAwsEngine>;
beforeAll(async () => {
  world = await openWorld();
  client = await newClient(world);
  engine = openAwsEngine(world, world.ports);
});
afterAll(() => closeWorld(world));

const run = async (type: string, params: Record<string, unknown>, content?: string) => {
  const upload = { key: `uploads/spool/${crypto.randomUUID()}`, filename: 'lines.txt' };
  if (content !== undefined) await engine.ports.files.put(upload.key, content);
  const request = { door: 'sailthru' as const, type, params, ...(content !== undefined && { upload }) };
  const { id } = await submit(engine.ports, client, request);
  return engine.ended(() => engine.ports.jobs.read(id));
};
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

it('brings people in by lines, finds them by keys and later addresses, and changes them by a query', async () => {
  const people = Array.from({ length: 250 }, (_, n) => ({
    email: `p${n}@example.com`,
    keys: { extid: `E${n}` },
    vars: { n, tags: ['a'] },
    lists: { Main: 1 },
    ...(n === 0 && { optout: 'all' }),
  }));
  const made = await run('update', {}, lines(...people, 'junk', { id: 'E1', key: 'extid', vars: { late: 1 } }));
  expect(made).toMatchObject({ state: 'completed', rows: 252 });
  expect(made.counts).toMatchObject({ created: 250, rejected: made.counts.rejected });
  const moved = await run('update', {}, lines({ id: 'E1', key: 'extid', keys: { email: 'new@example.com' } }));
  expect(moved.counts).toEqual({ updated: 1 });
  const imported = await run('import', { list: 'Main' }, 'email,city\nnew@example.com,Oslo\np1@example.com,Bergen\n');
  expect(imported.counts).toEqual({ updated: 2 });
  const merge = { email: 'p2@example.com', keys: { extid: 'E3' }, keysconflict: 'merge' };
  expect((await run('update', {}, lines(merge))).counts).toEqual({ updated: 1 });
  const query = { source_list: 'Main', criteria: ['domain'], value: ['example.com'] };
  const all = await run('update', { query, update: { vars: { q: 1 }, optout: 'blast' } });
  expect(all).toMatchObject({ rows: 249, counts: { updated: 249 } });
  const found = await findPerson({ ports: engine.ports, client }, { name: 'extid', value: 'E3' });
  expect(found).toMatchObject({ email: 'p2@example.com', addresses: ['p3@example.com'], vars: { n: 2, q: 1 } });
  const out = await findPerson({ ports: engine.ports, client }, { name: 'email', value: 'p0@example.com' });
  expect(out).toMatchObject({ optout: 'all', consents: [{ from: 'none', to: 'all', job: made.id, line: 1 }] });
});

it('changes and forgets one person', async () => {
  const context = { ports: engine.ports, client };
  const ada = { name: 'email', value: 'ada@example.com' } as const;
  await changePerson(context, ada, { vars: { a: 1 }, keys: { sms: '1' }, lists: { L: true }, optout: 'all' });
  await changePerson(context, ada, { optout: 'blast', keys: { sms: null, extid: 'A' }, templates: { T: true } });
  expect(await findPerson(context, { name: 'extid', value: 'A' })).toMatchObject({
    keys: { extid: 'A' },
    optout: 'blast',
    optoutTemplates: ['T'],
  });
  expect(await findPerson(context, { name: 'sms', value: '1' })).toBeUndefined();
  expect(await forgetPerson(context, { name: 'extid', value: 'A' })).toMatchObject({ email: 'ada@example.com' });
  expect(await findPerson(context, ada)).toBeUndefined();
  expect(await forgetPerson(context, ada)).toBeUndefined();
});
