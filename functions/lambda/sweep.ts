// Every minute: what AWS calls on schedule to send on jobs that stand still, and to tell sends that fall due.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { sweepSends } from '../jobs/sends/release.ts';
import { sweep } from '../jobs/sweep.ts';
import { onColdStart } from './cold-start.ts';
import { connect } from './deps.ts';
import { type EngineEnv, sweepEnv } from './env.ts';
import { createLog } from './log.ts';

/** Returns how many jobs it looked at. */
export const createSweep = (env: EngineEnv): ((event: unknown, context: Context) => Promise<number>) => {
  const { log, logger } = createLog(env);
  const { ports } = connect(env, log);
  const handler = middy()
    .use(injectLambdaContext(logger))
    .handler(async () => {
      const [looked] = await Promise.all([sweep(ports), sweepSends(ports)]);
      return looked;
    });
  return async (event, context) => handler(event, context);
};

export const handler = onColdStart(sweepEnv, createSweep);
