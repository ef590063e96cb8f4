// The sends of a client: made, read, taken back. What falls due later stands in two indexes, which are written first.
import { changeRecord } from '../campaigns/change-record.ts';
import type { ClientId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { release } from './release.ts';
import { isSendId, type Send, sendKey, sendWrite } from './send.ts';
import { dropIndexes, writeIndexes, writeSends } from './send-index.ts';

/**
 * Keeps sends of one client. Those whose time has come are told at once; when telling fails the sweeper does it, so that what was
 * kept is never lost.
 */
export const acceptSends = async (ports: Ports, client: ClientId, sends: readonly Send[]): Promise<void> => {
  await writeIndexes(ports, client, sends);
  await writeSends(ports, client, sends.map(sendWrite));
  const now = sends.filter(({ state }) => state === 'due');
  try {
    await release(ports, client, now);
  } catch (error) {
    ports.log.warn('sends.left_to_sweeper', {
      sends: now.length,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
};

/** The send of that id, as last written. */
export const findSend = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  id: string,
): Promise<Send | undefined> => {
  if (!isSendId(id)) return undefined;
  const [found] = await records.read(client, 'sends', [sendKey(id)], { fresh: true });
  return found?.value as Send | undefined;
};

/** Takes a send back that is still scheduled: from then on it is not told. The send as it was, whatever its state; undefined when there is none. */
export const cancelSend = async (
  ports: Pick<Ports, 'records'>,
  client: ClientId,
  id: string,
): Promise<Send | undefined> => {
  if (!isSendId(id)) return undefined;
  let found: Send | undefined;
  await changeRecord<Send, Send | undefined>(ports, client, { table: 'sends', ...sendKey(id) }, (before) => {
    found = before;
    return before?.state === 'scheduled' ? undefined : before;
  });
  if (found?.state === 'scheduled') await dropIndexes(ports, client, [found]);
  return found;
};
