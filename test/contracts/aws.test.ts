// The ports on AWS keep the contracts, on emulators.
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Message, QueueName } from '../../functions/jobs/ports.ts';
import { inWorld, type World } from '../helpers/emulator-world.ts';
import { allContracts } from './all.contract.ts';

const drain = async ({ sdk, config }: World, queue: QueueName): Promise<Message[]> => {
  const QueueUrl = config.queues[queue];
  const messages: Message[] = [];
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sdk.sqs.send(receive);
    if (Messages.length === 0) return messages;
    messages.push(...Messages.map(({ Body }): Message => JSON.parse(String(Body))));
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sdk.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
};

/** Everything in the table of clients, every value as its bytes. */
const rawBytes = async ({ sdk, config }: World): Promise<Uint8Array> => {
  const { Items = [] } = await sdk.dynamodb.send(new ScanCommand({ TableName: config.tables.clients }));
  const values = Items.flatMap((item) => Object.values(item)).map(({ S, B, N }) => Buffer.from(B ?? S ?? N ?? ''));
  return Buffer.concat(values);
};

allContracts({
  jobs: inWorld(({ ports }) => ports),
  profiles: inWorld(({ ports }) => ports),
  lists: inWorld(({ ports }) => ports),
  records: inWorld(({ ports }) => ports),
  files: inWorld(({ ports }) => ports),
  work: inWorld((world) => ({ work: world.ports.work, drain: (queue) => drain(world, queue) })),
  clients: inWorld((world) => ({ clients: world.ports.clients, rawBytes: () => rawBytes(world) })),
  rates: inWorld(({ ports }) => ports),
  events: inWorld((world) => ({
    events: world.ports.events,
    told: async () =>
      world.emulators.events.taken.map(({ kind, time, detail }) => {
        const { id, client, ...rest } = detail;
        return { id, kind, client, ...rest, at: time };
      }),
  })),
  mail: inWorld((world) => ({ mail: world.ports.mail, outbox: async () => world.emulators.ses.mails })),
});
