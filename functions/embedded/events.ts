// Events on one machine: a line in the log each, since nothing else listens there.
import type { Events, Log } from '../jobs/ports.ts';

/** Numbers that belong together, such as counts by outcome, become fields of their own. */
const flat = (detail: object): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(detail).flatMap(([name, value]) =>
      typeof value === 'object' ? Object.entries(value) : [[name, value]],
    ),
  );

export const loggedEvents = (log: Log): Events => ({
  async publish(events) {
    for (const { id, kind, client, at, detail } of events)
      log.info('event.told', { event: id, kind, client, at, ...flat(detail) });
  },
});
