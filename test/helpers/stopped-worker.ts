// A worker of its own process that is stopped, as a machine may be stopped under it, before its second batch is written.
// Its one argument is JSON; it says what it does in lines.
import type { AwsConfig } from '../../functions/aws/config.ts';
import { awsPorts } from '../../functions/aws/ports.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import type { Message } from '../../functions/jobs/ports.ts';
import { engineOver } from './aws-engine.ts';

const { config, message } = JSON.parse(process.argv[2] ?? '{}') as { config: AwsConfig; message: Message };

const ports = engineOver(awsPorts(config));
const { apply } = ports.profiles;
let batches = 0;
ports.profiles = {
  ...ports.profiles,
  // One after another, so that exactly one batch is written and one is about to be.
  parallel: 1,
  async apply(client, changes) {
    if (++batches === 2) {
      console.log('stopped');
      process.kill(process.pid, 'SIGSTOP');
    }
    return apply(client, changes);
  },
};
await handleMessage(ports, message, () => Number.POSITIVE_INFINITY);
console.log(`over after ${batches} batches`);
process.exit();
