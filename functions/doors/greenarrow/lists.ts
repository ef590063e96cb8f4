// Mailing lists, as far as imports need them: their numbers, and a way to make one.
import type { Client, List, Ports } from '../../jobs/ports.ts';
import { listName } from '../../jobs/requests/params.ts';
import { type Envelope, invalidRecord, invalidRequest, notFound, succeeded } from './errors.ts';
import { listNumber } from './numbers.ts';
import { shownTime } from './times.ts';

const listView = ({ name, createdAt }: List): Record<string, unknown> => ({
  id: listNumber(name),
  name,
  created_at: shownTime(createdAt),
});

/** Throws DoorError for a number that no list of the client has. */
export const findList = async ({ lists }: Pick<Ports, 'lists'>, client: Client, number: string): Promise<List> => {
  const list = (await lists.all(client.id)).find(({ name }) => String(listNumber(name)) === number);
  if (!list) throw notFound('The mailing list');
  return list;
};

export const allLists = async ({ lists }: Pick<Ports, 'lists'>, client: Client): Promise<Envelope> =>
  succeeded((await lists.all(client.id)).map(listView));

export const oneList = async (ports: Pick<Ports, 'lists'>, client: Client, number: string): Promise<Envelope> =>
  succeeded(listView(await findList(ports, client, number)));

/** The list of that name, made when it is missing. */
export const makeList = async (
  { lists, clock }: Pick<Ports, 'lists' | 'clock'>,
  client: Client,
  body: Record<string, unknown>,
): Promise<Envelope> => {
  const { mailing_list: given } = body;
  if (typeof given !== 'object' || given === null) throw invalidRequest('The body must have a key mailing_list');
  const name = listName.safeParse('name' in given ? given.name : undefined);
  if (!name.success) throw invalidRecord('name is missing, or no name for a list');
  return succeeded(listView(await lists.ensure(client.id, name.data, clock.now())));
};
