// Short ways to make sends in a house and to see which were told.
import { saveTemplate } from '../../functions/jobs/campaigns/template.ts';
import { makeSends } from '../../functions/jobs/sends/make-sends.ts';
import type { Send } from '../../functions/jobs/sends/send.ts';
import {
  duePart,
  dueShards,
  scheduledPart,
  scheduledShards,
  systemClient,
} from '../../functions/jobs/sends/send-index.ts';
import type { House } from './house.ts';

/** A minute, in milliseconds. */
export const minute = 60_000;

/** Makes sends that are to go `ahead` ms from now; the addresses are made up when only their number is given. */
export const sendsIn = async (
  house: House,
  ahead: number,
  to: readonly string[] | number,
  client = house.client.id,
): Promise<Send[]> => {
  await saveTemplate(house.ports, client, 'welcome', {});
  const emails = typeof to === 'number' ? Array.from({ length: to }, (_, index) => `p${index}@example.com`) : to;
  const request = { template: 'welcome', emails, vars: {}, evars: {}, options: {}, more: {}, at: house.now() + ahead };
  const made = await makeSends(house.ports, client, request);
  return made.flatMap((each) => ('send' in each ? [each.send] : []));
};

/** The ids of the sends that were told, as often as they were. */
export const toldSends = (house: House): string[] =>
  house.logs
    .filter(({ code, fields }) => code === 'event.told' && fields.kind === 'send.due')
    .map(({ fields }) => String(fields.send));

/** How many index records there are, of all clients and of the client's own. */
export const indexed = async (house: House, client = house.client.id): Promise<number> => {
  const parts = [
    ...Array.from({ length: dueShards }, (_, shard) => [systemClient, duePart(shard)] as const),
    ...Array.from({ length: scheduledShards }, (_, shard) => [client, scheduledPart(shard)] as const),
  ];
  let count = 0;
  for (const [owner, part] of parts)
    for await (const page of house.ports.records.range(owner, 'sends', part)) count += page.length;
  return count;
};
