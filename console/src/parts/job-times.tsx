// Where a job's time went, and what it used.
import type { JobAnswer } from '../../../functions/doors/console/schemas.ts';
import { serverNow } from '../api/client.ts';
import { bytes, count, dateTime, dollars, duration } from '../lib/format.ts';
import { Card, doorName } from './basics.tsx';

const phases = [
  ['downloading', 'Fetching'],
  ['splitting', 'Planning'],
  ['processing', 'Processing'],
  ['finishing', 'Finishing'],
] as const;

interface Step {
  name: string;
  at: number;
  seconds: number;
  now: boolean;
}

const stepsOf = (job: JobAnswer): Step[] => {
  const end = job.finishedAt === undefined ? undefined : Date.parse(job.finishedAt);
  const passed = phases.flatMap(([phase, name]) => {
    const at = job.times[phase];
    return at === undefined ? [] : [{ name, at: Date.parse(at) }];
  });
  const marks = [{ name: 'Waiting', at: Date.parse(job.createdAt) }, ...passed];
  return marks.map(({ name, at }, index) => {
    const next = marks[index + 1]?.at ?? end;
    return { name, at, seconds: Math.max(0, (next ?? serverNow()) - at) / 1000, now: next === undefined };
  });
};

/** The phases in their order, each as wide as it took, but never too narrow to be read. */
export const Timeline = ({ job }: { job: JobAnswer }) => {
  const steps = stepsOf(job);
  const total = Math.max(
    0.001,
    steps.reduce((sum, { seconds }) => sum + seconds, 0),
  );
  return (
    <Card title="Timeline" aside={<span class="soft">{duration(total)} in all</span>}>
      <ol class="timeline">
        {steps.map(({ name, at, seconds, now }) => (
          <li
            key={name}
            class={`step${now ? ' step-now' : ''}`}
            style={{ flexGrow: seconds / total }}
            aria-current={now ? 'step' : undefined}
          >
            <span class="step-name">{name}</span>
            <span class="step-time" title={`From ${dateTime(at)}`}>
              {now && job.state === 'paused' ? 'held' : duration(seconds)}
            </span>
          </li>
        ))}
        <li class="step step-end">
          <span class="step-name">{job.finishedAt === undefined ? 'Not ended' : 'Ended'}</span>
          <span class="step-time">{job.finishedAt === undefined ? '–' : dateTime(job.finishedAt)}</span>
        </li>
      </ol>
    </Card>
  );
};

/** What was asked for. */
export const Order = ({ job }: { job: JobAnswer }) => {
  const { maxErrors, maxErrorPct } = job.errorBudget ?? {};
  const facts: [string, string][] = [
    ['Ordered', doorName(job.door)],
    ['Type', job.type],
    ...Object.entries(job.params).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
    ['At', dateTime(job.createdAt)],
  ];
  if (job.beginsAt !== undefined) facts.push(['Not before', dateTime(job.beginsAt)]);
  if (maxErrors !== undefined) facts.push(['Stopped over', `${count(maxErrors)} rejected rows`]);
  if (maxErrorPct !== undefined) facts.push(['Stopped over', `${maxErrorPct} % rejected`]);
  return (
    <Card title="Order">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
};

export const Receipt = ({ job }: { job: JobAnswer }) => {
  const { receipt } = job;
  if (!receipt) return null;
  const { usage } = receipt;
  const facts: [string, string][] = [
    ['Speed', `${count(receipt.rowsPerSecond)} rows/s`],
    ['In all', duration(receipt.seconds.total ?? 0)],
    ['Read units', count(Math.ceil(usage.readUnits))],
    ['Write units', count(Math.ceil(usage.writeUnits))],
    ['Requests', count(usage.requests)],
    ['Bytes read', bytes(usage.bytesRead)],
    ['Bytes written', bytes(usage.bytesWritten)],
    ['Cost on AWS', dollars(receipt.costUsd)],
  ];
  if (receipt.plannedCostUsd !== undefined) facts.push(['Carrying it out', dollars(receipt.plannedCostUsd)]);
  return (
    <Card title="Receipt">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="soft small">Units, requests and costs are counted on AWS. On one machine they are nought.</p>
    </Card>
  );
};
