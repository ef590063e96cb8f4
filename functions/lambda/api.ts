// The doors: what API Gateway calls with every request.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { consoleDoor, consolePath } from '../doors/console/app.ts';
import { greenarrowDoor, greenarrowPath } from '../doors/greenarrow/app.ts';
import { sailthruDoor } from '../doors/sailthru/app.ts';
import { onColdStart } from './cold-start.ts';
import { connect } from './deps.ts';
import { describeError } from './describe-error.ts';
import { doorName } from './door-name.ts';
import { apiEnv, type EngineEnv } from './env.ts';
import { createLog } from './log.ts';

/** What API Gateway calls with a request. */
export type ApiHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export const createApi = (env: EngineEnv): ApiHandler => {
  const { log, logger } = createLog(env);
  const { ports } = connect(env, log);
  const doors = new Hono()
    .route(consolePath, consoleDoor(ports))
    .route(greenarrowPath, greenarrowDoor(ports))
    .route('/', sailthruDoor(ports));
  const answer = handle(doors);
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger))
    // Not turned into an answer: API Gateway says 500, and the function's errors are counted.
    .onError(({ error }) => log.error('api.failed', describeError(error)))
    .handler(async (event, context) => {
      const began = performance.now();
      const result = await answer(event as unknown as LambdaEvent, context as never);
      const { statusCode = 200 } = result as APIGatewayProxyStructuredResultV2;
      log.info('request.answered', {
        door: doorName(event.rawPath),
        status: statusCode,
        ms: Math.round(performance.now() - began),
        refused: statusCode >= 400 && statusCode < 500 && statusCode !== 429 ? 1 : 0,
        limited: statusCode === 429 ? 1 : 0,
        failed: statusCode >= 500 ? 1 : 0,
      });
      return result as APIGatewayProxyStructuredResultV2;
    });
  return async (event, context) => handler(event, context);
};

export const handler = onColdStart(apiEnv, createApi);
