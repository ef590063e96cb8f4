// Campaigns and their history, as tests bring them in.
import type { Blast } from '../../functions/jobs/campaigns/blast.ts';
import { createBlast } from '../../functions/jobs/campaigns/blasts.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Client, Ports } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import type { House } from './house.ts';
import { settled } from './jobs.ts';

/** A campaign that was sent, unless `more` says otherwise. */
export const addBlast = async (ports: Ports, client: Client, more: Partial<Blast> = {}): Promise<number> => {
  const at = Date.UTC(2024, 5, 1, 12);
  const base = { status: 'sent', name: 'June', subject: 'Hello', list: 'Main', labels: [], more: {} } as const;
  const made = await createBlast(
    ports,
    client.id,
    { ...base, labels: [], createdAt: at, modifiedAt: at, startAt: at, ...more },
    {},
  );
  if (!made) throw new Error('no campaign was made');
  return made.id;
};

export type Line = Record<string, unknown>;

const linesOf = (lines: readonly (Line | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

/** Submits an import of these lines. */
export const submitEvents = async (
  ports: Ports,
  client: Client,
  lines: readonly (Line | string)[],
  params: Record<string, unknown> = {},
): Promise<Job> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await ports.files.put(key, linesOf(lines));
  const upload = { key, filename: 'events.json' };
  return submit(ports, client, { door: 'sailthru', type: 'blast_events_import', params, upload });
};

export const importEvents = async (house: House, lines: readonly (Line | string)[], params = {}): Promise<Job> =>
  settled(house, await submitEvents(house.ports, house.client, lines, params));
