// The reporter: what AWS calls with report messages.
import { onColdStart } from './cold-start.ts';
import { reportEnv } from './env.ts';
import { createWorkShell } from './work-shell.ts';

export const handler = onColdStart(reportEnv, createWorkShell);
