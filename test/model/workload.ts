// What people ask for in one schedule: files with people who come twice, jobs over them, exports. All of it follows from the seed.
import { type ClientId, newId } from '../../functions/jobs/job.ts';
import type { Client } from '../../functions/jobs/ports.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import type { JobRequest } from '../../functions/jobs/submit.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

export interface Order {
  client: Client;
  request: JobRequest;
}

const names = ['ann', 'bob', 'cid', 'dot', 'eva', 'fay', 'gus', 'hal', 'ivy', 'jon', 'kim', 'lee'];
const colours = ['red', 'blue', '', ''];
const sources = ['shop', 'fair', ''];
const spoilt = ['nobody', '', 'a@b', 'two@@x.io'];

const addressOf = (name: string): string => `${name}@x.io`;

/** Clients with some profiles and lists, and the orders that come in while the schedule runs. */
export const makeWorkload = (stage: Stage): Order[] => {
  const { random } = stage.world;
  const clients = Array.from({ length: random.whole(1, 2) }, (_, index) => stage.addClient(`client${index + 1}`));
  for (const client of clients) seedClient(stage, client.id);
  return Array.from({ length: random.whole(1, 3) }, (_, index) => makeOrder(stage, random.pick(clients), index));
};

const seedClient = (stage: Stage, client: ClientId): void => {
  const { random, now, settings } = stage.world;
  if (random.chance(0.7)) {
    const list = stage.ensureList(client, 'Main');
    stage.learn(client, 'Main', {
      vars: random.pick([[], ['colour'], ['colour', 'size']]),
      size: random.pick([0, 30_000, 250_000]),
    });
    const seed = newId(now);
    for (const name of names) {
      if (random.chance(0.6)) continue;
      const email = addressOf(name);
      stage.profiles.seed(client, {
        sid: sidOf(client, email),
        email,
        vars: random.pick([{}, { colour: 'red' }, { size: 'L' }]),
        lists: random.chance(0.5) ? { [list.id]: 1 } : {},
        createdAt: 1,
        createdBy: seed,
        changedBy: seed,
        signupAt: 1,
      });
    }
  }
  for (const name of names)
    if (random.chance(settings.poison / 3)) stage.profiles.poisoned.add(sidOf(client, addressOf(name)));
};

const makeOrder = (stage: Stage, client: Client, index: number): Order => {
  const { random, now, settings } = stage.world;
  const common = {
    ...(random.chance(0.6) && { report_email: 'sender@x.io' }),
    ...(random.chance(0.4) && { postback_url: 'https://x.io/hook' }),
    ...(random.chance(0.15) && { begins_at: Math.floor(now / 1000) + random.pick([2, 60, 2000]) }),
  };
  if (random.chance(settings.exports))
    return { client, request: { door: 'console', type: 'export_list_data', params: { list: 'Main', ...common } } };
  const file = makeFile(random);
  const params = {
    list: random.pick(['Main', 'Main', 'Other']),
    ...common,
    ...(random.chance(0.2) && { mode: 'plan' }),
    ...(random.chance(0.25) &&
      random.pick([{ max_errors: random.whole(0, 3) }, { max_error_pct: random.whole(0, 40) }])),
  };
  if (random.chance(0.15)) {
    const url = `https://x.io/${index}.csv`;
    stage.files.put(`pulled ${url}`, Buffer.from(file));
    return { client, request: { door: 'console', type: 'import', params: { ...params, url } } };
  }
  if (random.chance(0.15)) {
    // The name brings the rows along until somebody puts the file.
    const upload = { filename: Buffer.from(file).toString('base64url'), size: file.length };
    if (upload.filename.length < 1000)
      return { client, request: { door: 'console', type: 'import', params: { ...params, upload } } };
  }
  const key = `uploads/spool/${index}`;
  stage.files.put(key, Buffer.from(file));
  return { client, request: { door: 'console', type: 'import', params, upload: { key, filename: 'people.csv' } } };
};

/** 0 to 25 rows out of few people, so that they come twice in a file, across chunks and across jobs. */
const makeFile = (random: Random): string => {
  const people = names.slice(0, random.pick([2, 5, names.length, names.length]));
  const bad = random.pick([0, 0.1, 0.3]);
  const rows = Array.from({ length: random.whole(0, 25) }, () => {
    const address = addressOf(random.pick(people));
    const shown = random.chance(0.1) ? ` ${address.toUpperCase()}` : address;
    const cell = random.chance(bad) ? random.pick(spoilt) : shown;
    return [cell, random.pick(colours), random.pick(['S', 'L', '']), random.pick(sources)].join(',');
  });
  return ['email,colour,size,source', ...rows, ''].join('\n');
};

/** The file that was promised under this name. */
export const fileOf = (filename: string): string => Buffer.from(filename, 'base64url').toString();
