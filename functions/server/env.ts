// What the one-machine server reads from its environment, with the defaults that make `npm start` need nothing.
import { availableParallelism } from 'node:os';
import { z } from 'zod';

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost']);

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  STEVEDORE_HOME: z.string().min(1).default('.stevedore'),
  /** Where others reach this server, when that is not http://HOST:PORT: links begin with it. */
  PUBLIC_URL: z.url().optional(),
  /** An smtp:// or smtps:// URL; without it mail goes to the mailbox folder. */
  MAIL_URL: z.url().optional(),
  MAIL_FROM: z.string().min(3).default('stevedore@localhost'),
  STEVEDORE_WORKERS: z.coerce.number().int().min(1).max(64).default(Math.max(2, availableParallelism())),
});

export type ServerEnv = z.output<typeof schema> & {
  /** Calls out to loopback addresses are allowed only while the server itself listens on one. */
  allowLoopback: boolean;
};

/** Throws a sentence that names the variable that is not right. */
export const readEnv = (env: NodeJS.ProcessEnv): ServerEnv => {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${String(issue?.path[0])}: ${issue?.message}`);
  }
  return { ...parsed.data, allowLoopback: loopbackHosts.has(parsed.data.HOST) };
};
