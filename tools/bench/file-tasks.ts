// What is done to a whole file of rows, each task measured in a process of its own, so that its memory is its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { parse } from 'csv-parse';
import { planRows } from '../../functions/files/plan-rows.ts';
import { readRows } from '../../functions/files/read-rows.ts';
import { expectSame, WrongResult } from './figures.ts';

/** Time and CPU are the task's alone; the peak is that of the whole process, `before` what it held when the task began. */
export interface TaskCosts {
  bytes: number;
  seconds: number;
  cpuSeconds: number;
  peakBytes: number;
  beforeBytes: number;
}

const blocks = { highWaterMark: 262_144 };

const plan = async (path: string) => {
  let apart = 0;
  const planned = await planRows(() => createReadStream(path, blocks), {
    onDuplicate() {
      apart++;
    },
  });
  expectSame('planner: rows apart', apart, planned.duplicates?.rows ?? 0);
  return { ...planned, apart };
};

/** Each gives back how many rows it saw. What is done before that function is there is not measured. */
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
export type Task = keyof typeof tasks;
export const taskNames = Object.keys(tasks) as Task[];

const measured = async (name: Task, path: string, rows: number): Promise<TaskCosts> => {
  const work = await tasks[name](path);
  const beforeBytes = process.memoryUsage.rss();
  const [start, usage] = [performance.now(), process.cpuUsage()];
  const count = await work();
  const { user, system } = process.cpuUsage(usage);
  const seconds = (performance.now() - start) / 1000;
  expectSame(`${name}: rows`, count, rows);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { bytes: statSync(path).size, seconds, cpuSeconds: (user + system) / 1e6, peakBytes, beforeBytes };
};

/** Does the task in a new process. Throws WrongResult when it does not see all rows. */
export const measureTask = async (name: Task, path: string, rows: number): Promise<TaskCosts> => {
  const child = fork(import.meta.filename, ['measure', name, path, String(rows)], { execArgv: [] });
  let costs: TaskCosts | undefined;
  child.on('message', (news: TaskCosts) => {
    costs = news;
  });
  const [code] = await once(child, 'exit');
  if (!costs || code !== 0) throw new WrongResult(`${name} did not come to its end`);
  return costs;
};

const [role, task, path = '', rows] = process.argv.slice(2);
if (process.send && role === 'measure') {
  process.send(await measured(task as Task, path, Number(rows)));
  process.disconnect();
}
