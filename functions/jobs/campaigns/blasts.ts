// The campaigns of a client: a short record for each in one part, in the order of their ids; what people read lies apart.
import type { ClientId, Millis } from '../job.ts';
import type { Ports } from '../ports.ts';
import { type Blast, type BlastStats, type Content, isOut, listsOf, scheduled } from './blast.ts';
import { allOf, changeRecord, type Place } from './change-record.ts';
import { dropLong, putLong, readLong } from './long-value.ts';
import { nextNumber, numberKey, passNumber } from './numbers.ts';

type Stores = Pick<Ports, 'records'>;

const heads = 'heads';
const placeOf = (id: number): Place => ({ table: 'blasts', part: heads, sort: numberKey(id) });
const contentPart = (id: number): string => `content#${numberKey(id)}`;

/** The campaign with this id, as last written. */
export const findBlast = async ({ records }: Stores, client: ClientId, id: number): Promise<Blast | undefined> => {
  const { table, ...key } = placeOf(id);
  const [found] = await records.read(client, table, [key], { fresh: true });
  return found?.value as Blast | undefined;
};

/** All campaigns, in the order of their ids; without what people read. May be a moment old. */
export const listBlasts = (ports: Stores, client: ClientId): Promise<Blast[]> =>
  allOf<Blast>(ports, client, 'blasts', heads);

/** The lists of campaigns that are scheduled or being sent, those among them that say who does not get it. */
export const blastsInUse = async (ports: Stores, client: ClientId): Promise<Set<string>> => {
  // As last written: whoever erases a list asks, and a campaign may just have been scheduled.
  const blasts = await allOf<Blast>(ports, client, 'blasts', heads, { fresh: true });
  return new Set(blasts.filter(({ status }) => status === 'scheduled' || status === 'sending').flatMap(listsOf));
};

/** What people read. The campaign is read again when its content was replaced in between. */
export const contentOf = async (ports: Stores, client: ClientId, blast: Blast): Promise<Content> => {
  let current: Blast | undefined = blast;
  while (current?.content) {
    const { content }: Blast = current;
    const found = await readLong(ports, client, contentPart(blast.id), content);
    if (found !== undefined) return found as Content;
    current = await findBlast(ports, client, blast.id);
    if (current?.content?.revision === content.revision) throw new Error('the content of a campaign is gone');
  }
  return {};
};

/**
 * Makes a campaign: under an id of its own, or under the one that it had in another system. Undefined when another campaign
 * has that one.
 */
export const createBlast = async (
  ports: Stores,
  client: ClientId,
  blast: Omit<Blast, 'id' | 'content'>,
  content: Content,
  had?: number,
): Promise<Blast | undefined> => {
  if (had !== undefined) await passNumber(ports, client, 'blast', had);
  const id = had ?? (await nextNumber(ports, client, 'blast'));
  const part = contentPart(id);
  const value: Blast = {
    ...blast,
    id,
    ...(hasContent(content) && { content: await putLong(ports, client, part, content) }),
  };
  const { table, ...key } = placeOf(id);
  const [taken] = await ports.records.write(client, table, [{ ...key, value, was: 0 }]);
  if (!taken) return value;
  await dropLong(ports, client, part, value.content);
  return undefined;
};

/**
 * Changes a campaign: what `decide` makes of it as it stands, the very same when nothing changes. With `content`, what people
 * read is replaced too. Undefined when there is no such campaign. `decide` may throw, and nothing is written.
 */
export const changeBlast = async (
  ports: Stores,
  client: ClientId,
  id: number,
  decide: (blast: Blast) => Blast,
  content?: Content,
): Promise<Blast | undefined> => {
  const found = await findBlast(ports, client, id);
  if (!found) return undefined;
  // Whatever is refused is refused before anything is written.
  decide(found);
  const part = contentPart(id);
  const written = content && (await putLong(ports, client, part, content));
  let replaced: Blast['content'];
  const after = await changeRecord<Blast, Blast | undefined>(ports, client, placeOf(id), (before) => {
    const next = before && decide(before);
    replaced = before?.content;
    return next && written ? { ...next, content: written } : next;
  });
  if (written) await dropLong(ports, client, part, after ? replaced : written);
  return after;
};

/** Removes a campaign that `mayGo`; it, or undefined when there is none. `mayGo` throws for those that stay. */
export const removeBlast = async (
  ports: Stores,
  client: ClientId,
  id: number,
  mayGo: (blast: Blast) => void,
): Promise<Blast | undefined> => {
  let removed: Blast | undefined;
  await changeRecord<Blast, undefined>(ports, client, placeOf(id), (before) => {
    if (before) mayGo(before);
    removed = before;
    return undefined;
  });
  await dropLong(ports, client, contentPart(id), removed?.content);
  return removed;
};

/**
 * Lets a campaign go at `at`, or earlier when it was to go earlier: for jobs that send it once they are done, which may do so
 * twice. `unready`: nobody has said yet to which list it goes. `out`: it is being sent, or was.
 */
export const scheduleBlast = async (
  ports: Pick<Ports, 'records' | 'clock'>,
  client: ClientId,
  id: number,
  at: Millis,
): Promise<'scheduled' | 'unknown' | 'unready' | 'out'> => {
  const fits = (blast: Blast): boolean => blast.list !== undefined && !isOut(blast);
  const after = await changeBlast(ports, client, id, (blast) =>
    fits(blast) ? scheduled(blast, at, ports.clock.now()) : blast,
  );
  if (!after) return 'unknown';
  if (isOut(after)) return 'out';
  return after.status === 'scheduled' ? 'scheduled' : 'unready';
};

/** Keeps what was counted of a campaign, whole. False when there is no such campaign. */
export const saveStats = async (ports: Stores, client: ClientId, id: number, stats: BlastStats): Promise<boolean> => {
  const same = (blast: Blast): boolean => JSON.stringify(blast.stats) === JSON.stringify(stats);
  const after = await changeBlast(ports, client, id, (blast) => (same(blast) ? blast : { ...blast, stats }));
  return after !== undefined;
};

const hasContent = ({ html, text }: Content): boolean => html !== undefined || text !== undefined;
