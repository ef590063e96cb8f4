// The whole engine on a temporary folder in this thread: real parts (SQLite, disk, HTTP), a clock that tests can move, no sleeping.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { appendDoor } from '../../functions/doors/append/app.ts';
import { appendDialect } from '../../functions/doors/append/notices.ts';
import { consoleDoor, consolePath } from '../../functions/doors/console/app.ts';
import { consoleDialect } from '../../functions/doors/console/postback.ts';
import { greenarrowDoor, greenarrowPath } from '../../functions/doors/greenarrow/app.ts';
import { sailthruDoor } from '../../functions/doors/sailthru/app.ts';
import { sailthruDialect } from '../../functions/doors/sailthru/postback.ts';
import { loggedEvents } from '../../functions/embedded/events.ts';
import { createMail } from '../../functions/embedded/mailbox.ts';
import { type EmbeddedPorts, embeddedPorts } from '../../functions/embedded/ports.ts';
import { checkPutLink } from '../../functions/embedded/put-links.ts';
import { RetryLater } from '../../functions/jobs/errors.ts';
import { buryMessage, handleMessage } from '../../functions/jobs/handle.ts';
import type { Client, Ports } from '../../functions/jobs/ports.ts';
import { uploadArrived } from '../../functions/jobs/schedule.ts';
import type { Tuning } from '../../functions/jobs/tuning.ts';
import { createHooks } from '../../functions/net/hooks.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { demoClient, ensureDemoClient } from '../../functions/server/demo-client.ts';
import { putUploads } from '../../functions/server/put-uploads.ts';

/** One line of the log that the house kept. */
export interface Logged {
  level: 'info' | 'warn' | 'error';
  code: string;
  fields: Record<string, string | number | boolean>;
}

export interface HouseOptions {
  /** A folder that stays when the house closes; without it, one of its own that goes. */
  home?: string;
  /** Whether postbacks and pulls may reach this machine; true unless a test is about that. */
  allowLoopback?: boolean;
  /** Makes small jobs large: fewer rows a chunk, fewer chunks outstanding. */
  tuning?: Partial<Tuning>;
  /** Rows that are written at once, of which a chunk may have several. */
  batch?: number;
  /** Changes ports before anything uses them: to make a part fail as it could in life. */
  wrap?: (ports: Ports & EmbeddedPorts) => Ports & EmbeddedPorts;
}

export const openHouse = async (options: HouseOptions = {}) => {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'stevedore-test-'));
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const logs: Logged[] = [];
  const log =
    (level: Logged['level']) =>
    (code: string, fields: Logged['fields'] = {}) => {
      logs.push({ level, code, fields });
    };
  const logAll = { info: log('info'), warn: log('warn'), error: log('error') };
  const allowLoopback = options.allowLoopback ?? true;
  const joined: Ports & EmbeddedPorts = {
    ...embeddedPorts({
      home,
      baseUrl: () => 'http://127.0.0.1:1',
      now,
      mail: createMail({ home, from: 'stevedore@example.com' }),
      ...(options.tuning && { tuning: options.tuning }),
    }),
    hooks: createHooks({ allowLoopback }),
    pulls: createPulls({ allowLoopback }),
    events: loggedEvents(logAll),
    log: logAll,
    dialects: {
      sailthru: sailthruDialect,
      drop: sailthruDialect,
      console: consoleDialect,
      append: appendDialect,
    },
  };
  if (options.batch !== undefined) joined.profiles = { ...joined.profiles, batch: options.batch };
  const ports = options.wrap?.(joined) ?? joined;
  await ensureDemoClient(ports);
  const client = (await ports.clients.byId(demoClient.id)) as Client;

  /** Does one visible message as a shell would; false when there is none. */
  const step = async (): Promise<boolean> => {
    const received = ports.messages.receive('work') ?? ports.messages.receive('report');
    if (!received) return false;
    try {
      if (received.dead) await buryMessage(ports, received.message);
      else await handleMessage(ports, received.message, () => Number.POSITIVE_INFINITY, received.receives > 1);
      ports.messages.done(received.id);
    } catch (error) {
      ports.messages.again(received.id, error instanceof RetryLater ? error.seconds : 0);
    }
    return true;
  };

  return {
    home,
    ports,
    client,
    logs,
    app: new Hono()
      .route(consolePath, consoleDoor(ports))
      .route(greenarrowPath, greenarrowDoor(ports))
      .put(
        '/put',
        putUploads({
          ports,
          check: (query) => checkPutLink(home, query, now()),
          arrived: (key) => uploadArrived(ports, key),
        }),
      )
      .route('/', appendDoor(ports))
      .route('/', sailthruDoor(ports)),
    now,
    /** Moves the clock on. */
    advance(ms: number): void {
      ahead += ms;
    },
    step,
    /** Does messages until none is visible. */
    async settle(): Promise<void> {
      while (await step());
    },
    async close(): Promise<void> {
      joined.close();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
};

export type House = Awaited<ReturnType<typeof openHouse>>;
