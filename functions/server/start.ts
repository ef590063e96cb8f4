// The whole system on one machine: API in this thread, lanes in worker threads, a sweeper, a drop folder.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { appendDoor } from '../doors/append/app.ts';
import { consoleDoor, consolePath } from '../doors/console/app.ts';
import { greenarrowDoor, greenarrowPath } from '../doors/greenarrow/app.ts';
import { sailthruDoor } from '../doors/sailthru/app.ts';
import { openHome } from '../embedded/home.ts';
import { checkLink } from '../embedded/links.ts';
import { checkPutLink } from '../embedded/put-links.ts';
import { checkTicket } from '../embedded/tickets.ts';
import { submitDrop } from '../jobs/drop.ts';
import type { Ports } from '../jobs/ports.ts';
import { uploadArrived } from '../jobs/schedule.ts';
import { sweepSends } from '../jobs/sends/release.ts';
import { resume, sweep } from '../jobs/sweep.ts';
import { consoleSite } from './console-site.ts';
import { Crew } from './crew.ts';
import { ensureDemoClient } from './demo-client.ts';
import { downloads } from './downloads.ts';
import { DropFolder } from './drop-folder.ts';
import type { ServerEnv } from './env.ts';
import { joinPorts } from './join.ts';
import { putUploads } from './put-uploads.ts';
import { uploads } from './uploads.ts';

/** Node would cut a request off after five minutes: a gigabyte over a slow line takes longer. */
const longestRequest = 3600_000;
const sweepEvery = 60_000;
const ageEvery = 3600_000;

export interface Running {
  url: string;
  ports: Ports;
  /** True when the demo client was made by this start. */
  firstStart: boolean;
  stop(): Promise<void>;
}

/** Starts everything; resolves when requests are answered. Throws a sentence when the home or the port is taken. */
export const start = async (env: ServerEnv): Promise<Running> => {
  const home = openHome(env.STEVEDORE_HOME);
  const app = new Hono();
  const server = serve({
    fetch: app.fetch,
    hostname: env.HOST,
    port: env.PORT,
    serverOptions: { requestTimeout: longestRequest },
  }) as Server;
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      home.close();
      throw new Error(listenProblem(error as NodeJS.ErrnoException, env));
    }),
  ]);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : env.PORT;
  const url = `http://${reachable(env.HOST)}:${port}`;
  const options = {
    home: env.STEVEDORE_HOME,
    allowLoopback: env.allowLoopback,
    baseUrl: env.PUBLIC_URL ?? url,
    mail: { from: env.MAIL_FROM, ...(env.MAIL_URL !== undefined && { url: env.MAIL_URL }) },
  };
  const joined = joinPorts(options);
  const firstStart = await ensureDemoClient(joined);
  const crew = new Crew(joined, options, env.STEVEDORE_WORKERS);
  const ports: Ports = { ...joined, work: waking(joined.work, crew) };

  app.on(
    ['GET', 'HEAD'],
    '/files/*',
    downloads(ports, (link) => checkLink(env.STEVEDORE_HOME, link)),
  );
  app.on(
    ['POST', 'OPTIONS'],
    '/uploads',
    uploads({
      ports,
      check: (fields) => checkTicket(env.STEVEDORE_HOME, fields),
      arrived: (key) => uploadArrived(ports, key),
    }),
  );
  app.put(
    '/put',
    putUploads({
      ports,
      check: (query) => checkPutLink(env.STEVEDORE_HOME, query),
      arrived: (key) => uploadArrived(ports, key),
    }),
  );
  app.get('/', (context) => context.text('Stevedore is running. The job API is at /job, the console at /console/.\n'));
  app.route(consolePath, consoleDoor(ports));
  const site = consoleSite({ uploads: new URL(options.baseUrl).origin });
  app.on(['GET', 'HEAD'], ['/console', '/console/*'], site);
  app.route(greenarrowPath, greenarrowDoor(ports));
  app.route('/', appendDoor(ports));
  app.route('/', sailthruDoor(ports));

  const sweeping = async () => {
    await Promise.all([sweep(ports), sweepSends(ports)]).catch(() => ports.log.error('sweep.failed'));
  };
  await resume(ports);
  await sweeping();
  const sweeper = setInterval(sweeping, sweepEvery);
  const ageing = async () => {
    const removed = await joined.removeOld().catch(() => -1);
    if (removed !== 0) ports.log.info('old.removed', { removed });
  };
  const ager = setInterval(ageing, ageEvery);
  const drops = new DropFolder(
    join(env.STEVEDORE_HOME, 'uploads', 'imports'),
    async (path, version) => {
      await submitDrop(ports, `uploads/imports/${path}`, version);
    },
    () => ports.log.error('drop.failed'),
  );
  await drops.start();
  await ageing();
  return {
    url,
    ports,
    firstStart,
    async stop() {
      drops.stop();
      clearInterval(sweeper);
      clearInterval(ager);
      server.close();
      server.closeIdleConnections();
      await crew.stop();
      server.closeAllConnections();
      joined.close();
      home.close();
    },
  };
};

/** Whoever sends a message in this thread wakes the crew. */
const waking = (work: Ports['work'], crew: Crew): Ports['work'] => ({
  async send(...sent) {
    await work.send(...sent);
    crew.wake();
  },
});

/** A host name that a URL can hold; of a wildcard address, this machine's own. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

const listenProblem = (error: NodeJS.ErrnoException, env: ServerEnv): string =>
  error.code === 'EADDRINUSE'
    ? `Port ${env.PORT} is taken. Stop what listens there, or choose another: PORT=3001 npm start`
    : `Cannot listen on ${env.HOST}:${env.PORT}: ${error.message}`;
