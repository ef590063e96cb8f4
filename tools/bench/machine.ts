// One machine, end to end: new rows, the same again, each changed, all exported, through the HTTP door of the real system.
import { join } from 'node:path';
import { expectSame, type Figure, figure, rate, type Section, type Target, WrongResult } from './figures.ts';
import { withFolder } from './folder.ts';
import { variables, wideVariable, writePeople } from './people.ts';
import { ProcessCosts } from './process-costs.ts';
import { Stages } from './stages.ts';
import { type JobAnswer, type Run, System } from './system.ts';

export interface MachineOptions {
  rows: number;
  /** Wide rows, and only new ones and their export. */
  large: boolean;
  /** Folder for CPU profiles of the server's threads. */
  profiles?: string;
}

const targets = { created: 50_000, createdLarge: 30_000, unchanged: 150_000, exported: 250_000, memory: 512 };
const list = 'Bench';

const outcomes = ['created', 'updated', 'unchanged', 'duplicate', 'skipped', 'rejected', 'not_processed'] as const;
type Outcome = (typeof outcomes)[number];

/** Measures one machine. Throws WrongResult when the system did not do what it was asked for. */
export const benchMachine = ({ rows, large, profiles }: MachineOptions): Promise<Section> =>
  withFolder(async (folder) => {
    const [first, second] = [join(folder, 'people.csv'), join(folder, 'changed.csv')];
    const size = writePeople(first, rows, { wide: large });
    if (!large) writePeople(second, rows, { edition: 1 });
    const options = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const system = await System.start(join(folder, 'home'), options);
    const created = { atLeast: large ? targets.createdLarge : targets.created };
    const importing = (...rest: [what: string, file: string, outcome: Outcome, target?: Target]) =>
      importOnce(system, rows, large, ...rest);
    try {
      const figures = [
        ...(await importing('new rows', first, 'created', created)),
        ...(large ? [] : await importing('unchanged rows', first, 'unchanged', { atLeast: targets.unchanged })),
        ...(large ? [] : await importing('changed rows', second, 'updated')),
        ...(await exportOnce(system, rows, large)),
      ];
      const notes = [
        `${rows.toLocaleString('en-US')} rows, ${Math.round(size / rows)} bytes a row, through POST /job and GET /job of \`npm start\`.`,
        'End to end: an import from the first byte of the upload to the end of the job; an export from the request to the',
        `last byte of the download. The targets are for ${large ? 'ten million rows' : 'one million rows'} on two cores.`,
      ];
      return { title: 'One machine', notes, figures };
    } finally {
      await system.stop();
    }
  });

const importOnce = async (
  system: System,
  rows: number,
  large: boolean,
  what: string,
  file: string,
  outcome: Outcome,
  target?: Target,
): Promise<Figure[]> => {
  const { run, costs, stages } = await measured(system, rows, what, (watch) =>
    system.run({ job: 'import', list }, file, watch),
  );
  expectEnd(what, run, rows);
  const counts = Object.fromEntries(outcomes.map((name) => [name, run.job[name]]));
  expectSame(
    `${what}: outcomes`,
    counts,
    Object.fromEntries(outcomes.map((name) => [name, name === outcome ? rows : 0])),
  );
  return [
    rate(`import, ${what}: end to end`, rows, run.asked + run.worked, target),
    rate(`import, ${what}: the job alone`, rows, run.worked),
    figure(`import, ${what}: upload`, run.asked, 's'),
    figure(`import, ${what}: job`, run.worked, 's'),
    ...costs,
    ...(large ? stages.figures(`import, ${what}`) : []),
  ];
};

const exportOnce = async (system: System, rows: number, large: boolean): Promise<Figure[]> => {
  const { run, costs } = await measured(system, rows, 'export', async (watch) => {
    const asked = await system.run({ job: 'export_list_data', list }, undefined, watch);
    const start = performance.now();
    const lines = await download(String(asked.job.export_url));
    return { ...asked, lines, downloaded: (performance.now() - start) / 1000 };
  });
  expectEnd('export', run, rows);
  expectSame('export: lines', run.lines.count, rows + 1);
  const columns = run.lines.header.split(',');
  const expected = [...variables, ...(large ? [wideVariable] : [])].sort();
  expectSame('export: variables', columns.slice(-expected.length), expected);
  return [
    rate(
      'export: end to end',
      rows,
      run.asked + run.worked + run.downloaded,
      large ? undefined : { atLeast: targets.exported },
    ),
    rate('export: the job alone', rows, run.asked + run.worked),
    figure('export: job', run.asked + run.worked, 's'),
    figure('export: download', run.downloaded, 's'),
    figure('export: file', run.lines.bytes / 2 ** 20, 'MiB'),
    ...costs,
  ];
};

const expectEnd = (what: string, { job }: Run, rows: number): void =>
  expectSame(`${what}: end`, [job.status, job.rows, job.error_message], ['completed', rows, undefined]);

const measured = async <R>(
  { pid }: System,
  rows: number,
  what: string,
  work: (watch: (job?: JobAnswer) => void) => Promise<R>,
): Promise<{ run: R; costs: Figure[]; stages: Stages }> => {
  const costs = new ProcessCosts(pid);
  costs.restart();
  const before = costs.cpuSeconds();
  const stages = new Stages(costs);
  const run = await work((job) => stages.look(job, accountedRows(job)));
  const cpu = costs.cpuSeconds() - before;
  const label = what === 'export' ? what : `import, ${what}`;
  return {
    run,
    stages,
    costs: [
      figure(`${label}: CPU of the server`, (cpu / rows) * 1e6, 'us/row'),
      figure(`${label}: peak memory of the server`, stages.peakMiB(), 'MiB', { atMost: targets.memory }),
    ],
  };
};

const accountedRows = (job: JobAnswer | undefined): number =>
  outcomes.reduce((sum, name) => sum + Number(job?.[name] ?? 0), 0);

/** How many lines and bytes there are, and the first line. No cell of the bench's people holds a line break, so line ends are records. */
export const download = async (url: string): Promise<{ count: number; bytes: number; header: string }> => {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new WrongResult(`the download answered ${response.status}`);
  let [count, bytes, head] = [0, 0, ''];
  for await (const part of response.body) {
    const block = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    if (count === 0) head += block.toString('utf8');
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) count++;
    bytes += block.length;
  }
  return { count, bytes, header: head.slice(0, head.search(/\r?\n/)) };
};
