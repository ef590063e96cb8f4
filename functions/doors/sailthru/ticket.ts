// The form by which the file of a waiting job is uploaded, as this protocol's answer shows it.
import { isEnded, type Job } from '../../jobs/job.ts';
import type { Client, Ports } from '../../jobs/ports.ts';
import { rfc2822 } from './dates.ts';

/** Keys for the answer to the request that made the job: a new form for what is left of the time, none when the job waits for no file. */
export const ticketAnswer = async (
  ports: Pick<Ports, 'clock' | 'files'>,
  client: Client,
  job: Job,
): Promise<Record<string, unknown>> => {
  const { ticket } = job;
  if (!ticket || isEnded(job) || ticket.expiresAt <= ports.clock.now()) return {};
  const { url, fields } = await ports.files.ticket(ticket.key, ticket);
  return {
    upload_url: url,
    upload_fields: fields,
    upload_expires: rfc2822(ticket.expiresAt, client.settings.timeZone),
  };
};
