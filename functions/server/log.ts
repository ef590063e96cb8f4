// One line of JSON for each event, in a file: the terminal is for people.
import { appendFileSync } from 'node:fs';
import type { Log } from '../jobs/ports.ts';

/** Writes to a file. Fields are ids, codes and numbers, as the Log port promises. */
export const fileLog = (path: string): Log => {
  const write =
    (level: string) =>
    (code: string, fields: Record<string, string | number | boolean> = {}) =>
      appendFileSync(path, `${JSON.stringify({ time: new Date().toISOString(), level, code, ...fields })}\n`);
  return { info: write('info'), warn: write('warn'), error: write('error') };
};
