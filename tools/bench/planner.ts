// The planner alone: how fast one thread finds the rows of a file, and how much memory that adds to a process.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kind, writeKind } from './csv-kinds.ts';
import { type Figure, figure, type Section } from './figures.ts';
import { measureTask } from './file-tasks.ts';
import { withFolder } from './folder.ts';

const inputs: Kind[] = ['plain', 'quoted', 'repeated'];
const megabyte = 1_000_000;
const leastSpeed = 150;
/** In MB: what the planner may add to the runtime. */
const memoryFor = (rows: number): number => 64 + (30 * rows) / 1_000_000;

const figuresOf = async (kind: Kind, path: string, rows: number): Promise<Figure[]> => {
  await writeKind(path, kind, rows);
  const { bytes, seconds, cpuSeconds, peakBytes, beforeBytes } = await measureTask('planRows', path, rows);
  await rm(path);
  const added = Math.max(0, peakBytes - beforeBytes);
  return [
    figure(`${kind}: on one core`, bytes / megabyte / cpuSeconds, 'MB/s', { atLeast: leastSpeed }),
    figure(`${kind}: by the clock`, bytes / megabyte / seconds, 'MB/s'),
    figure(`${kind}: rows`, Math.round(rows / seconds), 'rows/s'),
    figure(`${kind}: CPU`, (cpuSeconds / rows) * 1e6, 'us/row'),
    figure(`${kind}: memory that the planner adds`, added / megabyte, 'MB', { atMost: memoryFor(rows) }),
    figure(`${kind}: memory before it begins`, beforeBytes / megabyte, 'MB'),
    figure(`${kind}: peak memory of the process`, peakBytes / megabyte, 'MB'),
  ];
};

/** Measures the planner over a file of each kind, one after the other. Throws WrongResult when it loses rows. */
export const benchPlanner = (rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const figures: Figure[] = [];
    for (const kind of inputs) figures.push(...(await figuresOf(kind, join(folder, `${kind}.csv`), rows)));
    const notes = [
      `${rows.toLocaleString('en-US')} rows of 6 columns from the disk, each file in a process of its own. "repeated" is read twice: a tenth of its rows`,
      'are by people who come more than once. On one core: bytes by CPU seconds of all threads, so that other work on the machine',
      'weighs less. Memory: at most 64 MB and 30 MB for each million rows above what Node takes before the planner begins.',
      'The targets are for a million rows or more: a short run is mostly the compiler at work.',
    ];
    return { title: 'The planner', notes, figures };
  });
