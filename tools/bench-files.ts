// Measures the planner's scan and the row reader, side by side with csv-parse, each in a process of its own:
// node tools/bench-files.ts [million rows]
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { planRows } from '../functions/files/plan-rows.ts';
import { readRows } from '../functions/files/read-rows.ts';

const blocks = { highWaterMark: 262_144 };
const [millions = '1', task, file = ''] = process.argv.slice(2);
const rows = Number(millions) * 1_000_000;
const kinds = {
  plain: (n: number) =>
    `user${n}@example${n % 1000}.com,Ada ${n % 977},Lovelace,${n},2024-01-${10 + (n % 19)},Berlin ${n % 53}\n`,
  quoted: (n: number) =>
    `"user${n}@example${n % 1000}.com","Ada ""${n % 977}""","Lovelace, Countess","${n}","2024-01-${10 + (n % 19)}","Berlin"\n`,
  unicode: (n: number) =>
    `user${n}@example${n % 1000}.com,Zoë ${n % 977},Łukasiewicz,${n},2024-01-${10 + (n % 19)},Köln ${n % 53}\n`,
  repeated: (n: number) => kinds.plain(n % 10 === 0 ? n % 1000 : n),
};

const writeFile = async (path: string, line: (n: number) => string): Promise<void> => {
  const out = createWriteStream(path);
  out.write('email,first_name,last_name,number,joined,city\n');
  for (let from = 0; from < rows; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - from) }, (_, index) => line(from + index));
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
};

const plan = async (path: string) => {
  let apart = 0;
  const planned = await planRows(() => createReadStream(path, blocks), {
    onDuplicate() {
      apart++;
    },
  });
  return { ...planned, apart };
};

/** What is measured: each gives back how many rows it saw. `prepare` runs before the clock does. */
const tasks = {
  planRows: async (path: string) => async () => (await plan(path)).rows,
  readRows: async (path: string) => {
    const { ranges, format, header, apart } = await plan(path);
    return async () => {
      let count = apart;
      for (const range of ranges) {
        const bytes = createReadStream(path, { ...blocks, start: range.start, end: range.end - 1 });
        for await (const batch of readRows(bytes, format, header, range)) count += batch.length;
      }
      return count;
    };
  },
  'csv-parse': async (path: string) => async () => {
    let count = 0;
    for await (const _ of createReadStream(path, blocks).pipe(parse({ from: 2 }))) count++;
    return count;
  },
};

const measure = async (name: keyof typeof tasks, path: string): Promise<void> => {
  const { size } = await stat(path);
  const work = await tasks[name](path);
  const before = process.memoryUsage().rss;
  const start = performance.now();
  if ((await work()) !== rows) throw new Error('rows were lost');
  const seconds = (performance.now() - start) / 1000;
  const mebi = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);
  const figures = [
    `${(size / 1e6 / seconds).toFixed(0).padStart(5)} MB/s`,
    `${(rows / 1e6 / seconds).toFixed(2).padStart(6)} M rows/s`,
    `peak ${mebi(process.resourceUsage().maxRSS * 1024).padStart(4)} MiB, ${mebi(before)} before`,
  ];
  console.log(`  ${name.padEnd(12)}${figures.join('  ')}`);
};

const measureAll = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-files-'));
  try {
    for (const [kind, line] of Object.entries(kinds)) {
      const path = join(folder, `${kind}.csv`);
      await writeFile(path, line);
      console.log(`${kind}: ${rows} rows, ${((await stat(path)).size / 1e6).toFixed(0)} MB`);
      for (const name of Object.keys(tasks)) {
        const { status } = spawnSync(process.execPath, [import.meta.filename, millions, name, path], {
          stdio: 'inherit',
        });
        if (status !== 0) throw new Error(`${name} failed`);
      }
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};

if (task === undefined) await measureAll();
else if (task in tasks) await measure(task as keyof typeof tasks, file);
else throw new Error(`There is no task ${task}`);
