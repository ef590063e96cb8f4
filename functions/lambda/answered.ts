// Every answer of the doors is a line in the log, by which they are counted: the door, the status, the time.
import type { MiddlewareHandler } from 'hono';
import type { Log } from '../jobs/ports.ts';
import { doorName } from './door-name.ts';

export const answered =
  (log: Log): MiddlewareHandler =>
  async (context, next) => {
    const began = performance.now();
    await next();
    const { status } = context.res;
    log.info('request.answered', {
      door: doorName(context.req.path),
      status,
      ms: Math.round(performance.now() - began),
      refused: status >= 400 && status < 500 && status !== 429 ? 1 : 0,
      limited: status === 429 ? 1 : 0,
      failed: status >= 500 ? 1 : 0,
    });
  };
