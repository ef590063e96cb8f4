// What a command works with: where the server is, where words go, and Ctrl-C.
import type { Command } from 'commander';
import { type Connection, type ConnectionOptions, resolveConnection } from './connection.ts';
import { onInterrupt } from './interrupt.ts';
import { createOut, type Out } from './output.ts';
import { profilesPath } from './paths.ts';
import { readProfiles } from './profiles.ts';

export interface GlobalOptions extends ConnectionOptions {
  json?: boolean;
}

export interface Session {
  connection: Connection;
  out: Out;
  signal: AbortSignal;
}

export const outOf = (command: Command): Out => createOut(command.optsWithGlobals<GlobalOptions>().json ?? false);

/** A session with the server that options, environment and profiles name. */
export const openSession = (command: Command): Session => {
  const options = command.optsWithGlobals<GlobalOptions>();
  const profiles = readProfiles(profilesPath(process.env));
  return { connection: resolveConnection(options, process.env, profiles), out: outOf(command), signal: onInterrupt() };
};
