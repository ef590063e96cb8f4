// The ports of one machine keep every promise that the contract suites name.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { describe } from 'vitest';
import { loggedEvents } from '../../functions/embedded/events.ts';
import { checkLink } from '../../functions/embedded/links.ts';
import { createMail } from '../../functions/embedded/mailbox.ts';
import { type EmbeddedPorts, embeddedPorts } from '../../functions/embedded/ports.ts';
import { checkTicket } from '../../functions/embedded/tickets.ts';
import type { Message } from '../../functions/jobs/ports.ts';
import { downloads } from '../../functions/server/downloads.ts';
import { fileLog } from '../../functions/server/log.ts';
import { uploads } from '../../functions/server/uploads.ts';
import { listen } from '../wire/calls.ts';
import { allContracts } from './all.contract.ts';
import type { Harness } from './contract.ts';

interface Opened extends EmbeddedPorts {
  home: string;
}

/** A home of its own for each suite, with a server that answers its links. */
const harness = <P>(subject: (ports: Opened) => P): Harness<P> => {
  let ports: Opened | undefined;
  let server: Awaited<ReturnType<typeof listen>> | undefined;
  return {
    async open() {
      const home = mkdtempSync(join(tmpdir(), 'stevedore-contract-'));
      const app = new Hono();
      server = await listen(app);
      const { url: baseUrl } = server;
      const mail = createMail({ home, from: 'stevedore@example.com' });
      ports = { ...embeddedPorts({ home, baseUrl: () => baseUrl, mail }), home };
      serveFiles(app, ports);
      return subject(ports);
    },
    async close() {
      await server?.close();
      ports?.close();
      if (ports) rmSync(ports.home, { recursive: true });
    },
  };
};

/** Answers links and takes uploads as the real server does. */
const serveFiles = (app: Hono, { home, files }: Opened): void => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const check = (fields: ReadonlyMap<string, string>) => checkTicket(home, fields);
  app.post('/uploads', uploads({ ports: { files, log }, check, arrived: async () => undefined }));
  app.get(
    '/files/*',
    downloads({ files }, (url) => checkLink(home, url)),
  );
};

const decodeWord = (_: string, kind: string, text: string): string =>
  kind.toUpperCase() === 'B'
    ? Buffer.from(text, 'base64').toString()
    : Buffer.from(
        text.replaceAll('_', ' ').replace(/=(..)/g, (__, hex) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString();

/** What a mail program would show of a message that was written as the mailbox writes them. */
const readEml = (eml: string) => {
  const [head = ''] = eml.split('\r\n\r\n', 1);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? '';
  const boundary = /boundary="([^"]+)"/.exec(header('content-type'))?.[1] ?? '';
  const part = (type: string) => {
    const found =
      eml.split(`--${boundary}`).find((each) => each.includes(`Content-Type: ${type}; charset=utf-8`)) ?? '';
    return Buffer.from(found.split('\r\n\r\n')[1] ?? '', 'base64').toString();
  };
  return {
    to: header('to').replace(/^<|>$/g, ''),
    subject: header('subject')
      .replace(/\?= =\?/g, '?==?')
      .replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, decodeWord),
    text: part('text/plain'),
    html: part('text/html'),
  };
};

const outbox = async (home: string) => {
  const folder = join(home, 'mailbox');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  return Promise.all(names.map(async (name) => readEml(await readFile(join(folder, name), 'latin1'))));
};

/** The events in a log, line by line. */
const toldIn = (log: string) =>
  log
    .split('\n')
    .filter((line) => line.includes('event.told'))
    .map((line) => {
      const { event: id, ...rest } = JSON.parse(line);
      return { id, ...rest };
    });

describe('on one machine', () => {
  allContracts({
    jobs: harness((ports) => ports),
    profiles: harness((ports) => ports),
    lists: harness((ports) => ports),
    records: harness((ports) => ports),
    files: harness((ports) => ports),
    rates: harness((ports) => ports),
    work: harness((ports) => ({
      work: ports.work,
      async drain(queue) {
        const drained: Message[] = [];
        for (const received of ports.messages.receive(queue === 'report' ? 'report' : 'work', 1000)) {
          if (received.queue === queue) {
            ports.messages.done(received.id);
            drained.push(received.message);
          } else ports.messages.again(received.id, 0);
        }
        return drained;
      },
    })),
    clients: harness((ports) => ({
      clients: ports.clients,
      rawBytes: async () =>
        Buffer.concat(['jobs.db', 'jobs.db-wal'].map((name) => readFileSync(join(ports.home, name)))),
    })),
    events: harness((ports) => {
      const path = join(ports.home, 'stevedore.log');
      return { events: loggedEvents(fileLog(path)), told: async () => toldIn(readFileSync(path, 'utf8')) };
    }),
    mail: harness((ports) => ({ mail: ports.mail, outbox: () => outbox(ports.home) })),
  });
});
