// `npm start`: reads the environment, starts the system, says where it is, stops cleanly.
import { demoClient } from './demo-client.ts';
import { readEnv } from './env.ts';
import { start } from './start.ts';

try {
  const env = readEnv(process.env);
  const running = await start(env);
  // Before the ready line: whoever waits for it may stop us at once.
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log('Stopping; work in progress goes on at the next start.');
    void running.stop().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (running.firstStart)
    console.log(
      `First start: made the client "${demoClient.id}" (api_key ${demoClient.apiKey}, secret ${demoClient.secret})`,
    );
  if (!env.allowLoopback) {
    console.log(`Listening on ${env.HOST}: others can reach this machine, and the demo client's secret is public.`);
    if (env.PUBLIC_URL === undefined)
      console.log('Links lead to this machine only: set PUBLIC_URL to where others reach it.');
  }
  console.log(`The web console is at ${running.url}/console/`);
  console.log(`State is kept in ${env.STEVEDORE_HOME}`);
  console.log(`Stevedore is ready on ${running.url}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // Whatever had been opened by then holds the process: it ends with it.
  process.exit(1);
}
