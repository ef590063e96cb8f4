// `npm run model -- --schedules N --seed N`: many schedules of the job engine, or with `--trace` the steps of one.
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { runSchedule } from './schedule.ts';

const usage = `npm run model -- [options]
  --schedules N   how many (10,000)
  --seed N        the first seed; each schedule has the next one (1)
  --trace         run that one schedule and print its steps`;

/** What was counted, one line for each kind. */
const report = (seen: Coverage): void => {
  for (const kind of [
    'fault',
    'crashed',
    'move',
    'end',
    'account',
    'take',
    'control',
    'report',
    'check',
    'error',
    'log',
  ])
    console.log(`${kind.padEnd(8)} ${seen.line(`${kind} `)}`);
};

const trace = async (seed: number): Promise<boolean> => {
  const outcome = await runSchedule(seed, { traced: true });
  console.log(outcome.trace.join('\n'));
  console.log(outcome.violations.length > 0 ? outcome.violations.join('\n') : 'nothing is broken');
  return outcome.violations.length === 0;
};

const runMany = async (first: number, schedules: number): Promise<boolean> => {
  const started = performance.now();
  const seen = new Coverage();
  let [steps, jobs, broken] = [0, 0, 0];
  for (let seed = first; seed < first + schedules; seed++) {
    const outcome = await runSchedule(seed);
    steps += outcome.steps;
    jobs += outcome.jobs;
    seen.merge(outcome.seen);
    if (outcome.violations.length === 0) continue;
    broken++;
    console.log(`seed ${seed}: ${outcome.violations.join('; ').slice(0, 400)}`);
  }
  report(seen);
  const faults = `${seen.of('fault crash')} crashes, ${seen.of('fault repeat')} duplicates, ${seen.of('fault drop')} drops`;
  const ends = ['completed', 'incomplete', 'failed', 'cancelled'].map(
    (state) => `${seen.ending(` ${state}`, 'end ')} ${state}`,
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${schedules} schedules from seed ${first} in ${seconds} s: ${steps} steps, ${faults}, ${jobs} jobs (${ends.join(', ')}); ${broken} broken`,
  );
  return broken === 0;
};

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [seed, schedules] = [Number(values.seed), Number(values.schedules)];
if (values.help || !Number.isSafeInteger(seed) || !Number.isSafeInteger(schedules)) console.log(usage);
else if (!(values.trace ? await trace(seed) : await runMany(seed, schedules))) process.exitCode = 1;
