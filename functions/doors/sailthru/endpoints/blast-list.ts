// GET /blast by status: the campaigns of one status, filtered, in the order in which consumers expect them.
import { type Blast, type BlastStatus, blastStatuses } from '../../../jobs/campaigns/blast.ts';
import { listBlasts } from '../../../jobs/campaigns/blasts.ts';
import type { Millis } from '../../../jobs/job.ts';
import { blastAnswer } from './blast-answer.ts';
import type { Answer, EndpointCall } from './endpoint.ts';
import { invalid, reading } from './reading.ts';

const defaultLimit = 20;

/** The words for a campaign's status that callers use. */
export const statusWords: ReadonlyMap<string, BlastStatus> = new Map([
  ...blastStatuses.map((status): [string, BlastStatus] => [status, status]),
  ['draft', 'created'],
  ['unscheduled', 'created'],
]);

/** The moment that a status is about: filters and order go by it. */
const timeOf = ({ status, scheduleAt, startAt, modifiedAt }: Blast): Millis =>
  (status === 'scheduled' ? scheduleAt : status === 'created' ? undefined : startAt) ?? modifiedAt;

const newestFirst = (one: Blast, other: Blast): number => timeOf(other) - timeOf(one) || other.id - one.id;

/** Throws ApiError. */
export const listByStatus = async (call: EndpointCall): Promise<Answer> => {
  const { ports, client } = call;
  const read = reading(call);
  const word = read.needed('status', read.text('status'));
  const status = statusWords.get(word);
  if (!status) throw invalid('status');
  const list = read.name('list');
  const from = read.moment('start_date') ?? Number.NEGATIVE_INFINITY;
  const to = read.moment('end_date') ?? Number.POSITIVE_INFINITY;
  const skip = read.whole('skip') ?? 0;
  const limit = read.whole('limit') ?? defaultLimit;
  const all = await listBlasts(ports, client.id);
  const found = all
    .filter((blast) => blast.status === status && (list === undefined || blast.list === list))
    .filter((blast) => timeOf(blast) >= from && timeOf(blast) < to)
    .sort(newestFirst);
  // A limit of 0 asks for all.
  const page = found.slice(skip, limit === 0 ? undefined : skip + limit);
  const count = (of: BlastStatus): number => all.filter((blast) => blast.status === of).length;
  return {
    unscheduled_count: count('created'),
    scheduled_count: count('scheduled'),
    sending_count: count('sending'),
    sent_count: count('sent'),
    blast_count: all.length,
    status: word,
    skip,
    blasts: page.map((blast) => blastAnswer(blast, client)),
    filtered_count: found.length,
  };
};
