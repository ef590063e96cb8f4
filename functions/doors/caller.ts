// Where a call comes from, as the shell that received it knows it: never what the caller says of itself.

/** The caller's address; empty when the shell does not tell. */
export const callerOf = (env: unknown): string =>
  textAt(env, 'requestContext', 'http', 'sourceIp') ?? textAt(env, 'incoming', 'socket', 'remoteAddress') ?? '';

const textAt = (value: unknown, ...names: string[]): string | undefined => {
  let at = value;
  for (const name of names) at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
  return typeof at === 'string' ? at : undefined;
};
