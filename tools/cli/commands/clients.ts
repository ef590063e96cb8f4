// `stevedore clients`: who may call. Secrets are shown once, when they are made; they are kept encrypted.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Client, Clients, ListedClient } from '../../../functions/jobs/client.ts';
import { type SettingOptions, withOptions, withSettings } from '../clients/settings.ts';
import type { ClientStore } from '../clients/store.ts';
import { CliError, usageError } from '../exit.ts';
import { type Out, table } from '../output.ts';
import { outOf } from '../session.ts';

interface StoreOptions {
  stack?: string;
}

type Work<O> = (store: ClientStore, out: Out, id: string, options: O) => Promise<void>;

export const addClients = (program: Command): void => {
  const clients = program
    .command('clients')
    .summary('make and manage clients, on this machine or in a stack')
    .description(
      'Clients of the Stevedore in STEVEDORE_HOME (.stevedore), or of the deployed stack that --stack names.',
    )
    .option('--stack <stage>', 'a deployed stack, with your AWS credentials and AWS_REGION');
  const add = <O>(name: string, description: string, work: Work<O>, making = false): Command =>
    clients
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string, options: O, command: Command) => {
        if (!/^[\w.-]{1,64}$/.test(id)) throw usageError('The id of a client has letters, digits, dots, - and _');
        await inStore(command, making, (store, out) => work(store, out, id, options));
      });
  withSettings(add('create', 'Makes a client and shows its key and secret, once.', create, true));
  clients
    .command('list')
    .description('Lists all clients, without secrets.')
    .action((_options: object, command: Command) =>
      inStore(command, false, async (store, out) => {
        const all = await store.clients.all();
        if (out.json) for (const client of all) out.value(client);
        else out.result(all, () => clientsTable(all));
      }),
    );
  add('rotate', 'Gives a client a new secret and shows it, once. The old one ends at once.', rotate).option(
    '--new-key',
    'a new key as well',
  );
  withSettings(add('set', 'Changes the settings of a client.', set));
  add('disable', 'Nobody can call as this client any more. Its jobs go on to their ends.', (store, out, id) =>
    able(store, out, id, true),
  );
  add('enable', 'Undoes disable.', (store, out, id) => able(store, out, id, false));
};

const inStore = async (command: Command, making: boolean, work: (store: ClientStore, out: Out) => Promise<void>) => {
  const { stack } = command.optsWithGlobals<StoreOptions>();
  // Loaded only here: every other command would wait for the AWS SDK.
  const { openClients } = await import('../clients/store.ts');
  const store = await openClients(process.env, stack, making);
  try {
    await work(store, outOf(command));
  } catch (error) {
    throw error instanceof RangeError ? usageError(error.message) : error;
  } finally {
    store.close();
  }
};

const hex = (): string => randomBytes(16).toString('hex');

const create = async (
  { clients, where }: ClientStore,
  out: Out,
  id: string,
  options: SettingOptions,
): Promise<void> => {
  if (await clients.byId(id))
    throw new CliError('failed', `There is a client "${id}" already: clients rotate gives it a new secret`);
  await clients.put({ ...withOptions({}, options), id, apiKey: hex(), secret: hex() });
  reveal(out, await find(clients, id), where);
};

const rotate = async (store: ClientStore, out: Out, id: string, { newKey }: { newKey?: boolean }): Promise<void> => {
  const before = await find(store.clients, id);
  await store.clients.put({ ...before, secret: hex(), ...(newKey && { apiKey: hex() }) });
  reveal(out, await find(store.clients, id), store.where);
};

const set = async ({ clients }: ClientStore, out: Out, id: string, options: SettingOptions): Promise<void> => {
  await clients.put(withOptions(await find(clients, id), options));
  show(out, await find(clients, id));
};

const able = async ({ clients }: ClientStore, out: Out, id: string, disabled: boolean): Promise<void> => {
  await clients.put({ ...(await find(clients, id)), disabled });
  show(out, await find(clients, id));
};

const find = async (clients: Clients, id: string): Promise<Client> => {
  const client = await clients.byId(id);
  if (!client) throw new CliError('failed', `There is no client "${id}"`, 'client_not_found');
  return client;
};

/** The one time at which a secret is shown. */
const reveal = (out: Out, client: Client, where: string): void => {
  const { id, apiKey, secret, organization, username } = client;
  out.note(`Kept in ${where}. The secret is shown this once:`);
  out.result(client, () =>
    table(
      ['client', id],
      [
        ['key', apiKey],
        ['secret', secret],
        ['organization', String(organization)],
        ['username', username],
      ],
    ),
  );
};

const show = (out: Out, { secret: _, ...client }: Client): void =>
  out.result(client, () => `${clientsTable([client])}\n${JSON.stringify(client.settings)}`);

const clientsTable = (clients: readonly ListedClient[]): string =>
  table(
    ['id', 'key', 'organization', 'username', ''],
    clients.map(({ id, apiKey, organization, username, admin, disabled }) => [
      id,
      apiKey,
      String(organization),
      username,
      [...(admin ? ['admin'] : []), ...(disabled ? ['disabled'] : [])].join(', '),
    ]),
  );
