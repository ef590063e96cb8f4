// Records that get their addresses appended, on one machine: people brought in with the index that finds them, then matched by name and place.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createMail } from '../../functions/embedded/mailbox.ts';
import { embeddedPorts } from '../../functions/embedded/ports.ts';
import { demoClient } from '../../functions/server/demo-client.ts';
import { expectSame, type Figure, figure, rate, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { download } from './machine.ts';
import { ProcessCosts } from './process-costs.ts';
import { type Run, System } from './system.ts';

const writeLines = (path: string, head: string, rows: number, line: (i: number) => string): void => {
  const file = openSync(path, 'w');
  writeSync(file, head);
  for (let from = 0; from < rows; from += 10_000) {
    let text = '';
    for (let i = from; i < Math.min(rows, from + 10_000); i++) text += line(i);
    writeSync(file, text);
  }
  closeSync(file);
};

const zipOf = (i: number): string => String(10_000 + (i % 50_000));
const person = (i: number): string => `person${i}@example.com,First${i},Last${i % 977},${zipOf(i)}\n`;
/** Every tenth record is about nobody. */
const record = (i: number): string =>
  `${JSON.stringify({ record_id: i, first_name: i % 10 ? `First${i}` : `Nobody${i}`, last_name: `LAST${i % 977}`, zipcode: zipOf(i) })}\n`;

/** The demo client, with matching switched on before the system starts. */
const makeClient = async (home: string): Promise<void> => {
  mkdirSync(home, { recursive: true });
  const ports = embeddedPorts({ home, baseUrl: () => '', mail: createMail({ home, from: '' }) });
  await ports.clients.put({ ...demoClient, settings: { matching: {} } });
  ports.close();
};

const measured = async (system: System, rows: number, what: string, work: (sample: () => void) => Promise<Run>) => {
  const costs = new ProcessCosts(system.pid);
  costs.restart();
  const before = costs.cpuSeconds();
  const run = await work(() => costs.sample());
  expectSame(`${what}: end`, [run.job.status, run.job.error_message], ['completed', undefined]);
  const figures: Figure[] = [
    rate(`${what}: end to end`, rows, run.asked + run.worked),
    figure(`${what}: CPU of the server`, ((costs.cpuSeconds() - before) / rows) * 1e6, 'us/row'),
    figure(`${what}: peak memory of the server`, costs.peakMiB(), 'MiB', { atMost: 512 }),
  ];
  return { run, figures };
};

/** Measures so many people and as many records. Throws WrongResult when an answer is missing. */
export const benchAppend = (rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const [home, people, records] = [join(folder, 'home'), join(folder, 'people.csv'), join(folder, 'records.json')];
    await makeClient(home);
    writeLines(people, 'email,first_name,last_name,zipcode\n', rows, person);
    writeLines(records, '', rows, record);
    const system = await System.start(home, []);
    try {
      const imported = await measured(system, rows, 'import with the index', (sample) =>
        system.run({ job: 'import', list: 'Bench' }, people, sample),
      );
      expectSame('import: outcomes', imported.run.job.created, rows);
      const appended = await measured(system, rows, 'append_email', (sample) =>
        system.run({ job: 'append_email' }, records, sample),
      );
      const nobody = Math.ceil(rows / 10);
      expectSame(
        'append_email: outcomes',
        [appended.run.job.unchanged, appended.run.job.skipped],
        [rows - nobody, nobody],
      );
      const { count } = await download(String(appended.run.job.export_url));
      expectSame('append_email: answers', count, rows);
      return {
        title: 'Addresses appended to records',
        notes: [`${rows.toLocaleString('en-US')} people with matching on, as many records, through \`npm start\`.`],
        figures: [...imported.figures, ...appended.figures],
      };
    } finally {
      await system.stop();
    }
  });
