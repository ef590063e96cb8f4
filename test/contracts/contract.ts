// How a suite gets what it tests: each set of ports brings a harness, and all suites run against it.
import { afterAll, beforeAll } from 'vitest';
import type { MailMessage, Message, Ports, QueueName } from '../../functions/jobs/ports.ts';

/** Opens a store for one suite, empty, and closes it when the suite has ended. */
export interface Harness<P> {
  open(): Promise<P>;
  close(): Promise<void>;
}

/** What the suites ask for: the ports, and what only a test may see. */
export interface Subjects {
  jobs: Pick<Ports, 'jobs'>;
  profiles: Pick<Ports, 'profiles'>;
  lists: Pick<Ports, 'lists'>;
  records: Pick<Ports, 'records'>;
  files: Pick<Ports, 'files'>;
  /** `drain` takes all messages that are in the queue now, those still delayed left out. */
  work: Pick<Ports, 'work'> & { drain(queue: QueueName): Promise<Message[]> };
  /** `rawBytes` is all that the store keeps, as it keeps it. */
  clients: Pick<Ports, 'clients'> & { rawBytes(): Promise<Uint8Array> };
  rates: Pick<Ports, 'rates'>;
  /** `told` is every event that was told, whatever it looks like there. */
  events: Pick<Ports, 'events'> & { told(): Promise<{ id: unknown; kind: unknown; client: unknown; at: unknown }[]> };
  /** `outbox` is every mail that left, in any order; `id` may be missing where the carrier has no room for it. */
  mail: Pick<Ports, 'mail'> & { outbox(): Promise<(Omit<MailMessage, 'id'> & { id?: string })[]> };
}

/** Opens the harness around the suite that calls it; the result gives the subject inside of tests. */
export const opened = <P>(harness: Harness<P>): (() => P) => {
  let subject: P | undefined;
  beforeAll(async () => {
    subject = await harness.open();
  });
  afterAll(() => harness.close());
  return () => {
    if (!subject) throw new Error('the harness is not open');
    return subject;
  };
};

/** All that an async iterable gives. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
