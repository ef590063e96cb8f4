// What every carrier of mail promises.
import { describe, expect, it } from 'vitest';
import { type Harness, opened, type Subjects } from './contract.ts';
import { anId } from './samples.ts';

export const mailContract = (harness: Harness<Subjects['mail']>): void => {
  describe('mail', () => {
    const subject = opened(harness);
    const sentTo = async (to: string) => (await subject().outbox()).filter((mail) => mail.to === to);

    it('carries a mail as it was written', async () => {
      const mail = {
        id: anId(),
        to: `${anId()}@example.com`,
        subject: 'Grüße 🚚: "100 %" & <more> = a+b',
        text: 'First line\nSecond line äöü 🚚\n\n.\nLast',
        html: '<p title="a&amp;b">Grüße 🚚 =3D +plus %20</p>\n',
      };
      await subject().mail.send(mail);
      expect(await sentTo(mail.to)).toMatchObject([{ subject: mail.subject, text: mail.text, html: mail.html }]);
    });

    it('sends to nobody else', async () => {
      const to = [`${anId()}@example.com`, `${anId()}@example.com`];
      const before = (await subject().outbox()).length;
      for (const each of to)
        await subject().mail.send({
          id: anId(),
          to: each,
          subject: 'a subject',
          text: 'a text',
          html: '<p>a text</p>',
        });
      expect((await subject().outbox()).length).toBe(before + 2);
      for (const each of to) expect(await sentTo(each)).toHaveLength(1);
    });

    it('lets no subject add a header', async () => {
      const mail = {
        id: anId(),
        to: `${anId()}@example.com`,
        subject: 'a\r\nBcc: b@example.com',
        text: 't',
        html: 'h',
      };
      await subject()
        .mail.send(mail)
        .catch(() => undefined);
      expect(await sentTo('b@example.com')).toEqual([]);
      for (const sent of await sentTo(mail.to)) expect(sent.subject).not.toMatch(/[\r\n]/);
    });
  });
};
