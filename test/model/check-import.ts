// What must be true of an import once its schedule has come to rest, and of the people of a client after all their imports.
import type { ClientId, Job } from '../../functions/jobs/job.ts';
import type { Profile, Sid } from '../../functions/jobs/profile.ts';
import { cellsOf, type Folded, type Reading, readNaively } from './naive.ts';
import type { Stage } from './stage.ts';

/** Persons with a row in the file of rows that were not processed. */
const leftBy = (stage: Stage, job: Job): Set<Sid> => {
  const text = stage.resultOf(job, 'notProcessed');
  return new Set(text === undefined ? [] : readNaively(job.client, text).people.keys());
};

/** Ended by a failure that no finisher saw: what it did since its last account is unknown. */
const brokeOff = (job: Job): boolean =>
  /could not be done|plan of the job is gone|results could not be made/.test(job.failure?.message ?? '');

export const checkImport = (stage: Stage, job: Job): void => {
  const { world } = stage;
  const name = `${world.nameOf(job.id)} (${job.state})`;
  const text = stage.inputs.get(job.id);
  if (job.rows === undefined || text === undefined) {
    checkNothingDone(stage, job, name);
    return;
  }
  const reading = readNaively(job.client, text);
  const { counts } = job;
  if (job.rows !== reading.rows) world.violate(`${name}: ${job.rows} rows of ${reading.rows}`);
  if (job.state === 'completed' && (counts.rejected ?? 0) !== reading.rejected)
    world.violate(`${name}: ${counts.rejected} rejected of ${reading.rejected}`);
  if (brokeOff(job)) world.seen.add(`check broke off: ${job.failure?.message ?? ''}`);
  else {
    const lines = new Set<string>();
    for (const [kind, count] of [
      ['rejected', counts.rejected ?? 0],
      ['notProcessed', counts.not_processed ?? 0],
    ] as const) {
      const [header = [], ...rows] = cellsOf(stage.resultOf(job, kind) ?? '');
      if (rows.length !== count) world.violate(`${name}: ${rows.length} lines in a file for ${count} rows`);
      for (const cells of rows) lines.add(cells[header.indexOf('_line')] ?? '');
    }
    if (lines.size !== (counts.rejected ?? 0) + (counts.not_processed ?? 0))
      world.violate(`${name}: a line is in the result files twice`);
  }
  checkCreated(stage, job, name, reading);
};

const checkNothingDone = ({ world, profiles }: Stage, job: Job, name: string): void => {
  if (profiles.creations.some((one) => one.job === job.id)) world.violate(`${name}: wrote without a plan`);
  if (Object.keys(job.counts).length > 0) world.violate(`${name}: counts without a plan`);
};

/**
 * Every profile that a job made is counted by it as created, once, whatever came twice or died. Not counted are only those of
 * rows that were given up: of a buried chunk, or written after another worker was told by the store that they are not there.
 */
const checkCreated = (stage: Stage, job: Job, name: string, reading: Reading): void => {
  const { world, profiles } = stage;
  const made = profiles.all(job.client).filter(({ createdBy }) => createdBy === job.id);
  const created = job.counts.created ?? 0;
  if (job.mode === 'plan') {
    if (made.length > 0) world.violate(`${name}: a plan made profiles`);
    return;
  }
  for (const { sid } of made)
    if (!reading.people.has(sid)) world.violate(`${name}: made a profile that is not in its file`);
  if (brokeOff(job)) {
    if (created > made.length) world.violate(`${name}: ${created} created, ${made.length} profiles made`);
    return;
  }
  const left = leftBy(stage, job);
  const buried = job.marks.some((mark) => mark.startsWith('!'));
  const lost = made.filter(({ sid }) => left.has(sid));
  for (const { sid } of lost) {
    const told = stage.told.get(`${job.id} ${sid}`);
    const creation = profiles.creations.find((one) => one.job === job.id && one.sid === sid);
    if (buried) world.seen.add('check created, then buried');
    else if (told !== undefined && creation && creation.step > told) world.seen.add('check created after it was told');
    else world.violate(`${name}: made a profile that it calls not processed`);
  }
  if (created !== made.length - lost.length)
    world.violate(`${name}: ${created} created, ${made.length} profiles made, ${lost.length} of them given up`);
};

interface Part {
  job: Job;
  folded: Folded;
  /** Whether the person's rows were given up, or nobody knows. */
  left: boolean;
}

/** The profiles of a client are what its imports say, one by one where a person is in one import only. */
export const checkPeople = (stage: Stage, client: ClientId): void => {
  const { world, profiles } = stage;
  const parts = new Map<Sid, Part[]>();
  const imports = [...stage.jobs.jobs.values()].filter(
    (job) => job.client === client && job.type === 'import' && !job.mode,
  );
  for (const job of imports) {
    const text = stage.inputs.get(job.id);
    if (text === undefined) continue;
    const left = leftBy(stage, job);
    for (const [sid, folded] of readNaively(client, text).people) {
      const part = { job, folded, left: left.has(sid) || brokeOff(job) || job.rows === undefined };
      parts.set(sid, [...(parts.get(sid) ?? []), part]);
    }
  }
  for (const job of imports) checkAlone(stage, job, parts);
  for (const profile of profiles.all(client))
    if (!parts.has(profile.sid) && profile !== profiles.first(client, profile.sid))
      world.violate(`${profile.email} changed without a row`);
  for (const [sid, those] of parts) checkPerson(stage, client, sid, those);
};

const applied = (stage: Stage, before: Profile | undefined, { job, folded }: Part): string => {
  const list = stage.lists.get(`${job.client} ${String(job.params.list)}`)?.id ?? '';
  const source = folded.source ?? before?.source;
  return shapeOf({
    vars: { ...before?.vars, ...folded.vars },
    lists: { ...before?.lists, [list]: 0 },
    ...(source && { source }),
  });
};

/** What an import can change of a profile; times of joining are left out. */
const shapeOf = (profile: (Pick<Profile, 'vars' | 'lists'> & { source?: string }) | undefined): string => {
  if (!profile) return 'nothing';
  const vars = Object.entries(profile.vars).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ vars, lists: Object.keys(profile.lists).sort(), source: profile.source });
};

const checkPerson = (stage: Stage, client: ClientId, sid: Sid, parts: readonly Part[]): void => {
  const { world, profiles } = stage;
  const before = profiles.first(client, sid);
  const after = profiles.latest(client, sid);
  const [first] = parts;
  if (parts.length === 1 && first) {
    const right = applied(stage, before, first);
    const found = shapeOf(after);
    if (found !== right && !(first.left && found === shapeOf(before)))
      world.violate(`${world.nameOf(first.job.id)} (${first.job.state}): ${found} instead of ${right}`);
    return;
  }
  const all = (name: string) => [before?.vars[name], ...parts.map(({ folded }) => folded.vars[name])];
  for (const [name, value] of Object.entries(after?.vars ?? {}))
    if (!all(name).includes(value)) world.violate(`a value that nobody brought: ${name} ${String(value)}`);
  const done = parts
    .filter(({ left }) => !left)
    .map(({ job }) => stage.lists.get(`${client} ${String(job.params.list)}`)?.id ?? '');
  for (const list of [...done, ...Object.keys(before?.lists ?? {})])
    if (after?.lists[list] === undefined) world.violate('somebody is missing in a list');
  const possible = parts.map(({ job }) => stage.lists.get(`${client} ${String(job.params.list)}`)?.id);
  for (const list of Object.keys(after?.lists ?? {}))
    if (!possible.includes(list) && before?.lists[list] === undefined)
      world.violate('somebody is in a list without a row');
};

/** An import whose people are in no other one has exactly the outcomes of the plain way. */
const checkAlone = (stage: Stage, job: Job, parts: ReadonlyMap<Sid, readonly Part[]>): void => {
  if (job.state !== 'completed') return;
  const own = [...parts].filter(([, those]) => those.some((part) => part.job.id === job.id));
  if (own.some(([, those]) => those.length > 1)) return;
  stage.world.seen.add('check imports compared with the plain way');
  const right = { created: 0, updated: 0, unchanged: 0, duplicate: 0 };
  for (const [sid, [part]] of own) {
    if (!part) continue;
    const before = stage.profiles.first(job.client, sid);
    if (!before) right.created++;
    else if (applied(stage, before, part) === shapeOf(before)) right.unchanged++;
    else right.updated++;
    right.duplicate += part.folded.rows - 1;
  }
  const { created = 0, updated = 0, unchanged = 0, duplicate = 0 } = job.counts;
  const found = { created, updated, unchanged, duplicate };
  if (JSON.stringify(found) !== JSON.stringify(right))
    stage.world.violate(`${stage.world.nameOf(job.id)}: ${JSON.stringify(found)} instead of ${JSON.stringify(right)}`);
};
