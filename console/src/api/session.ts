// Who is signed in. The key lives in this page's memory; only on request it outlives a reload, in the tab's own storage.
import { type Api, apiOf } from './client.ts';
import { signerOf } from './sign.ts';

const slot = 'stevedore-session';

/** Signs in when the server accepts the keys; throws a Problem when not. `keep`: until the tab is closed. */
export const signIn = async (apiKey: string, secret: string, keep: boolean): Promise<Api> => {
  const api = apiOf(await signerOf(apiKey, secret));
  await api.jobs({ limit: '1' });
  if (keep) sessionStorage.setItem(slot, JSON.stringify({ apiKey, secret }));
  return api;
};

/** What the tab kept over a reload. */
export const keptSession = async (): Promise<Api | undefined> => {
  try {
    const { apiKey, secret } = JSON.parse(sessionStorage.getItem(slot) ?? '');
    return apiOf(await signerOf(String(apiKey), String(secret)));
  } catch {
    return undefined;
  }
};

export const forgetSession = (): void => sessionStorage.removeItem(slot);
