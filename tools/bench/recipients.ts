// A campaign's people on one machine: their history brought in, exported and counted, through the HTTP door of the real system.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openRecords } from '../../functions/embedded/records.ts';
import { createBlast } from '../../functions/jobs/campaigns/blasts.ts';
import { demoClient } from '../../functions/server/demo-client.ts';
import { expectSame, type Figure, figure, rate, type Section, WrongResult } from './figures.ts';
import { withFolder } from './folder.ts';
import { download } from './machine.ts';
import { ProcessCosts } from './process-costs.ts';
import { type Run, System } from './system.ts';

const targets = { exported: 50_000, memory: 512 };
const sentAt = 1_717_243_200;

/** One event a person, so that rows are people; of some of them it is a click. */
const writeEvents = (path: string, rows: number, blast: number): void => {
  const file = openSync(path, 'w');
  for (let from = 0; from < rows; from += 10_000) {
    let text = '';
    for (let i = from; i < Math.min(rows, from + 10_000); i++) {
      const rest = i % 10 === 0 ? `"click","url":"https://example.com/${i % 50}","device":"iPhone"` : '"send"';
      text += `{"email":"person${i}@example.com","blast_id":${blast},"time":${sentAt + (i % 86_400)},"event":${rest}}\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
};

/** A campaign that was sent, made before the system starts. */
const makeBlast = async (home: string): Promise<number> => {
  mkdirSync(home, { recursive: true });
  const records = openRecords(home, Date.now);
  const at = sentAt * 1000;
  const blast = { status: 'sent', name: 'Bench', labels: [], more: {}, createdAt: at, modifiedAt: at, startAt: at };
  const made = await createBlast({ records }, demoClient.id, { ...blast, status: 'sent' }, {});
  records.close();
  if (!made) throw new WrongResult('no campaign was made');
  return made.id;
};

const measured = async (
  system: System,
  rows: number,
  what: string,
  work: (sample: () => void) => Promise<Run & { downloaded?: number }>,
): Promise<{ run: Run; figures: Figure[] }> => {
  const costs = new ProcessCosts(system.pid);
  costs.restart();
  const before = costs.cpuSeconds();
  const run = await work(() => costs.sample());
  expectSame(`${what}: end`, [run.job.status, run.job.error_message], ['completed', undefined]);
  const seconds = run.asked + run.worked + (run.downloaded ?? 0);
  return {
    run,
    figures: [
      rate(`${what}: end to end`, rows, seconds, what === 'blast_query' ? { atLeast: targets.exported } : undefined),
      figure(`${what}: CPU of the server`, ((costs.cpuSeconds() - before) / rows) * 1e6, 'us/row'),
      figure(`${what}: peak memory of the server`, costs.peakMiB(), 'MiB', { atMost: targets.memory }),
    ],
  };
};

/** Measures one campaign with so many people. Throws WrongResult when the system did not do what it was asked for. */
export const benchRecipients = (rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const [home, file] = [join(folder, 'home'), join(folder, 'events.json')];
    const blast_id = await makeBlast(home);
    writeEvents(file, rows, blast_id);
    const system = await System.start(home, []);
    try {
      const imported = await measured(system, rows, 'blast_events_import', (sample) =>
        system.run({ job: 'blast_events_import' }, file, sample),
      );
      expectSame('blast_events_import: outcomes', imported.run.job.created, rows);
      const exported = await measured(system, rows, 'blast_query', async (sample) => {
        const run = await system.run({ job: 'blast_query', blast_id }, undefined, sample);
        const start = performance.now();
        const { count } = await download(String(run.job.export_url));
        expectSame('blast_query: lines', count, rows + 1);
        return { ...run, downloaded: (performance.now() - start) / 1000 };
      });
      const counted = await measured(system, rows, 'blast_snapshot', (sample) =>
        system.run({ job: 'blast_snapshot', blast_id }, undefined, sample),
      );
      expectSame('blast_snapshot: people', counted.run.job.rows, rows);
      const saved = await measured(system, rows, 'blast_save_list', (sample) =>
        system.run({ job: 'blast_save_list', blast_id, list: 'Bench' }, undefined, sample),
      );
      expectSame('blast_save_list: count', saved.run.job.count, rows);
      return {
        title: 'A campaign and its people',
        notes: [
          `One campaign, ${rows.toLocaleString('en-US')} people, one event each, through POST /job of \`npm start\`.`,
        ],
        figures: [...imported.figures, ...exported.figures, ...counted.figures, ...saved.figures],
      };
    } finally {
      await system.stop();
    }
  });
