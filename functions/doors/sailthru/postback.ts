// The message to a `postback_url`: what GET /job tells, as a signed form.
import type { Client, Dialect } from '../../jobs/ports.ts';
import { jobAnswer } from './answer.ts';
import { fieldsOf } from './form.ts';
import { sign } from './signature.ts';

/** The values as a form body, with `api_key` and, over exactly the texts that are sent, `sig`. */
export const signedForm = (values: Record<string, unknown>, client: Pick<Client, 'apiKey' | 'secret'>): string => {
  const fields = fieldsOf({ ...values, api_key: client.apiKey });
  const texts = fields.map(([, value]) => value.toWellFormed());
  const pairs = [...fields, ['sig', sign(client.secret, texts)] as const];
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
};

export const sailthruDialect: Dialect = {
  // Without the delivery log: this message is itself still on its way.
  postback: (job, client, links) => ({
    body: signedForm(jobAnswer(job, client.settings, links), client),
    contentType: 'application/x-www-form-urlencoded',
  }),
};
