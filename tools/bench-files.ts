// Measures the planner's scan and the row reader, side by side with csv-parse: node tools/bench-files.ts [million rows]
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { planRows, type RowPlan } from '../functions/files/plan-rows.ts';
import { readRows } from '../functions/files/read-rows.ts';

const rows = Number(process.argv[2] ?? 1) * 1_000_000;
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

const measure = async <T>(name: string, bytes: number, work: () => Promise<T>): Promise<T> => {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  peak = Math.max(peak, process.memoryUsage().rss);
  const figures = [
    `${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s`,
    `${(rows / 1e6 / seconds).toFixed(2).padStart(6)} M rows/s`,
    `peak ${(peak / 1024 ** 2).toFixed(0).padStart(4)} MiB (+${((peak - before) / 1024 ** 2).toFixed(0)})`,
  ];
  console.log(`  ${name.padEnd(24)}${figures.join('  ')}`);
  return result;
};

const readAll = async (path: string, plan: RowPlan): Promise<number> => {
  let count = 0;
  for (const range of plan.ranges) {
    const bytes = createReadStream(path, { start: range.start, end: range.end - 1, highWaterMark: 262_144 });
    for await (const batch of readRows(bytes, plan.format, plan.header, range)) count += batch.length;
  }
  return count;
};

const parseAll = async (path: string): Promise<number> => {
  let count = 0;
  for await (const _ of createReadStream(path, { highWaterMark: 262_144 }).pipe(parse())) count++;
  return count;
};

const folder = await mkdtemp(join(tmpdir(), 'bench-files-'));
try {
  for (const [kind, line] of Object.entries(kinds)) {
    const path = join(folder, `${kind}.csv`);
    await writeFile(path, line);
    const { size } = await stat(path);
    console.log(`${kind}: ${rows} rows, ${(size / 1e6).toFixed(0)} MB`);
    const read = () => createReadStream(path, { highWaterMark: 262_144 });
    let apart = 0;
    const plan = await measure('planRows', size, () =>
      planRows(read, {
        onDuplicate: () => {
          apart++;
        },
      }),
    );
    const count = await measure('readRows', size, () => readAll(path, plan));
    if (plan.rows !== rows || count + apart !== rows) throw new Error('rows were lost');
    if (process.argv[3] !== 'alone') await measure('csv-parse (arrays)', size, () => parseAll(path));
    await rm(path);
  }
} finally {
  await rm(folder, { recursive: true });
}
