import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMail } from '../../functions/embedded/mailbox.ts';

/** Enough of RFC 5321 to take a mail, or to refuse its recipient. */
const speak = (mails: string[][], refuse: () => boolean): Server =>
  createServer((socket) => {
    let data: string[] | undefined;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 mail.example ESMTP');
    createInterface({ input: socket }).on('line', (line) => {
      if (data) {
        if (line !== '.') return void data.push(line);
        mails.push(data);
        data = undefined;
        return void say('250 taken');
      }
      const [verb = ''] = line.split(' ');
      if (verb === 'DATA') {
        data = [];
        return void say('354 go on');
      }
      if (verb === 'QUIT') return void socket.end('221 bye\r\n');
      say(verb === 'RCPT' && refuse() ? '550 <you@example.com> is nobody here' : '250 ok');
    });
  }).listen(0, '127.0.0.1');

describe('mail by SMTP', () => {
  let server: Server;
  let mails: string[][];
  let refusing: boolean;
  const message = { id: 'job-mail', to: 'you@example.com', subject: 'Done', text: 'Räder', html: '<p>Räder</p>' };
  const mail = () =>
    createMail({
      home: '/nonexistent',
      from: 'stevedore@example.com',
      url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    });

  beforeEach(async () => {
    mails = [];
    refusing = false;
    server = speak(mails, () => refusing);
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(() => {
    server.close();
  });

  it('arrives with both forms of its text', async () => {
    await mail().send(message);
    const [lines = []] = mails;
    expect(lines).toContain('To: you@example.com');
    expect(lines).toContain('Subject: Done');
    expect(lines.join('\n')).toContain(Buffer.from(message.text).toString('base64'));
    expect(lines.join('\n')).toContain(Buffer.from(message.html).toString('base64'));
  });

  it('fails without repeating the address when the server refuses it', async () => {
    refusing = true;
    const failure = await mail()
      .send(message)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toContain('you@example.com');
  });
});
