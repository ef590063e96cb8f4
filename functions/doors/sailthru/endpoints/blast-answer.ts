// A campaign as this protocol shows it. What consumers need of it stands in the comments.
import type { Blast, BlastStats, Content } from '../../../jobs/campaigns/blast.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import type { Answer } from './endpoint.ts';

const noStats: BlastStats = { total: { count: 0 } };

/** What lists of campaigns show. Whoever reads them needs `modify_time` on each, and `start_time` on those that were sent. */
export const blastAnswer = (blast: Blast, { settings }: Client): Answer => {
  const { stats = noStats } = blast;
  const count = stats.total.count ?? 0;
  const times = {
    schedule_time: blast.scheduleAt,
    start_time: blast.startAt,
    stop_time: blast.stopAt,
    create_time: blast.createdAt,
    modify_time: blast.modifiedAt,
  };
  const shown = Object.entries(times).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, rfc2822(at, settings.timeZone)]],
  );
  return {
    mode: 'email',
    ...blast.more,
    blast_id: blast.id,
    name: blast.name,
    subject: blast.subject ?? '',
    list: blast.list ?? '',
    status: blast.status,
    from_name: blast.fromName ?? '',
    from_email: blast.fromEmail ?? '',
    labels: blast.labels,
    ...(blast.suppressLists && { suppress_list: blast.suppressLists }),
    sent_count: count,
    email_count: count,
    ...Object.fromEntries(shown),
    stats,
  };
};

/** A campaign with what people read. */
export const wholeBlastAnswer = (blast: Blast, content: Content, client: Client): Answer => ({
  ...blastAnswer(blast, client),
  content_html: content.html ?? '',
  content_text: content.text ?? '',
});
