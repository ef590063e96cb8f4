// The OpenAPI documents are those of the code, and every example in them is what the running system answers.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DoorDescription, Example, Operation } from '../../functions/doors/description.ts';
import { endpoints } from '../../functions/doors/sailthru/endpoints/endpoints.ts';
import { demoClient } from '../../functions/server/demo-client.ts';
import { openApiOf } from '../../tools/openapi/document.ts';
import { describedDoors } from '../../tools/openapi/doors.ts';
import { openApiFiles } from '../../tools/openapi/files.ts';
import { appendClient } from '../helpers/append-client.ts';
import { importEvents } from '../helpers/campaigns.ts';
import { signedRequest } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile } from '../helpers/jobs.ts';
import { addPerson, withSettings } from '../helpers/people.ts';
import { callEndpoint, signed } from '../wire/calls.ts';

const folder = new URL('../../docs/openapi/', import.meta.url);

type Answer = Record<string, unknown>;
type Caller = (house: House, call: { method: string; path: string; query: Answer; body?: Answer }) => Promise<Response>;

/** How each door's calls are signed and sent. */
const callers: Record<string, Caller> = {
  async append(house, { method, path, body }) {
    const token = await appendClient(house).logIn();
    const headers = { 'x-api-key': demoClient.apiKey, AuthorizationToken: token, 'content-type': 'application/json' };
    return house.app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  },
  async console(house, { method, path, query, body }) {
    const search = new URLSearchParams(query as Record<string, string>).toString();
    const target = search === '' ? path : `${path}?${search}`;
    return house.app.request(target, signedRequest({ method, target, ...(body && { body: JSON.stringify(body) }) }));
  },
  async greenarrow(house, { method, path, query, body }) {
    const credentials = Buffer.from(`${demoClient.organization}:${demoClient.secret}`).toString('base64');
    const search = new URLSearchParams(query as Record<string, string>).toString();
    const headers = { authorization: `Basic ${credentials}`, 'content-type': 'application/json' };
    return house.app.request(`${path}?${search}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  },
  async sailthru(house, { method, path, query, body }) {
    const form = new URLSearchParams(signed(method === 'POST' ? body : query)).toString();
    if (method !== 'POST') return house.app.request(`${path}?${form}`, { method });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return house.app.request(path, { method, body: form, headers });
  },
};

/** What is there before the first example. */
const preparations: Record<string, (house: House) => Promise<unknown>> = {
  async append(house) {
    await withSettings(house, { matching: {} });
    await importFile(house, 'email,first_name,last_name,zipcode\nada@example.com,Ada,Lovelace,01234\n');
  },
  async sailthru(house) {
    await addPerson(house, 'optout@example.com', { optout: 'all' });
    const blast = { blast_id: 1042, imported: 1, name: 'April', list: 'Main', status: 'sent' };
    await callEndpoint(house.app, 'POST', 'blast', blast);
    const at = { email: 'ada@example.com', blast_id: 1042, time: '2024-06-01T12:00:05Z' };
    const click = { ...at, event: 'click', url: 'https://shop.example.com/book-1' };
    await importEvents(house, [{ ...at, event: 'send' }, { ...at, event: 'open' }, click]);
  },
};

describe('OpenAPI', () => {
  it('has documents that are up to date: npm run openapi', () => {
    const files = openApiFiles();
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
    for (const [name, content] of files)
      expect(readFileSync(new URL(name, folder), 'utf8') === content, name).toBe(true);
  });

  it('refers to nothing that is not there, and describes every status that an example has', () => {
    for (const door of describedDoors()) {
      const document = openApiOf(door);
      const text = JSON.stringify(document);
      for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
        expect(Object.keys(document.components.schemas)).toContain(name);
      for (const { id, answers, examples } of door.operations)
        for (const { name, status } of examples)
          expect(Object.keys(answers), `${id} ${name}`).toContain(String(status));
      const ids = door.operations.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('has an example of every operation', () => {
    for (const door of describedDoors())
      for (const { id, examples } of door.operations) expect(examples.length, id).toBeGreaterThan(0);
  });

  it('has every endpoint of the Sailthru door, and every method that it answers', () => {
    const described = describedDoors().find(({ name }) => name === 'sailthru')?.operations ?? [];
    const calls = described.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const answered = Object.entries(endpoints).flatMap(([path, endpoint]) =>
      Object.keys(endpoint).map((method) => `${method} /${path}`),
    );
    expect(calls.sort()).toEqual([...answered, 'GET /job', 'POST /job'].sort());
  });

  it('is one page that links to each document and operation', () => {
    const page = openApiFiles().get('index.html') ?? '';
    for (const door of describedDoors()) {
      expect(page).toContain(`href="${door.name}.json"`);
      for (const { id } of door.operations) expect(page).toContain(`id="${door.name}-${id}"`);
    }
    expect(page).not.toContain('[object');
    expect(page).not.toContain('<script');
  });
});

describe.each(describedDoors().map((door) => [door.name, door] as const))('the examples of %s', (name, door) => {
  let house: House;
  const real = new Map<string, string>();
  beforeAll(async () => {
    house = await openHouse();
    await preparations[name]?.(house);
  });
  afterAll(() => house.close());

  const examples = door.operations.flatMap((operation) =>
    operation.examples.map((example) => [operation, example] as const),
  );
  it.each(examples.map(([operation, example]) => [`${operation.id} ${example.name}`, operation, example] as const))(
    '%s',
    async (_title, operation, example) => {
      await house.settle();
      const call = callers[name];
      if (!call) throw new Error(`nobody knows how to call ${name}`);
      const response = await call(house, requestOf(operation, example, real));
      const answer = (await response.json()) as Answer;
      expect(response.status, JSON.stringify(answer)).toBe(example.status);
      if (example.makes !== undefined) real.set(example.makes, idIn(answer));
      expectToFit(door, operation, example, answer);
    },
  );
});

/** The id of what an answer shows, in whatever envelope. */
const idIn = (answer: Answer): string => {
  const name = ['id', 'job_id', 'batch_id', 'blast_id', 'repeat_id', 'send_id'].find((each) => each in answer);
  return String(name === undefined ? (answer.data as Answer).id : answer[name]);
};

/** The call of an example, with the ids that the examples before it have made. */
const requestOf = ({ method, path }: Operation, example: Example, real: ReadonlyMap<string, string>) => {
  let text = JSON.stringify([example.path ?? {}, example.query ?? {}, example.body ?? null]);
  text = text.replaceAll('$tomorrow', new Date(Date.now() + 86_400_000).toISOString());
  for (const [shown, id] of real) text = text.replaceAll(shown, id);
  const [inPath, query, body] = JSON.parse(text) as [Record<string, string>, Answer, Answer | null];
  return {
    method: method.toUpperCase(),
    path: path.replaceAll(/\{(\w+)\}/g, (_, key: string) => inPath[key] ?? ''),
    query,
    ...(body && { body }),
  };
};

/** Both the real and the shown answer are what the schemas say, and the real one has all that is shown. */
const expectToFit = (door: DoorDescription, operation: Operation, example: Example, answer: Answer): void => {
  const component = example.component ?? operation.answers[example.status]?.component ?? '';
  const schema = door.components[component]?.schema;
  const published = openApiOf(door).components.schemas[component];
  if (!schema || !published) throw new Error(`no component ${component}`);
  for (const each of [answer, example.answer]) {
    if (component !== 'Record') schema.parse(each);
    z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]).parse(each);
  }
  if (component === 'Error') {
    expect(answer).toEqual(example.answer);
    return;
  }
  for (const [key, value] of Object.entries(example.answer)) {
    expect(Object.keys(answer)).toContain(key);
    expect(typeof answer[key], key).toBe(typeof value);
  }
};
