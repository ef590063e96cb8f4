// Purchases change hands: to the person that two became one in, or to nobody when a person is forgotten.
import type { Client, Ports } from '../ports.ts';
import type { Sid } from '../profile.ts';
import { purchasesOf, settlePeople } from './person.ts';
import { indexKeysOf, type Purchase, personPart, placeOf, recordKeyOf } from './purchase.ts';

interface Context {
  ports: Pick<Ports, 'profiles' | 'records' | 'clock'>;
  client: Client;
}

/** Whose purchases are kept without anybody's name. */
const nobody: Pick<Purchase, 'sid' | 'email'> = { sid: '0'.repeat(24), email: '' };

/**
 * Gives the purchases of `from` to another person. With nobody to give them to they are kept as what was sold, without what
 * says to whom: no address, no id, no variables. May be done twice.
 */
export const handOverPurchases = async (
  { ports, client }: Context,
  from: Sid,
  to?: Pick<Purchase, 'sid' | 'email'> & { by: string },
): Promise<void> => {
  const { records, clock } = ports;
  const purchases = (await purchasesOf({ ports, client }, [from])).get(from) ?? [];
  const places: string[] = [];
  for (const purchase of purchases) {
    const key = recordKeyOf(purchase.id);
    const [stored] = await records.read(client.id, 'purchases', [key], { fresh: true });
    if (!stored || stored.value.sid !== from) continue;
    const { sid, email } = to ?? nobody;
    const { vars, device, messageId: _, ...facts } = stored.value as unknown as Purchase;
    const next: Purchase = { ...facts, ...(to && { ...(vars && { vars }), ...(device && { device }) }), sid, email };
    // Indexes first: they may say too much.
    if (to)
      await records.write(
        client.id,
        'purchases',
        indexKeysOf(next).map((each) => ({ ...each, value: {} })),
      );
    await records.write(client.id, 'purchases', [{ ...key, value: { ...next }, was: stored.version }]);
    places.push(placeOf(purchase.time, purchase.id));
  }
  const old = places.map((sort) => ({ part: personPart(from), sort }));
  if (old.length > 0) await records.write(client.id, 'purchases', old);
  if (!to || purchases.length === 0) return;
  await settlePeople({ ports, client, by: to.by, at: clock.now() }, new Map([[to.sid, to.email]]));
};
