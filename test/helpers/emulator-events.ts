// EventBridge on this machine: takes events by PutEvents and keeps them; nobody's rules look at them.
import type { Emulator } from './emulator-dynamodb.ts';
import { type Answer, serve } from './emulator-http.ts';

interface Entry {
  EventBusName?: string;
  Source?: string;
  DetailType?: string;
  Detail?: string;
  /** Seconds since the epoch. */
  Time?: number;
}

interface TakenEvent {
  bus: string;
  source: string;
  kind: string;
  /** Milliseconds since the epoch. */
  time: number;
  detail: Record<string, unknown>;
}

export interface EventsEmulator extends Emulator {
  /** Every event taken, oldest first. Tests may empty it. */
  taken: TakenEvent[];
  /** How many of the next entries are not taken, as when the service is throttled. */
  refuse: number;
}

/** The service's limits for one request. */
const mostEntries = 10;
const mostBytes = 256 * 1024;

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify(body),
});
const fault = (name: string) => json(400, { __type: name, message: name });

/** The detail of an entry; undefined when it is no JSON object, which the service refuses. */
const detailOf = ({ Detail = '' }: Entry): Record<string, unknown> | undefined => {
  try {
    const detail: unknown = JSON.parse(Detail);
    return typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

export const startEvents = async (): Promise<EventsEmulator> => {
  const state: Pick<EventsEmulator, 'taken' | 'refuse'> = { taken: [], refuse: 0 };
  const take = (entry: Entry): object => {
    if (state.refuse > 0) {
      state.refuse -= 1;
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    }
    const detail = detailOf(entry);
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (!entry.Source || !entry.DetailType)
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'something is missing' };
    state.taken.push({
      bus: entry.EventBusName ?? 'default',
      source: entry.Source,
      kind: entry.DetailType,
      time: (entry.Time ?? 0) * 1000,
      detail,
    });
    return { EventId: String(state.taken.length) };
  };
  const server = await serve((body, request) => {
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents') return fault('UnknownOperationException');
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) return fault('MissingAuthenticationToken');
    const { Entries = [] } = JSON.parse(body) as { Entries?: Entry[] };
    if (Entries.length === 0 || Entries.length > mostEntries || body.length > mostBytes)
      return fault('ValidationException');
    const results = Entries.map(take);
    return json(200, { FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length, Entries: results });
  });
  return Object.assign(state, server);
};
