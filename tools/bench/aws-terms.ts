// What the stand-in for AWS and those who use it agree on: names, latency, messages. Apart, so that they do not load its emulators.

/** Milliseconds that DynamoDB takes to answer. */
export const latency = { read: 20, write: 40 } as const;

/** Requests by service, table and operation; units of the tables of rows and of the engine's own. */
export interface Counted {
  requests: Record<string, number>;
  units: { rows: { read: number; write: number }; engine: { read: number; write: number } };
  /** CPU seconds of the stand-in, since it began. */
  cpu: number;
}

export interface StubAddress {
  dynamodb: string;
  objects: string;
  queues: Record<string, string>;
}

export type StubSays = { kind: 'ready'; address: StubAddress } | { kind: 'counted'; counted: Counted };
/** `count` answers what was counted since the last time. */
export type StubHears = { kind: 'count' };

export const tables = {
  clients: 'clients',
  jobs: 'jobs',
  profiles: 'profiles',
  lists: 'lists',
  members: 'members',
  aliases: 'aliases',
  purchases: 'purchases',
  content: 'content',
  sends: 'sends',
  blasts: 'blasts',
  recipients: 'recipients',
  appends: 'appends',
};
export const buckets = { uploads: 'uploads', exports: 'exports', jobs: 'jobs' };
