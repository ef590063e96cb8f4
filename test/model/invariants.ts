// What must be true of every schedule once it has come to rest.
import { accountedRows, isEnded, type Job } from '../../functions/jobs/job.ts';
import { inputKey } from '../../functions/jobs/looks.ts';
import { checkExport } from './check-export.ts';
import { checkImport, checkPeople } from './check-import.ts';
import type { Stage } from './stage.ts';

export const checkEnd = (stage: Stage): void => {
  for (const job of stage.jobs.jobs.values()) {
    checkJob(stage, job);
    checkReports(stage, job);
    checkEvents(stage, job);
    checkLeftovers(stage, job);
    checkResults(stage, job);
    if (job.type === 'import') checkImport(stage, job);
    else checkExport(stage, job);
  }
  for (const client of stage.clients.keys()) checkPeople(stage, client);
};

/** Long after: nothing is left to do, and what had its time is gone. */
export const checkForgotten = ({ jobs, files, world }: Stage): void => {
  for (const job of jobs.jobs.values()) {
    const name = world.nameOf(job.id);
    // Two sweepers at once may leave the record a word behind; what counts is the object.
    for (const file of Object.values(job.files))
      if (files.objects.has(file.key)) world.violate(`${name} keeps ${file.filename}`);
    const input = inputKey(job);
    if (input !== undefined && files.objects.has(input)) world.violate(`${name} keeps its input`);
  }
};

const checkJob = ({ world }: Stage, job: Job): void => {
  const name = world.nameOf(job.id);
  if (!isEnded(job)) world.violate(`${name} has not ended: ${job.state} ${job.phase ?? ''}`);
  if (job.finishedAt === undefined) world.violate(`${name} has no time of its end`);
  const total = Object.values(job.reasons).reduce((sum, n) => sum + n, 0);
  if (total !== (job.counts.rejected ?? 0)) world.violate(`${name}: ${total} reasons, ${job.counts.rejected} rejected`);
  if (job.type !== 'import' || job.rows === undefined || job.state === 'failed') return;
  if (accountedRows(job.counts) !== job.rows)
    world.violate(`${name} (${job.state}): ${accountedRows(job.counts)} outcomes of ${job.rows} rows`);
};

/** A report arrives once for each answer that its sender heard, or it is logged that it did not. */
const checkReports = ({ world, taken }: Stage, job: Job): void => {
  const name = world.nameOf(job.id);
  const wanted = [job.reportEmail && 'mail', job.postbackUrl && 'postback'].filter(Boolean);
  for (const channel of ['mail', 'postback'] as const) {
    const takes = taken.filter((one) => one.job === job.id && one.channel === channel);
    const { state } = job.deliveries[channel] ?? { state: undefined };
    if (!wanted.includes(channel)) {
      if (takes.length > 0) world.violate(`${name}: a ${channel} that nobody asked for`);
      continue;
    }
    world.seen.add(`report ${channel} ${state}`);
    if (state !== 'delivered' && state !== 'failed') world.violate(`${name}: the ${channel} is ${state} at the end`);
    if (state === 'delivered' && takes.length === 0) world.violate(`${name}: the ${channel} never arrived`);
    if (new Set(takes.map(({ id }) => id)).size > 1) world.violate(`${name}: the ${channel} has several ids`);
    const heard = takes.filter(({ actor }) => !actor.disturbed).length;
    if (heard > 1) world.violate(`${name}: the ${channel} was delivered ${heard} times`);
    if (heard === 1 && state !== 'delivered') world.violate(`${name}: the ${channel} arrived and is ${state}`);
  }
};

/** The end of a job is told, and told the same however often. */
const checkEvents = ({ world, events }: Stage, job: Job): void => {
  const name = world.nameOf(job.id);
  const told = events.filter(({ detail }) => detail.job === job.id);
  if (told.length === 0) world.violate(`${name}: nobody was told of its end`);
  if (new Set(told.map((event) => JSON.stringify(event))).size > 1)
    world.violate(`${name}: its end was told differently`);
  if (told.some(({ detail }) => detail.state !== job.state)) world.violate(`${name}: another end was told`);
};

/** Nobody writes over the files that a job ended with. */
const checkResults = ({ world, files, results }: Stage, job: Job): void => {
  for (const [key, text] of results.get(job.id) ?? [])
    if (files.objects.has(key) && files.text(key) !== text)
      world.violate(`${world.nameOf(job.id)}: ${key} changed after the end`);
};

/** Parts and plans of an ended job are gone, but for what somebody late wrote after its end. */
const checkLeftovers = ({ world, files, jobs }: Stage, job: Job): void => {
  const ended = jobs.endedStep.get(job.id) ?? 0;
  for (const prefix of [`jobs/${job.id}/parts/`, `jobs/${job.id}/plan-`])
    for (const key of files.list(prefix)) {
      if ((files.objects.get(key)?.step ?? 0) <= ended)
        world.violate(`${world.nameOf(job.id)} (${job.state}) leaves ${key.slice(key.indexOf('/', 5) + 1)}`);
      else world.seen.add('check leftover of a late worker');
    }
};
