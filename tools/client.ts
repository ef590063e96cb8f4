// `npm run client -- <id> [options]`: makes a client or changes its settings. Key and secret are shown once, when they are made.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { awsClientStore } from '../functions/aws/clients.ts';
import { awsClients } from '../functions/aws/config.ts';
import { createMail } from '../functions/embedded/mailbox.ts';
import { embeddedPorts } from '../functions/embedded/ports.ts';
import type { ClientSettings, Clients } from '../functions/jobs/ports.ts';

const usage = `npm run client -- <id> [options]
  --time-zone ZONE     IANA zone in which dates are shown and read (UTC)
  --dialect WORD       documented, or strict: only the statuses pending, completed and error (documented)
  --export-hours N     how long export links live (2)
  --guard-formulas     neutralise cells that a spreadsheet would run
  --rotate             a new secret
On this machine the client is written to STEVEDORE_HOME (.stevedore). With CLIENTS_TABLE, SECRETS_KEY and AWS_REGION set it is
written to that deployment, with your own AWS credentials.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'time-zone': { type: 'string' },
    dialect: { type: 'string' },
    'export-hours': { type: 'string' },
    'guard-formulas': { type: 'boolean' },
    rotate: { type: 'boolean', default: false },
  },
});

const settingsGiven = (): Partial<ClientSettings> => {
  const { dialect, 'time-zone': timeZone, 'export-hours': hours, 'guard-formulas': guardFormulas } = values;
  if (dialect !== undefined && dialect !== 'documented' && dialect !== 'strict')
    throw new Error('--dialect: documented or strict');
  const exportHours = hours === undefined ? undefined : Number(hours);
  if (exportHours !== undefined && !(exportHours > 0 && exportHours <= 24))
    throw new Error('--export-hours: more than 0, at most 24');
  return {
    ...(dialect !== undefined && { dialect }),
    ...(timeZone !== undefined && { timeZone }),
    ...(exportHours !== undefined && { exportHours }),
    ...(guardFormulas !== undefined && { guardFormulas }),
  };
};

const openClients = (): { clients: Clients; close: () => void } => {
  const { CLIENTS_TABLE: table, SECRETS_KEY: kmsKeyId, AWS_REGION: region } = process.env;
  if (table === undefined) {
    const home = process.env.STEVEDORE_HOME ?? '.stevedore';
    const ports = embeddedPorts({ home, baseUrl: () => '', mail: createMail({ home, from: '' }) });
    return { clients: ports.clients, close: ports.close };
  }
  if (kmsKeyId === undefined || region === undefined)
    throw new Error('CLIENTS_TABLE needs SECRETS_KEY and AWS_REGION beside it');
  const tables = { clients: table, jobs: '', profiles: '', lists: '', members: '' };
  const buckets = { uploads: '', exports: '', jobs: '' };
  const sdk = awsClients({ region, kmsKeyId, tables, buckets, queues: {}, mailFrom: '' });
  return { clients: awsClientStore(sdk.dynamodb, sdk.kms, table, kmsKeyId), close: () => {} };
};

try {
  const [id] = positionals;
  if (id === undefined || !/^[\w.-]{1,64}$/.test(id)) throw new Error(usage);
  const given = settingsGiven();
  const { clients, close } = openClients();
  const before = await clients.byId(id);
  const made = !before || values.rotate;
  const hex = () => randomBytes(16).toString('hex');
  const client = { ...before, id, apiKey: before?.apiKey ?? hex(), secret: made ? hex() : before.secret };
  const settings = { ...before?.settings, ...given };
  await clients.put({ ...client, settings });
  close();
  if (made) console.log(`api_key ${client.apiKey}\nsecret  ${client.secret}   (shown this once)`);
  console.log(`settings ${JSON.stringify(settings)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
