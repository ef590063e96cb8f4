// A recipient is a person and a campaign, kept twice: with the person's other campaigns, and with the campaign's other people.
import type { ClientId } from '../job.ts';
import type { Ports, RecordKey, StoredRecord } from '../ports.ts';
import { type Sid, shardCount, shardOf } from '../profile.ts';
import { eventKinds, type Happenings } from './happenings.ts';

export const table = 'recipients';

/** Parts over which the people of a campaign are spread, so that many workers can write and read them at once. */
const parts = 64;
const shardsPerPart = shardCount / parts;

export interface Recipient {
  sid: Sid;
  blast: number;
}

const padded = (blast: number): string => String(blast).padStart(16, '0');
const blastPart = (blast: number, part: number): string => `blast#${padded(blast)}#${part}`;

/** Where all campaigns of a person lie, in order of their ids. */
export const personPart = (sid: Sid): string => `person#${sid}`;
export const personKey = ({ sid, blast }: Recipient): RecordKey => ({ part: personPart(sid), sort: padded(blast) });

/** Where the person lies among the people of the campaign, in order of sid. */
export const blastKey = ({ sid, blast }: Recipient): RecordKey => ({
  part: blastPart(blast, Math.floor(shardOf(sid) / shardsPerPart)),
  sort: sid,
});

/** Campaigns whose numbers are to be counted anew once the job has ended, in order of their ids. */
export const touchedPart = (job: string): string => `touched#${job}`;
export const touchedKey = (job: string, blast: number): RecordKey => ({ part: touchedPart(job), sort: padded(blast) });
export const blastAt = (sort: string): number => Number(sort);

/** What a record of a recipient says happened. */
export const happeningsOf = (value: Record<string, unknown>): Happenings => {
  const happenings: Happenings = {};
  for (const kind of eventKinds)
    if (value[kind]) happenings[kind] = value[kind] as NonNullable<Happenings[typeof kind]>;
  return happenings;
};

/** People of a campaign with what happened. */
export interface Received {
  sid: Sid;
  happenings: Happenings;
}

const hex = (shard: number): string => shard.toString(16).padStart(2, '0');
/** Behind every digit. */
const behind = 'g';

/** The people of a campaign whose shard is in [from, to), in order of sid, in batches. */
export async function* recipientsOf(
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  blast: number,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Received[]> {
  const bounds = { from: hex(from), to: to >= shardCount ? behind : hex(to) };
  for (let part = Math.floor(from / shardsPerPart); part * shardsPerPart < to; part++)
    for await (const page of records.range(client, table, blastPart(blast, part), bounds)) yield page.map(receivedOf);
}

const receivedOf = ({ sort, value }: StoredRecord): Received => ({ sid: sort, happenings: happeningsOf(value) });

/** What happened between a person and each campaign, from consistent reads, in batches. */
export async function* campaignsOf(
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  sid: Sid,
): AsyncGenerator<Happenings[]> {
  for await (const page of records.range(client, table, personPart(sid), { fresh: true }))
    yield page.map(({ value }) => happeningsOf(value));
}
