// The worker of every lane: what AWS calls with chunk messages.
import { onColdStart } from './cold-start.ts';
import { laneEnv } from './env.ts';
import { createWorkShell } from './work-shell.ts';

export const handler = onColdStart(laneEnv, createWorkShell);
