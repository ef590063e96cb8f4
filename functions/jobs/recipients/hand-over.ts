// What a person got and did goes to the person that two became one in, or is forgotten with the person.
import { RetryLater } from '../errors.ts';
import type { Client, Ports } from '../ports.ts';
import type { Sid } from '../profile.ts';
import { blastAt, blastKey, happeningsOf, personPart, table } from './recipient.ts';
import { settlePeople } from './settle.ts';
import { writeUnions } from './unions.ts';

interface Context {
  ports: Pick<Ports, 'profiles' | 'records' | 'clock'>;
  client: Client;
}

const rounds = 8;

/**
 * Gives the campaigns of `from` to another person, who may have got the same ones: what happened is put together. With nobody
 * to give them to they are forgotten; what was counted of the campaigns stays until they are counted anew. May be done twice.
 */
export const handOverRecipients = async (
  { ports, client }: Context,
  from: Sid,
  to?: { sid: Sid; email: string; by: string },
): Promise<void> => {
  const { records, clock } = ports;
  let any = false;
  for (let round = 0, left = true; left; round++) {
    if (round === rounds) throw new RetryLater(5, 'recipients kept changing');
    left = false;
    for await (const page of records.range(client.id, table, personPart(from), { fresh: true })) {
      any = true;
      const sayings = page.map(({ sort, value }) => ({
        sid: to?.sid ?? from,
        blast: blastAt(sort),
        happenings: happeningsOf(value),
      }));
      if (to) await writeUnions({ ports, client }, sayings, to.by);
      // The person's own records last: they lead to the others. One that has learnt something meanwhile has its turn again.
      const others = sayings.map(({ blast }) => blastKey({ sid: from, blast }));
      await records.write(client.id, table, others);
      const own = page.map(({ part, sort, version }) => ({ part, sort, was: version }));
      if ((await records.write(client.id, table, own)).length > 0) left = true;
    }
  }
  if (to && any) await settlePeople({ ports, client, by: to.by, at: clock.now() }, new Map([[to.sid, to.email]]));
};
