// Which server to call, and as whom: options before a named profile, that before the environment, that before the profile `default`.
import { demoClient } from '../../functions/server/demo-client.ts';
import { type ConsoleClient, consoleClient } from './door/client.ts';
import type { Credentials } from './door/sign.ts';
import { usageError } from './exit.ts';
import type { Profiles } from './profiles.ts';

export interface ConnectionOptions {
  url?: string;
  key?: string;
  profile?: string;
}

export interface Connection {
  url: string;
  credentials: Credentials;
  door: ConsoleClient;
}

type Env = Readonly<Record<string, string | undefined>>;

const localUrl = 'http://127.0.0.1:3000';

/** Throws a usage error that says what is missing. A profile's key goes to that profile's server and to no other. */
export const resolveConnection = (options: ConnectionOptions, env: Env, profiles: Profiles): Connection => {
  const named = options.profile === undefined ? undefined : profiles[options.profile];
  if (options.profile !== undefined && !named)
    throw usageError(`There is no profile "${options.profile}": stevedore profiles save ${options.profile} --url URL`);
  const fallback = named || env.STEVEDORE_URL || env.STEVEDORE_KEY ? undefined : profiles.default;
  const kept = named ?? fallback;
  const url = options.url ?? named?.url ?? (env.STEVEDORE_URL || undefined) ?? fallback?.url ?? localUrl;
  const base = parseUrl(url);
  const own = kept && kept.url === url ? kept.key : undefined;
  const key = options.key ?? own ?? (env.STEVEDORE_KEY || undefined) ?? (isLoopback(base) ? demoKey : undefined);
  if (key === undefined)
    throw usageError(`No key for ${base.host}: give --key KEY:SECRET, STEVEDORE_KEY, or a profile`);
  const credentials = parseKey(key);
  return { url, credentials, door: consoleClient({ url, credentials }) };
};

const demoKey = `${demoClient.apiKey}:${demoClient.secret}`;

const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.username !== '')
    throw usageError(`Not the URL of a server: ${text}`);
  return url;
};

/** Only there the demo client's secret, which everybody knows, may be meant. */
const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** `KEY:SECRET`; neither holds a colon. Never repeats what it was given. */
export const parseKey = (text: string): Credentials => {
  const [, key, secret] = /^([\x21-\x2b\x2d-\x39\x3b-\x7e]{1,200}):([^:\s]+)$/.exec(text.trim()) ?? [];
  if (key === undefined || secret === undefined) throw usageError('A key is given as KEY:SECRET');
  return { key, secret };
};
