// DynamoDB on this machine, in memory.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

export const startDynamodb = async (): Promise<Emulator> => {
  const worker = new Worker(new URL('./emulator-dynamodb-worker.ts', import.meta.url), { execArgv: [] });
  const [port] = await once(worker, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      await worker.terminate();
    },
  };
};
