// The planner: what AWS calls with plan messages.
import { onColdStart } from './cold-start.ts';
import { planEnv } from './env.ts';
import { createWorkShell } from './work-shell.ts';

export const handler = onColdStart(planEnv, createWorkShell);
