// The worker of a stage that has one queue for everything: plans, chunks and reports.
import { onColdStart } from './cold-start.ts';
import { workEnv } from './env.ts';
import { createWorkShell } from './work-shell.ts';

export const handler = onColdStart(workEnv, createWorkShell);
