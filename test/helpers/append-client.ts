// A caller of the asynchronous append API, with the demo client's key and a token that it asks for.
import { apiKey, type Json, secret } from '../wire/calls.ts';
import type { House } from './house.ts';

export const appendBase = '/async/append/email/job';

export interface AppendAnswer {
  status: number;
  body: Json;
}

export const appendClient = (house: House) => {
  let token = '';
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<AppendAnswer> => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await house.app.request(`/v3${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-cache',
        'x-api-key': apiKey,
        AuthorizationToken: token,
        ...more,
      },
      ...(text !== undefined && { body: text }),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  return {
    call,
    async logIn(): Promise<string> {
      const { body } = await call('POST', '/auth', { username: 'demo', password: secret });
      token = String(body.authorization_token);
      return token;
    },
    newJob: async (facts: Json = {}): Promise<string> =>
      String((await call('POST', appendBase, { name: 'Tutorial Job', ...facts })).body.job_id),
    job: async (id: string): Promise<Json> => (await call('GET', `${appendBase}/${id}`)).body,
    newBatch: async (id: string, body: unknown): Promise<string> =>
      String((await call('POST', `${appendBase}/${id}/batch`, body)).body.batch_id),
  };
};
