// The doors as a server in a container: for requests with files in their bodies that are larger than a function may take.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { connect } from './deps.ts';
import { doorsOf } from './doors.ts';
import { uploadDoorEnv } from './env.ts';
import { createLog } from './log.ts';

/** A gigabyte over a slow line takes this long. */
const longestRequest = 3600_000;
/** Longer than the load balancer keeps a connection that nobody uses: else it could send a request into one that is being closed. */
const keepAlive = 310_000;

const env = uploadDoorEnv.parse(process.env);
const { log } = createLog(env);
const { ports } = connect(env, log);

const app = new Hono();
// Not a door: the load balancer asks here whether this server is alive.
app.get('/alive', (context) => context.text('ok'));
app.route('/', doorsOf(ports));

/** The balancer adds the address of whoever called it behind all others; what stands before it the caller wrote itself. */
const callerBehind = (forwarded: string | null): string => forwarded?.split(',').at(-1)?.trim() ?? '';

const server = serve({
  // In the words of API Gateway, which doors know: the socket's own address is the balancer's.
  fetch: (request) => {
    const sourceIp = callerBehind(request.headers.get('x-forwarded-for'));
    return app.fetch(request, { requestContext: { http: { sourceIp } } });
  },
  hostname: env.HOST,
  port: env.PORT,
  serverOptions: { requestTimeout: longestRequest, headersTimeout: 60_000, keepAliveTimeout: keepAlive },
}) as Server;
await once(server, 'listening');
const address = server.address();
log.info('door.open', { port: typeof address === 'object' && address ? address.port : env.PORT });

/** Takes no more; requests that are being answered are answered. What is cut off after all leaves nothing behind. */
process.once('SIGTERM', () => {
  log.info('door.closing');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
