// Where rooms are joined for one machine: the embedded ports, the network, the doors' dialects.
import { join } from 'node:path';
import { appendDialect } from '../doors/append/notices.ts';
import { consoleDialect } from '../doors/console/postback.ts';
import { sailthruDialect } from '../doors/sailthru/postback.ts';
import { loggedEvents } from '../embedded/events.ts';
import { createMail } from '../embedded/mailbox.ts';
import { type EmbeddedPorts, embeddedPorts } from '../embedded/ports.ts';
import type { Ports } from '../jobs/ports.ts';
import { createHooks } from '../net/hooks.ts';
import { createPulls } from '../net/pulls.ts';
import { fileLog } from './log.ts';

/** What every thread needs to open its own ports; plain data, so that it can be sent to a thread. */
export interface JoinOptions {
  home: string;
  allowLoopback: boolean;
  baseUrl: string;
  mail: { from: string; url?: string };
}

/** All ports over the home folder. Each thread opens its own. */
export const joinPorts = (options: JoinOptions): EmbeddedPorts & Ports => {
  const log = fileLog(join(options.home, 'stevedore.log'));
  return {
    ...embeddedPorts({
      home: options.home,
      baseUrl: () => options.baseUrl,
      mail: createMail({ home: options.home, ...options.mail }),
    }),
    hooks: createHooks({ allowLoopback: options.allowLoopback }),
    pulls: createPulls({ allowLoopback: options.allowLoopback }),
    events: loggedEvents(log),
    log,
    dialects: {
      sailthru: sailthruDialect,
      drop: sailthruDialect,
      console: consoleDialect,
      append: appendDialect,
    },
  };
};
