// Updates on one machine, end to end: a line of JSON for every person, the same again, and all people by a query.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expectSame, type Figure, figure, rate, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { ProcessCosts } from './process-costs.ts';
import { System } from './system.ts';

const targetMiB = 512;
const list = 'Bench';
const blockRows = 5_000;

/** A line for each person; the address is the same in every edition, a variable is not. */
const writeLines = (path: string, rows: number, edition: number): number => {
  const file = openSync(path, 'w');
  try {
    let size = 0;
    for (let at = 0; at < rows; at += blockRows) {
      let block = '';
      for (let index = at; index < Math.min(rows, at + blockRows); index++) {
        const email = `reader.${index.toString(36)}@mail${index % 23}.example.com`;
        const vars = { city: `City ${index % 97}`, score: (index % 1000) + edition };
        block += `${JSON.stringify({ email, vars, lists: { [list]: 1 } })}\n`;
      }
      size += writeSync(file, block);
    }
    return size;
  } finally {
    closeSync(file);
  }
};

/** Measures updates of `rows` people. Throws WrongResult when the system did not do what it was asked for. */
export const benchUpdate = (rows: number, profiles?: string): Promise<Section> =>
  withFolder(async (folder) => {
    const [first, second] = [join(folder, 'first.txt'), join(folder, 'second.txt')];
    const size = writeLines(first, rows, 0);
    writeLines(second, rows, 1);
    const options = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const system = await System.start(join(folder, 'home'), options);
    try {
      const update = { vars: { seen: true } };
      const figures = [
        ...(await measured(system, rows, 'new people by lines', 'created', {}, first)),
        ...(await measured(system, rows, 'the same lines again', 'unchanged', {}, first)),
        ...(await measured(system, rows, 'changed lines', 'updated', {}, second)),
        ...(await measured(system, rows, 'a list by a query', 'updated', { query: { source_list: list }, update })),
      ];
      const notes = [
        `${rows.toLocaleString('en-US')} people, ${Math.round(size / rows)} bytes a line, through POST /job and GET /job of \`npm start\`.`,
        'End to end: from the first byte of the request to the end of the job.',
      ];
      return { title: 'Updates on one machine', notes, figures };
    } finally {
      await system.stop();
    }
  });

const measured = async (
  system: System,
  rows: number,
  what: string,
  outcome: 'created' | 'updated' | 'unchanged',
  params: Record<string, unknown>,
  file?: string,
): Promise<Figure[]> => {
  const costs = new ProcessCosts(system.pid);
  costs.restart();
  const before = costs.cpuSeconds();
  const { job, asked, worked } = await system.run({ job: 'update', ...params }, file, () => costs.sample());
  const cpu = costs.cpuSeconds() - before;
  expectSame(`update, ${what}: end`, [job.status, job.rows, job[outcome]], ['completed', rows, rows]);
  return [
    rate(`update, ${what}: end to end`, rows, asked + worked),
    rate(`update, ${what}: the job alone`, rows, worked),
    figure(`update, ${what}: CPU of the server`, (cpu / rows) * 1e6, 'us/row'),
    figure(`update, ${what}: peak memory of the server`, costs.peakMiB(), 'MiB', { atMost: targetMiB }),
  ];
};
