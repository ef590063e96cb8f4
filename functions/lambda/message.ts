// A queue message's body as text becomes a message of the domain, or is refused: other versions and shapes are not ours.
import { z } from 'zod';
import type { Message } from '../jobs/ports.ts';

const job = z.string().regex(/^[0-9a-f]{24}$/);
const version = z.literal(1);

const message: z.ZodType<Message> = z.discriminatedUnion('kind', [
  z.strictObject({ v: version, kind: z.literal('plan'), job }),
  z.strictObject({
    v: version,
    kind: z.literal('chunk'),
    job,
    chunk: z.int().nonnegative(),
    tell: z.literal(true).exactOptional(),
  }),
  z.strictObject({ v: version, kind: z.literal('report'), job, channel: z.enum(['mail', 'postback']) }),
]);

/** A body that is no message of this version. Its text stays out of the error. */
export class UnknownMessage extends Error {
  override readonly name = 'UnknownMessage';
  constructor() {
    super('the message has an unknown version or shape');
  }
}

/** Throws UnknownMessage. */
export const parseMessage = (body: string): Message => {
  try {
    const parsed = message.safeParse(JSON.parse(body));
    if (parsed.success) return parsed.data;
  } catch {
    // Not JSON: refused below.
  }
  throw new UnknownMessage();
};
