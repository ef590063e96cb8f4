// The shell of the planner, the lanes and the reporter: they differ in rights, memory and time, not in what they run.

import { createDefer } from '../aws/defer.ts';
import { handleMessage } from '../jobs/handle.ts';
import { connect } from './deps.ts';
import type { EngineEnv } from './env.ts';
import { createLog } from './log.ts';
import { parseMessage } from './message.ts';
import { type QueueHandler, queueShell } from './queue-shell.ts';

export const createWorkShell = (env: EngineEnv): QueueHandler => {
  const { log, logger } = createLog(env);
  const { ports, sdk } = connect(env, log);
  return queueShell({
    log,
    logger,
    work: (body, timeLeft, redelivered) => handleMessage(ports, parseMessage(body), timeLeft, redelivered),
    defer: createDefer(sdk.sqs, env.QUEUES),
  });
};
