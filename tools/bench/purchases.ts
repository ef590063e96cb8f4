// Purchases on one machine: a million of them brought in and exported as a log of 31 days, through the HTTP door of the real system.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { openRecords } from '../../functions/embedded/records.ts';
import { defaultSettings } from '../../functions/jobs/client.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { indexKeysOf, type Purchase, purchaseIdOf, recordKeyOf } from '../../functions/jobs/purchases/purchase.ts';
import { readFacts } from '../../functions/jobs/purchases/read-purchase.ts';
import { demoClient } from '../../functions/server/demo-client.ts';
import { expectSame, type Figure, figure, rate, type Section, WrongResult } from './figures.ts';
import { withFolder } from './folder.ts';
import { ProcessCosts } from './process-costs.ts';
import { type JobAnswer, System } from './system.ts';

const day = 24 * 3600_000;
const [firstDay, days] = [Date.UTC(2024, 0, 1), 31];
const range = { start_date: 20240101, end_date: 20240131 };
const purchasesOfOne = 4;
const memory = 512;
/** An import takes much longer than a log. */
const mostImported = 100_000;
const blockRows = 5_000;

/** Spreads neighbouring numbers over 32 bits (the finaliser of MurmurHash3). */
const scatter = (seed: number): number => {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/** In no order of time. */
const soldAs = (index: number, people: number) => {
  const at = firstDay + Math.floor(((scatter(index) % 1_000_000) / 1_000_000) * days * day);
  const person = scatter(index % people);
  const item = (n: number) => ({
    id: `SKU${n % 977}`,
    title: `Article ${n % 977}`,
    url: `https://shop.example.com/articles/${n % 977}`,
    price: 100 + (n % 9_900),
    qty: 1 + (n % 3),
    tags: [`tag-${n % 13}`, `tag-${n % 17}`],
  });
  return {
    email: `reader.${person.toString(36)}@mail${person % 23}.example.com`,
    date: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    purchase_keys: { extid: `order-${index}` },
    items: [item(scatter(index + 7)), item(scatter(index + 8))],
  };
};

const writePurchases = (path: string, count: number, people: number): number => {
  const file = openSync(path, 'w');
  try {
    let size = 0;
    for (let at = 0; at < count; at += blockRows) {
      let block = '';
      for (let index = at; index < Math.min(count, at + blockRows); index++)
        block += `${JSON.stringify(soldAs(index, people))}\n`;
      size += writeSync(file, block);
    }
    return size;
  } finally {
    closeSync(file);
  }
};

/** Puts purchases [from, rows) straight into the store, as an import would have left them: what is measured is not how they came there. */
const seed = async (home: string, from: number, rows: number, people: number): Promise<void> => {
  mkdirSync(home, { recursive: true });
  const records = openRecords(home, Date.now);
  const { id: client } = demoClient;
  const settings = defaultSettings;
  for (let at = from; at < rows; at += blockRows) {
    const purchases = Array.from({ length: Math.min(blockRows, rows - at) }, (_, offset): Purchase => {
      const raw = soldAs(at + offset, people);
      const [facts, sid] = [readFacts({ settings }, raw, Date.now(), true), sidOf(client, raw.email)];
      if ('reject' in facts) throw new WrongResult('a purchase that cannot be read');
      const id = purchaseIdOf(client, raw.purchase_keys.extid);
      return { ...facts, id, sid, email: raw.email, createdBy: 'bench', changedBy: 'bench' };
    });
    const writes = purchases.flatMap((purchase) => [
      ...indexKeysOf(purchase).map((key) => ({ ...key, value: {} })),
      { ...recordKeyOf(purchase.id), value: { ...purchase } },
    ]);
    await records.write(client, 'purchases', writes);
  }
  records.close();
};

/** Measures bringing purchases in, and the log of all. Throws WrongResult when something is lost or out of order. */
export const benchPurchases = (rows: number, profiles: string | undefined): Promise<Section> =>
  withFolder(async (folder) => {
    const [file, home] = [join(folder, 'purchases.txt'), join(folder, 'home')];
    const brought = Math.min(rows, mostImported);
    const people = Math.ceil(brought / purchasesOfOne);
    const size = writePurchases(file, brought, people);
    const options = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    let system = await System.start(home, options);
    try {
      const imported = await importOnce(system, brought, file);
      await system.stop();
      await seed(home, brought, rows, people);
      system = await System.start(home, options);
      const figures = [...imported, ...(await exportOnce(system, rows))];
      const notes = [
        `An import of ${brought.toLocaleString('en-US')} purchases, ${purchasesOfOne} of each person, ${Math.round(size / brought)} bytes a line;`,
        `the log of ${rows.toLocaleString('en-US')} purchases of 31 days, of which all others were put straight into the store.`,
        'End to end: from the first byte of the request to the end of the job; for the log to the last byte of the download.',
      ];
      return { title: 'Purchases on one machine', notes, figures };
    } finally {
      await system.stop();
    }
  });

const measured = async <R>(
  { pid }: System,
  rows: number,
  label: string,
  work: (watch: (job?: JobAnswer) => void) => Promise<R>,
): Promise<{ result: R; costs: Figure[] }> => {
  const costs = new ProcessCosts(pid);
  costs.restart();
  const before = costs.cpuSeconds();
  const result = await work(() => costs.sample());
  const cpu = costs.cpuSeconds() - before;
  return {
    result,
    costs: [
      figure(`${label}: CPU of the server`, (cpu / rows) * 1e6, 'us/row'),
      figure(`${label}: peak memory of the server`, costs.peakMiB(), 'MiB', { atMost: memory }),
    ],
  };
};

const importOnce = async (system: System, rows: number, file: string): Promise<Figure[]> => {
  const { result: run, costs } = await measured(system, rows, 'import', (watch) =>
    system.run({ job: 'purchase_import' }, file, watch),
  );
  const { status, created, successful_count } = run.job;
  expectSame('import', [status, created, successful_count], ['completed', rows, rows]);
  return [rate('import: end to end', rows, run.asked + run.worked), figure('import: job', run.worked, 's'), ...costs];
};

const exportOnce = async (system: System, rows: number): Promise<Figure[]> => {
  const { result: run, costs } = await measured(system, rows, 'log', async (watch) => {
    const asked = await system.run({ job: 'export_purchase_log', ...range }, undefined, watch);
    const start = performance.now();
    const lines = await download(String(asked.job.export_url));
    return { ...asked, lines, downloaded: (performance.now() - start) / 1000 };
  });
  expectSame('log: end', [run.job.status, run.job.rows], ['completed', rows]);
  expectSame('log: lines in order of time', run.lines, rows);
  return [
    rate('log: end to end', rows, run.asked + run.worked + run.downloaded),
    figure('log: job', run.asked + run.worked, 's'),
    figure('log: download, with its order checked', run.downloaded, 's'),
    ...costs,
  ];
};

/** How many lines the log has; each must not be earlier than the one before. */
const download = async (url: string): Promise<number> => {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new WrongResult(`the download answered ${response.status}`);
  let [count, last] = [-1, 0];
  for await (const text of createInterface({ input: Readable.fromWeb(response.body as never) })) {
    if (++count === 0) continue;
    const at = Date.parse(text.slice(1, text.indexOf('"', 1)));
    if (!(at >= last)) throw new WrongResult(`line ${count} of the log is out of order`);
    last = at;
  }
  return count;
};
