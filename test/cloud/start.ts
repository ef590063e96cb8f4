// Runs the deployed system on this machine until it is told to stop: `npm run start:cloud`.
import { ensureDemoClient } from '../../functions/server/demo-client.ts';
import { startCloud } from './cloud.ts';

const cloud = await startCloud({
  port: Number(process.env.PORT ?? 3000),
  output: (_fn, text) => process.stderr.write(text),
});
await ensureDemoClient(cloud.ports);
process.stdout.write(`Stevedore is ready on ${cloud.url} (Lambda handlers on emulators)\n`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    void cloud.stop();
  });
