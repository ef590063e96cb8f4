// What must be true of an export once its schedule has come to rest.
import { parse } from 'csv-parse/sync';
import type { Job } from '../../functions/jobs/job.ts';
import { moment } from './job-store.ts';
import type { Stage } from './stage.ts';

/** Everybody who was a member when it began is in it, nobody twice, nobody who is no member. */
export const checkExport = (stage: Stage, job: Job): void => {
  const { world, lists, profiles } = stage;
  if (job.state !== 'completed') return;
  const name = world.nameOf(job.id);
  const text = stage.resultOf(job, 'export');
  if (text === undefined) {
    world.violate(`${name} has no export`);
    return;
  }
  const [header = [], ...rows] = parse(text) as string[][];
  const sids = rows.map(([sid = '']) => sid);
  if (new Set(sids).size !== sids.length) world.violate(`${name}: somebody is in the export twice`);
  if (sids.length !== job.counts.exported)
    world.violate(`${name}: ${sids.length} lines, ${job.counts.exported} counted`);
  const list = lists.get(`${job.client} ${String(job.params.list)}`)?.id ?? '';
  for (const sid of sids) if (!profiles.latest(job.client, sid)?.lists[list]) world.violate(`${name}: not a member`);
  for (const { sid } of profiles.all(job.client)) {
    const since = profiles.memberSince(job.client, sid, list);
    if (since !== undefined && since <= (job.startedAt ?? 0) - moment && !sids.includes(sid))
      world.violate(`${name}: a member is missing`);
  }
  const vars = new Set(profiles.all(job.client).flatMap((profile) => Object.keys(profile.vars)));
  if (header.filter((column) => vars.has(column)).length !== new Set(header.filter((column) => vars.has(column))).size)
    world.violate(`${name}: a column comes twice`);
};
