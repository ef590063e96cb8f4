// The doors: what API Gateway calls with every request.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { onColdStart } from './cold-start.ts';
import { connect } from './deps.ts';
import { describeError } from './describe-error.ts';
import { doorsOf } from './doors.ts';
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
  const answer = handle(doorsOf(ports));
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger))
    // Not turned into an answer: API Gateway says 500, and the function's errors are counted.
    .onError(({ error }) => log.error('api.failed', describeError(error)))
    .handler(
      async (event, context) =>
        (await answer(event as unknown as LambdaEvent, context as never)) as APIGatewayProxyStructuredResultV2,
    );
  return async (event, context) => handler(event, context);
};

export const handler = onColdStart(apiEnv, createApi);
