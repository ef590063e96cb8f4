// Ctrl-C leaves: what was begun on the server goes on there, and the person is told how to come back.
import { exitCodes } from './exit.ts';

/** Told by Ctrl-C, and by whoever stops this process. A second one ends it where it stands. */
export const onInterrupt = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.left);
      controller.abort();
    });
  return controller.signal;
};

/** Waits, unless it is interrupted: then at once. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
