// Events on an EventBridge bus, for whatever else runs in the account.
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { DomainEvent, Events } from '../jobs/ports.ts';
import { backoff, chunked } from './flow.ts';

const tries = 4;
/** What the service takes at once. */
const entriesAtOnce = 10;

/** The `source` of all our events: rules match it. */
const eventSource = 'stevedore';

const entryOf = (bus: string, { id, kind, client, at, detail }: DomainEvent): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: kind,
  Time: new Date(at),
  Detail: JSON.stringify({ v: 1, id, client, at, ...detail }),
});

export const awsEvents = (eventbridge: EventBridgeClient, bus: string): Events => ({
  async publish(events) {
    for (const batch of chunked(events, entriesAtOnce)) {
      let left = batch.map((event) => entryOf(bus, event));
      for (let attempt = 1; ; attempt++) {
        const { Entries = [] } = await eventbridge.send(new PutEventsCommand({ Entries: left }));
        // The answer has an entry for each that was sent, in the same order: those with a code were not taken.
        const refused = left.flatMap((entry, i) => {
          const code = Entries[i]?.ErrorCode;
          return code === undefined ? [] : [{ entry, code }];
        });
        if (refused.length === 0) break;
        if (attempt >= tries) throw new Error(`${refused.length} events not taken by the bus: ${refused[0]?.code}`);
        left = refused.map(({ entry }) => entry);
        await backoff(attempt);
      }
    }
  },
});
