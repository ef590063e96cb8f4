// SES on this machine: takes mails by SendEmail of the first API and keeps them.
import type { Emulator } from './emulator-dynamodb.ts';
import { type Answer, serve } from './emulator-http.ts';

interface Mailed {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface SesEmulator extends Emulator {
  /** Every mail taken, oldest first. Tests may empty it. */
  mails: Mailed[];
  /** While set, every mail is refused with this code, such as `Throttling`. */
  refuse: string | undefined;
}

const xml = (status: number, body: string): Answer => ({ status, type: 'text/xml', body });
const fault = (status: number, code: string, message = code) =>
  xml(
    status,
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`,
  );

export const startSes = async (): Promise<SesEmulator> => {
  const state: Pick<SesEmulator, 'mails' | 'refuse'> = { mails: [], refuse: undefined };
  const server = await serve((body, request) => {
    const form = new URLSearchParams(body);
    const field = (name: string) => form.get(name) ?? '';
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
      return fault(403, 'MissingAuthenticationToken');
    if (field('Action') !== 'SendEmail') return fault(400, 'InvalidAction');
    if (state.refuse) return fault(400, state.refuse);
    const mail: Mailed = {
      from: field('Source'),
      to: field('Destination.ToAddresses.member.1'),
      subject: field('Message.Subject.Data'),
      text: field('Message.Body.Text.Data'),
      html: field('Message.Body.Html.Data'),
      at: Date.now(),
    };
    if (!mail.from || !/^[^@\s]+@[^@\s]+$/.test(mail.to)) return fault(400, 'InvalidParameterValue');
    if (form.has('Destination.ToAddresses.member.2'))
      return fault(400, 'InvalidParameterValue', 'one recipient only here');
    if (/[\r\n]/.test(mail.subject)) return fault(400, 'InvalidParameterValue', 'Subject must not contain line breaks');
    state.mails.push(mail);
    return xml(
      200,
      `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>${state.mails.length}` +
        '</MessageId></SendEmailResult><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></SendEmailResponse>',
    );
  });
  return Object.assign(state, server);
};
