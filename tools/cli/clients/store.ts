// Where clients are kept: in the home folder of this machine, or in the table of a deployed stack, with the operator's own rights.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ListTablesCommand, type ListTablesCommandOutput } from '@aws-sdk/client-dynamodb';
import { awsClientStore } from '../../../functions/aws/clients.ts';
import { type AwsClients, awsClients } from '../../../functions/aws/config.ts';
import { createMail } from '../../../functions/embedded/mailbox.ts';
import { embeddedPorts } from '../../../functions/embedded/ports.ts';
import type { Clients } from '../../../functions/jobs/client.ts';
import { CliError, usageError } from '../exit.ts';

export interface ClientStore {
  clients: Clients;
  /** In words, for the person. */
  where: string;
  close(): void;
}

type Env = Readonly<Record<string, string | undefined>>;

/** `stack` names a stage; so do the variables that its functions have. `making`: a home that is missing is made. */
export const openClients = async (env: Env, stack: string | undefined, making: boolean): Promise<ClientStore> =>
  stack !== undefined || env.CLIENTS_TABLE ? openStack(env, stack) : openHome(env, making);

const openHome = (env: Env, making: boolean): ClientStore => {
  const home = env.STEVEDORE_HOME || '.stevedore';
  if (!making && !existsSync(join(home, 'jobs.db')))
    throw usageError(`There is no Stevedore in ${home}: set STEVEDORE_HOME, or give --stack for a deployed one`);
  const ports = embeddedPorts({ home, baseUrl: () => '', mail: createMail({ home, from: '' }) });
  return { clients: ports.clients, where: home, close: ports.close };
};

const openStack = async (env: Env, stack: string | undefined): Promise<ClientStore> => {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (!region) throw usageError('A stack needs AWS_REGION, and your AWS credentials');
  const keyId = env.SECRETS_KEY || (stack && `alias/stevedore-${stack}-secrets`);
  if (!keyId) throw usageError('CLIENTS_TABLE needs SECRETS_KEY beside it, or --stack');
  const sdk = awsClients({ region });
  const table = env.CLIENTS_TABLE || (await tableOf(sdk, stack ?? '', region));
  const close = () => {
    for (const client of Object.values(sdk)) client.destroy();
  };
  return { clients: awsClientStore(sdk.dynamodb, sdk.kms, table, keyId), where: `table ${table} in ${region}`, close };
};

/** Deployed tables have names that end by chance: the stage's data stack has one for clients. */
const tableOf = async ({ dynamodb }: AwsClients, stack: string, region: string): Promise<string> => {
  const prefix = `stevedore-${stack}-data-clientstable`.toLowerCase();
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page: ListTablesCommandOutput = await dynamodb.send(
      new ListTablesCommand({ ExclusiveStartTableName: after }),
    );
    found.push(...(page.TableNames ?? []).filter((name) => name.toLowerCase().startsWith(prefix)));
    after = page.LastEvaluatedTableName;
  } while (after !== undefined);
  const [table, other] = found;
  if (table === undefined)
    throw new CliError('failed', `There is no stack "${stack}" in ${region}, or you may not see it`);
  if (other !== undefined)
    throw new CliError('failed', `More than one table may be meant: set CLIENTS_TABLE to one of ${found.join(', ')}`);
  return table;
};
