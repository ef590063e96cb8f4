// Measures the planner's scan and the row reader, side by side with csv-parse, each in a process of its own:
// node tools/bench-files.ts [million rows]
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kind, kinds, writeKind } from './bench/csv-kinds.ts';
import { measureTask, type TaskCosts, taskNames } from './bench/file-tasks.ts';
import { withFolder } from './bench/folder.ts';

const rows = Number(process.argv[2] ?? '1') * 1_000_000;

const lineOf = (name: string, { bytes, seconds, peakBytes, beforeBytes }: TaskCosts): string => {
  const mebi = (size: number): string => (size / 1024 ** 2).toFixed(0);
  const figures = [
    `${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s`,
    `${(rows / 1e6 / seconds).toFixed(2).padStart(6)} M rows/s`,
    `peak ${mebi(peakBytes).padStart(4)} MiB, ${mebi(beforeBytes)} before`,
  ];
  return `  ${name.padEnd(12)}${figures.join('  ')}`;
};

await withFolder(async (folder) => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    const path = join(folder, `${kind}.csv`);
    await writeKind(path, kind, rows);
    console.log(`${kind}: ${rows} rows`);
    for (const name of taskNames) console.log(lineOf(name, await measureTask(name, path, rows)));
    await rm(path);
  }
});
