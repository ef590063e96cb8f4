// https: the certificate must be one that the system trusts, for the name that was asked for.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PullFailed } from '../../functions/jobs/ports.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { fakeNames } from './net-target.ts';

const trusted = tls.getCACertificates('default');
let cert: string;
let port: number;
let requests = 0;
let stop: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-tls-'));
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
  const names = ['-subj', '/CN=public.example', '-addext', 'subjectAltName=DNS:public.example'];
  execFileSync(
    process.env.OPENSSL ?? 'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...names, ...files],
    { stdio: 'ignore' },
  );
  cert = readFileSync(join(folder, 'cert'), 'utf8');
  const key = readFileSync(join(folder, 'key'), 'utf8');
  rmSync(folder, { recursive: true });
  const server = createServer({ cert, key }, (_request, response) => {
    requests++;
    response.end('file');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
  stop = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
});
beforeEach(() => {
  requests = 0;
  tls.setDefaultCACertificates(trusted);
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await stop();
});

const pull = (host: string) => {
  const network = fakeNames({ 'public.example': [['127.0.0.1']], 'other.example': [['127.0.0.1']] });
  return text(createPulls({ allowLoopback: true, network }).open(`https://${host}:${port}/`, 1000));
};

test('a trusted certificate for the name: the file arrives', async () => {
  tls.setDefaultCACertificates([...trusted, cert]);
  expect(await pull('public.example')).toBe('file');
  expect(requests).toBe(1);
});

test('a certificate that nobody vouches for: no request is sent', async () => {
  await expect(pull('public.example')).rejects.toThrow(PullFailed);
  expect(requests).toBe(0);
});

test.each(['other.example', '127.0.0.1'])(
  'a trusted certificate for another name than %s: no request is sent',
  async (host) => {
    tls.setDefaultCACertificates([...trusted, cert]);
    await expect(pull(host)).rejects.toThrow(PullFailed);
    expect(requests).toBe(0);
  },
);
