// `npm run bench`: how fast one machine is, and what a row costs on AWS. A bench, not a test: it ends well when figures fall short.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { benchAppend } from './bench/append.ts';
import { jsonOf, machineData, ratios, type Section, tableOf, WrongResult } from './bench/figures.ts';
import { benchMachine } from './bench/machine.ts';
import { benchPlanner } from './bench/planner.ts';
import { benchPurchases } from './bench/purchases.ts';
import { benchRecipients } from './bench/recipients.ts';
import { benchUpdate } from './bench/update.ts';
import { loopNames, workerRatios } from './bench/worker-ratios.ts';

const usage = `npm run bench -- [options]
  --rows N       rows for one machine, for the planner and for the parts that are only run when asked for (default 1,000,000)
  --large        one machine with 10,000,000 rows of about 100 bytes, a file of 1 GB: new rows and export only; with --only aws a dry run of it
  --aws-rows N   rows for the worker on AWS and the loops beside it (default 30,000; at least 20,000, below which jobs have no chunks of their own)
  --only PART    machine, floor, planner, aws, afternoon (which is the worker on AWS and plain loops beside it), or, only when asked
                 for, update (lines and a query), purchases (an import and the log of 31 days) recipients (the history of a campaign) or append (records matched)
  --no-floor     leave out the plain loops that figures can be compared with
  --profile DIR  write CPU profiles of the server and of the worker
  --json         print JSON`;

const parts = ['machine', 'floor', 'planner', 'update', 'aws', 'afternoon', 'purchases', 'recipients', 'append'];
/** Plain loops, for comparison. */
const loops = ['floor', 'afternoon'];
const leastAwsRows = 20_000;

const readArguments = () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      rows: { type: 'string' },
      large: { type: 'boolean', default: false },
      'aws-rows': { type: 'string' },
      only: { type: 'string' },
      floor: { type: 'boolean', default: true },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { large } = values;
  const [rows, awsRows] = [
    Number(values.rows ?? (large ? 10_000_000 : 1_000_000)),
    Number(values['aws-rows'] ?? (large ? 10_000_000 : 30_000)),
  ];
  if (!Number.isInteger(rows) || rows < 1) throw new Error('--rows takes a number of rows');
  if (!Number.isInteger(awsRows) || awsRows < leastAwsRows) throw new Error(`--aws-rows takes ${leastAwsRows} or more`);
  if (values.only !== undefined && !parts.includes(values.only))
    throw new Error(`--only takes one of ${parts.join(', ')}`);
  if (large && values.only === undefined) values.only = 'machine';
  const wants = (part: string) =>
    values.only === part || (values.only === undefined && (!loops.includes(part) || values.floor));
  return { rows, awsRows, large, wants, only: values.only, profile: values.profile, json: values.json };
};

/** Runs a part in a process of its own, which sends its section back. */
const inProcess = async (file: URL, rows: number, execArgv: string[] = [], ...more: string[]): Promise<Section> => {
  const child = fork(file, [String(rows), ...more], { execArgv });
  let section: Section | undefined;
  child.on('message', (news: Section) => {
    section = news;
  });
  const [code] = await once(child, 'exit');
  if (!section || code !== 0) throw new WrongResult(`${basename(file.pathname)} did not come to its end`);
  return section;
};

const run = async (): Promise<void> => {
  const { rows, awsRows, large, wants, only, profile, json } = readArguments();
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    if (!json) console.log(tableOf(section));
  };
  const machine = machineData();
  const { node, system, cores, cpu, memoryGiB, load } = machine;
  if (!json) console.log(`Node ${node} on ${system}, ${cores} cores (${cpu}), ${memoryGiB} GiB, load before: ${load}`);
  if (wants('machine')) add(await benchMachine({ rows, large, ...(profile !== undefined && { profiles: profile }) }));
  if (wants('floor')) add(await inProcess(new URL('./bench/floor.ts', import.meta.url), rows));
  const [one, other] = sections;
  if (one && other) add(ratios(one, other));
  if (wants('planner')) add(await benchPlanner(rows));
  if (wants('aws') || wants('afternoon')) {
    const size = large ? ['large'] : [];
    const worker = await inProcess(new URL('./bench/aws-worker.ts', import.meta.url), awsRows, profiling, ...size);
    add(worker);
    for (const [loop, name] of wants('afternoon') ? Object.entries(loopNames) : []) {
      const plain = await inProcess(new URL('./bench/afternoon.ts', import.meta.url), awsRows, profiling, loop);
      add(plain);
      add(workerRatios(worker, plain, name));
    }
  }
  if (only === 'update') add(await benchUpdate(rows, profile));
  if (only === 'purchases') add(await benchPurchases(rows, profile));
  if (only === 'recipients') add(await benchRecipients(rows));
  if (only === 'append') add(await benchAppend(rows));
  if (json) console.log(jsonOf(machine, sections));
};

try {
  await run();
} catch (error) {
  const expected = error instanceof WrongResult;
  console.error(expected ? `The result is wrong: ${error.message}` : error);
  if (error instanceof Error && !expected && /--|option/.test(error.message)) console.error(usage);
  process.exitCode = 1;
}
