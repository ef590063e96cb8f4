// The results of a batch: in the answer for records that came in a request, behind a link for those that came in a file.

import type { StandingBatch } from '../../jobs/append/containers.ts';
import { stateOfBatch } from '../../jobs/append/states.ts';
import type { Ports } from '../../jobs/ports.ts';
import { DoorError } from './errors.ts';

const linkLife = 8 * 3600_000;
/** What an answer carries at most: a function on AWS cannot answer with more than 6 MB. */
const mostInline = 5 * 1024 ** 2;

/** Throws DoorError while there are none, and when they are no longer kept. */
export const resultsOf = async (
  { files, clock }: Pick<Ports, 'files' | 'clock'>,
  standing: StandingBatch,
): Promise<Record<string, unknown>> => {
  const { batch, job } = standing;
  const now = clock.now();
  const state = stateOfBatch(standing, now);
  if (state !== 'COMPLETED') throw new DoorError(409, 'The batch is not completed', { more: { state } });
  const file = job?.files.export;
  if (!file || file.removed || file.expiresAt <= now)
    throw new DoorError(409, 'The results are no longer kept', { more: { state } });
  const about = { batch_id: batch.id, state, output_format: 'JSON' };
  if (batch.kind === 'inline' && file.size <= mostInline) {
    const pieces: Uint8Array[] = [];
    for await (const piece of files.get(file.key)) pieces.push(piece);
    return { ...about, record_list: JSON.parse(Buffer.concat(pieces).toString('utf8')) };
  }
  const expiresAt = Math.min(file.expiresAt, now + linkLife);
  return {
    ...about,
    results_url: await files.link(file.key, expiresAt),
    results_expiration_date: String(expiresAt),
  };
};
