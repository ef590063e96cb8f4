// Inside a worker thread, as inside Lambda's sandbox: one function, its own environment, events in, answers out.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { name, folder, timeoutSeconds } = workerData as { name: string; folder: string; timeoutSeconds: number };

const loaded = import(pathToFileURL(join(folder, 'index.mjs')).href) as Promise<{
  handler: (event: unknown, context: object) => Promise<unknown>;
}>;

const contextOf = () => {
  const ends = Date.now() + timeoutSeconds * 1000;
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => ends - Date.now(),
  };
};

/** The event is JSON, as Lambda gets it. */
const invoke = async (event: string): Promise<void> => {
  try {
    const { handler } = await loaded;
    const answer = await handler(JSON.parse(event), contextOf());
    parentPort?.postMessage({ answer: JSON.stringify(answer ?? null) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.name : 'unknown' });
  }
};

parentPort?.on('message', (event: string) => void invoke(event));
