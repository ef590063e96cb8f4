// Records of recipients grow: each becomes the union of what it says and what is to be said.
import { RetryLater } from '../errors.ts';
import type { JobId } from '../job.ts';
import type { Client, Ports, RecordKey, RecordWrite, StoredRecord } from '../ports.ts';
import { type Happenings, isSame, union } from './happenings.ts';
import { blastKey, happeningsOf, personKey, type Recipient, table } from './recipient.ts';

interface Context {
  ports: Pick<Ports, 'records'>;
  client: Client;
}

/** A recipient, and what is to be said of it. */
export interface Saying extends Recipient {
  happenings: Happenings;
}

/** What a person's record says: what happened, the job that made it, the job that changed it last. */
export type OwnRecord = Happenings & { createdBy?: JobId; changedBy?: JobId };

/** Both records of a recipient as they are, where they are. */
interface Pair {
  own?: StoredRecord | undefined;
  other?: StoredRecord | undefined;
}

const rounds = 12;
const nameOf = ({ part, sort }: RecordKey): string => `${part} ${sort}`;

/** Says it in both records of each recipient, in either order: none depends on the other. The persons' records after it. */
export const writeUnions = async (context: Context, sayings: readonly Saying[], by: JobId): Promise<OwnRecord[]> => {
  const own = await grow(context, sayings, personKey, (value, happenings) => ownUnion(value, happenings, by));
  await grow(context, sayings, blastKey, otherUnion);
  return own;
};

/** Both records of each recipient, from a consistent read. */
export const readPairs = async ({ ports, client }: Context, recipients: readonly Recipient[]): Promise<Pair[]> => {
  const keys = recipients.flatMap((recipient) => [personKey(recipient), blastKey(recipient)]);
  const stored = byName(await ports.records.read(client.id, table, keys, { fresh: true }));
  return recipients.map((recipient) => ({
    own: stored.get(nameOf(personKey(recipient))),
    other: stored.get(nameOf(blastKey(recipient))),
  }));
};

type Value = Record<string, unknown>;
type Grown = (value: Value | undefined, happenings: Happenings) => OwnRecord | undefined;

/** What a person's record is to say; undefined when it says it already. */
export const ownUnion = (value: Value | undefined, happenings: Happenings, by: JobId): OwnRecord | undefined => {
  const after = otherUnion(value, happenings);
  return after && { ...after, createdBy: value ? String(value.createdBy) : by, changedBy: by };
};

/** The same of the record among the people of the campaign, which names no jobs: it is read by the million. */
export const otherUnion = (value: Value | undefined, happenings: Happenings): Happenings | undefined => {
  const before = happeningsOf(value ?? {});
  const after = union(before, happenings);
  return isSame(before, after) ? undefined : after;
};

/** Sets only grow: an old reading can lead to a conflict, never to something being lost. */
const grow = async (
  { ports, client }: Context,
  sayings: readonly Saying[],
  keyOf: (recipient: Recipient) => RecordKey,
  grown: Grown,
): Promise<OwnRecord[]> => {
  const after: OwnRecord[] = new Array(sayings.length);
  let open = [...sayings.entries()].map(([index, saying]) => ({ index, key: keyOf(saying), saying }));
  for (let round = 0; open.length > 0; round++) {
    if (round === rounds) throw new RetryLater(5, 'recipients kept changing');
    const keys = open.map(({ key }) => key);
    const stored = byName(await ports.records.read(client.id, table, keys, { fresh: round > 0 }));
    const writes = new Map<string, RecordWrite>();
    for (const { index, key, saying } of open) {
      const found = stored.get(nameOf(key));
      const value = grown(found?.value, saying.happenings);
      after[index] = value ?? (found?.value as OwnRecord);
      if (value) writes.set(nameOf(key), { ...key, value, was: found?.version ?? 0 });
    }
    const conflicts = new Set((await ports.records.write(client.id, table, [...writes.values()])).map(nameOf));
    open = open.filter(({ key }) => conflicts.has(nameOf(key)));
  }
  return after;
};

const byName = (records: readonly StoredRecord[]): Map<string, StoredRecord> =>
  new Map(records.map((record) => [nameOf(record), record]));
