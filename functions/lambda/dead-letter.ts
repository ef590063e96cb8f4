// Messages that used up their tries: their jobs end, or go on without them.
import { buryMessage } from '../jobs/handle.ts';
import { onColdStart } from './cold-start.ts';
import { connect } from './deps.ts';
import { deadLetterEnv, type EngineEnv } from './env.ts';
import { createLog } from './log.ts';
import { parseMessage } from './message.ts';
import { type QueueHandler, queueShell } from './queue-shell.ts';

/** A body that is no message of this version fails here too: it goes on to the lost messages, where a person looks. */
export const createDeadLetter = (env: EngineEnv): QueueHandler => {
  const { log, logger } = createLog(env);
  const { ports } = connect(env, log);
  return queueShell({ log, logger, work: async (body) => buryMessage(ports, parseMessage(body)) });
};

export const handler = onColdStart(deadLetterEnv, createDeadLetter);
