// Mail by SES.
import { type SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { RetryLater } from '../jobs/errors.ts';
import type { Mail } from '../jobs/ports.ts';
import { isThrottle } from './config.ts';

const charset = 'UTF-8';

export const awsMail = (ses: SESClient, from: string): Mail => ({
  async send({ to, subject, text, html }) {
    const command = new SendEmailCommand({
      Source: from,
      Destination: { ToAddresses: [to] },
      Message: {
        Subject: { Data: subject.replace(/[\r\n]+/g, ' '), Charset: charset },
        Body: { Text: { Data: text, Charset: charset }, Html: { Data: html, Charset: charset } },
      },
    });
    try {
      await ses.send(command);
    } catch (error) {
      if (isThrottle(error)) throw new RetryLater(30, 'SES is throttled');
      // SES quotes addresses in its messages, which must not reach a log.
      throw new Error(`SES did not take the mail: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  },
});
