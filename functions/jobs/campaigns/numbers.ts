// Numbers that are given out once: the ids of campaigns, templates and their revisions, which clients expect to be integers.
import type { ClientId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { changeRecord } from './change-record.ts';

/** Numbers of a kind begin here, so that they are never taken for counts or years. */
const first = 10_001;

/** A number that this client has not had for this kind before. One that is given out and not used is lost. */
export const nextNumber = async (
  ports: Pick<Ports, 'records'>,
  client: ClientId,
  kind: 'blast' | 'template' | 'revision',
): Promise<number> => {
  const place = { table: 'blasts', part: 'numbers', sort: kind } as const;
  const { last } = await changeRecord<{ last: number }, { last: number }>(ports, client, place, (before) => ({
    last: (before?.last ?? first - 1) + 1,
  }));
  return last;
};

/** Takes a number that was given out elsewhere out of those to come. */
export const passNumber = async (
  ports: Pick<Ports, 'records'>,
  client: ClientId,
  kind: 'blast',
  number: number,
): Promise<void> => {
  const place = { table: 'blasts', part: 'numbers', sort: kind } as const;
  await changeRecord<{ last: number }, { last: number }>(ports, client, place, (before) =>
    before && before.last >= number ? before : { last: Math.max(first - 1, number) },
  );
};

/** Numbers as sort keys, in their order. */
export const numberKey = (value: number): string => String(value).padStart(16, '0');
