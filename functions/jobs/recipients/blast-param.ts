// The campaign that a job is about, as its parameter.
import { z } from 'zod';
import type { Blast } from '../campaigns/blast.ts';
import { findBlast } from '../campaigns/blasts.ts';
import { unknownBlast } from '../campaigns/save-blast.ts';
import type { ClientId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { readBlastId } from './read-event.ts';

/** An id, as a number or its digits; what cannot be one is an id that nobody has. */
export const blastParam = z.unknown().transform((raw, context): number => {
  const id = readBlastId(raw);
  if (id !== undefined) return id;
  if (raw === undefined) {
    // Without a reason of its own it is the missing parameter that is told.
    context.addIssue({ code: 'custom', message: 'missing' });
    return z.NEVER;
  }
  const shown = typeof raw === 'object' ? JSON.stringify(raw) : String(raw);
  const { reason, message } = unknownBlast(shown.slice(0, 100));
  context.addIssue({ code: 'custom', message, params: { reason } });
  return z.NEVER;
});

/** The campaign; throws Refusal when the client has none with that id. */
export const knownBlast = async (ports: Pick<Ports, 'records'>, client: ClientId, id: number): Promise<Blast> => {
  const blast = await findBlast(ports, client, id);
  if (!blast) throw unknownBlast(id);
  return blast;
};
