// Mail on one machine: into a folder that can be looked at, or out by SMTP.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Millis } from '../jobs/job.ts';
import type { Mail, MailMessage } from '../jobs/ports.ts';

export interface MailOptions {
  home: string;
  /** The sender's address. */
  from: string;
  /** An smtp:// or smtps:// URL; without it mail is kept under `<home>/mailbox`. */
  url?: string;
}

/** A mail that the mailbox keeps. */
export interface KeptMail extends MailMessage {
  from: string;
  sentAt: Millis;
}

export const createMail = (options: MailOptions): Mail =>
  options.url === undefined ? mailbox(options.home, options.from) : smtp(options.url, options.from);

/** Writes `<id>.eml` (RFC 5322) and, for whoever shows it, `<id>.json`. The same id overwrites. */
const mailbox = (home: string, from: string): Mail => {
  const folder = join(home, 'mailbox');
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(message) {
      const { message: bytes } = await composer.sendMail(envelope(message, from));
      if (!Buffer.isBuffer(bytes)) throw new Error('the mail was not composed');
      const kept: KeptMail = { ...message, from, sentAt: Date.now() };
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replace(join(folder, `${nameOf(message.id)}.eml`), bytes);
      await replace(join(folder, `${nameOf(message.id)}.json`), JSON.stringify(kept));
    },
  };
};

const smtp = (url: string, from: string): Mail => {
  const transport = createTransport(url);
  return {
    async send(message) {
      try {
        await transport.sendMail(envelope(message, from));
      } catch (error) {
        // Servers quote addresses in their answers, which must not reach a log.
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new Error(`The mail server did not take the mail: ${code}`);
      }
    },
  };
};

const envelope = ({ id, to, subject, text, html }: MailMessage, from: string): SendMailOptions => ({
  from,
  // An object, so that nothing in the address is read as a list of addresses.
  to: { name: '', address: to },
  subject: subject.replace(/[\r\n]+/g, ' '),
  text,
  html,
  // The same mail has the same id, so that a receiver can tell a repetition.
  messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@stevedore.invalid>`,
  textEncoding: 'base64',
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** Ids are ours and plain; any other becomes its hash. */
const nameOf = (id: string): string =>
  /^[\w-][\w.-]{0,99}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');

const replace = async (path: string, content: Uint8Array | string): Promise<void> => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
};

/** The mails of a home's mailbox, the newest first. */
export const readMailbox = async (home: string): Promise<KeptMail[]> => {
  const folder = join(home, 'mailbox');
  const names = await readdir(folder).catch(() => []);
  const kept = names.filter((name) => name.endsWith('.json'));
  const mails = await Promise.all(
    kept.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as KeptMail),
  );
  return mails.sort((a, b) => b.sentAt - a.sentAt);
};
