// `npm run model -- --schedules N --seed N`: many schedules of the job engine, or with `--trace` the steps of one.
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { runSchedule } from './schedule.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
if (values.trace) {
  const { trace, violations, seen } = await runSchedule(first, { traced: true });
  console.log(trace.join('\n'));
  console.log([...seen.counts].map(([what, times]) => `${what}: ${times}`).join('\n'));
  console.log(violations.length > 0 ? violations.join('\n') : 'nothing is broken');
  process.exitCode = violations.length > 0 ? 1 : 0;
} else {
  const started = performance.now();
  const seen = new Coverage();
  let [steps, jobs, failures] = [0, 0, 0];
  const last = first + Number(values.schedules);
  for (let seed = first; seed < last; seed++) {
    const outcome = await runSchedule(seed);
    steps += outcome.steps;
    jobs += outcome.jobs;
    seen.merge(outcome.seen);
    if (outcome.violations.length === 0) continue;
    failures++;
    console.log(`seed ${seed}: ${outcome.violations.join('; ').slice(0, 400)}`);
  }
  const seconds = (performance.now() - started) / 1000;
  for (const prefix of [
    'fault ',
    'crashed ',
    'end ',
    'move ',
    'account ',
    'control ',
    'take ',
    'report ',
    'log ',
    'error ',
    'broke off: ',
  ])
    console.log(`${prefix.trim().padEnd(10)} ${seen.line(prefix)}`);
  console.log(
    `other      conflict ${seen.of('conflict')}, sweeps ${seen.of('sweeps')}, ${['imports compared with the plain way', 'created, then buried', 'created after the stop was told', 'leftover of a late worker'].map((what) => `${what} ${seen.of(what)}`).join(', ')}`,
  );
  console.log(
    `${values.schedules} schedules from seed ${first} in ${seconds.toFixed(1)} s: ${steps} steps, ${jobs} jobs, ${seen.of('fault crash')} crashes, ` +
      `${seen.of('fault repeat')} duplicates, ${seen.of('fault drop')} drops; ${failures} failed`,
  );
  process.exitCode = failures > 0 ? 1 : 0;
}
