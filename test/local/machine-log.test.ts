// The log of the running system is for everyone who keeps it running: nothing of anyone's data comes into it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startMachine, until, untilEnded } from '../helpers/machine.ts';

interface Line {
  code: string;
  [field: string]: unknown;
}

it('has codes, ids and numbers only, over imports, exports, failures, refusals, drops and reports', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-log-'));
  const home = join(folder, 'state');
  const posts: string[] = [];
  const hook = createServer(async (request, response) => {
    posts.push(await text(request));
    response.writeHead(request.url?.includes('gone') ? 410 : 200).end('Xanswer of a receiver');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => hook.once('listening', resolve));
  const port = (hook.address() as AddressInfo).port;
  const machine = await startMachine(home);
  const said = machine.lines.length;
  const log = (): Line[] =>
    readFileSync(join(home, 'stevedore.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  try {
    const { client } = machine;
    const report = (name: string) => ({
      postback_url: `http://127.0.0.1:${port}/Xhook/${name}?token=Xtoken`,
      report_email: 'xowner@xmail.example',
    });
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const run = async (order: Record<string, unknown>) => {
      const { job_id: id } = await client.post(order);
      return untilEnded(client, id);
    };

    const people = 'email,Xcolumn,Xother\nxada@xdomain.example,Xvalue,"X, ""y"""\nXbroken address,Xvalue\n"Xopen,\n';
    const imported = { job: 'import', list: 'Xlist', file: file('Xupload.csv', people), ...report('here') };
    expect(await run(imported)).toMatchObject({ status: 'completed', created: 1, rejected: 2 });
    const job = await run({ job: 'export_list_data', list: 'Xlist', ...report('gone') });
    expect(job.status).toBe('completed');
    const link = String(job.export_url);
    expect(await (await fetch(link)).text()).toContain('Xvalue');
    expect((await fetch(link.replace(/.$/, '~'))).status).toBe(403);
    expect(await run({ ...imported, file: file('Xbad.csv', 'Xcolumn\nXvalue\n') })).toMatchObject({ status: 'error' });
    const twice = file('Xtwice.csv', 'email,Xcolumn,Xcolumn\n');
    expect(await run({ ...imported, file: twice })).toMatchObject({ status: 'error' });
    for (const refused of [
      { job: 'export_list_data', list: 'Xnowhere' },
      { job: 'Xtype', list: 'Xlist' },
      { job: 'import', list: 'Xlist\u0000', emails: 'xada@xdomain.example' },
      { job: 'import', list: 'Xlist', url: 'http://169.254.169.254/Xpath' },
    ])
      expect(JSON.stringify(await client.post(refused).catch((error: unknown) => error))).toContain('errormsg');
    const forged = new URLSearchParams({ api_key: 'Xkey', sig: 'Xsig', format: 'json', json: '{"job_id":"Xid"}' });
    expect((await fetch(`${machine.url}/job?${forged}`)).status).toBe(401);
    const drops = join(home, 'uploads', 'imports');
    for (const [name, list] of [
      ['demo', 'Xdropped'],
      ['demo', 'Xbad\u0001'],
      ['Xclient', 'Xlist'],
    ] as const) {
      await mkdir(join(drops, name, list), { recursive: true });
      writeFileSync(join(drops, name, list, 'Xdrop.csv'), 'email\nxdrop@xdomain.example\n');
    }
    const wanted = ['job.accepted', 'job.ended', 'job.failed', 'report.delivered', 'report.failed', 'drop.refused'];
    const dropped = () => log().filter(({ code, door }) => code === 'job.accepted' && door === 'drop').length;
    await until(
      async () => new Set(log().map(({ code }) => code)),
      (codes) => [...wanted, 'drop.unknown_client'].every((code) => codes.has(code)) && dropped() > 0,
    );
    await until(
      async () => log().filter(({ code, channel }) => /^report\./.test(code) && channel === 'mail').length,
      (mails) => mails === 4,
    );

    const sigs = posts.flatMap((body) => new URLSearchParams(body).getAll('sig'));
    expect(sigs.length).toBeGreaterThanOrEqual(4);
    expect(readdirSync(join(home, 'mailbox')).length).toBeGreaterThan(0);
    expect(await machine.stop()).toBe(0);
    const written = readFileSync(join(home, 'stevedore.log'), 'utf8');
    // All that was given to it begins with an X, or lies in a domain that does.
    expect(written).not.toMatch(/x(ada|owner|drop|domain|mail|list|value|column|other|broken|open|upload|bad|twice)/i);
    expect(written).not.toMatch(/X[a-z]|@|https?:|127\.0\.0\.1|sha256|\?|token|\/files|\/imports/);
    expect(written).not.toMatch(/[0-9a-f]{32}/);
    for (const secret of [...sigs, '0f1e2d3c4b5a69788796a5b4c3d2e1f0', 'a1b2c3d4e5f60718293a4b5c6d7e8f90', folder])
      expect(written).not.toContain(secret);
    for (const { time, ...fields } of log())
      for (const value of Object.values(fields))
        if (typeof value === 'string')
          expect(value).toMatch(/^([a-z]+[a-z_.]*|([a-z]+\.[a-z]+ )?[0-9a-f]{24}|\d{3}|no answer)$/);
    expect(machine.lines.slice(said)).toEqual(['Stopping; work in progress goes on at the next start.']);
  } finally {
    await machine.kill();
    hook.closeAllConnections();
    hook.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
