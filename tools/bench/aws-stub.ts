// A stand-in for AWS in a process of its own: DynamoDB with a fixed latency that counts requests and units; KMS; S3 and SQS of an emulator.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';
import {
  buckets,
  type Counted,
  latency,
  type StubAddress,
  type StubHears,
  type StubSays,
  tables,
} from './aws-terms.ts';
import { answer, type Call, calls, DynamoError, isCall, Tables } from './dynamo-tables.ts';

const queueNames = ['plan', 'report', 'lane-import', 'lane-export_list_data'];
const rowTables = new Set([tables.profiles, tables.members]);
const maxObject = 1024 ** 3;

const nothing = (): Pick<Counted, 'requests' | 'units'> => ({
  requests: {},
  units: { rows: { read: 0, write: 0 }, engine: { read: 0, write: 0 } },
});
let counts = nothing();

const countRequest = (name: string): void => {
  counts.requests[name] = (counts.requests[name] ?? 0) + 1;
};

const dynamodb = new Tables((table, { read = 0, write = 0 }) => {
  const units = counts.units[rowTables.has(table) ? 'rows' : 'engine'];
  units.read += read;
  units.write += write;
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const tableNamed = (body: string): string =>
  /"TableName":"([^"]+)"|"RequestItems":\{"([^"]+)"/.exec(body)?.slice(1).find(Boolean) ?? '';

interface Reply {
  status: number;
  body: object;
  after: number;
}

const dynamoReply = (call: Call, body: string): Reply => {
  countRequest(`DynamoDB ${call} ${tableNamed(body)}`);
  const after = latency[calls[call]];
  try {
    return { status: 200, body: answer(dynamodb, call, body), after };
  } catch (error) {
    if (!(error instanceof DynamoError)) throw error;
    const { name, message, item } = error;
    const type = `com.amazonaws.dynamodb.v20120810#${name}`;
    return { status: 400, body: { __type: type, message, ...(item && { Item: item }) }, after };
  }
};

/** Secrets are only wrapped: this stands in for a key that nobody sees. */
const kmsReply = (call: string, body: string): Reply => {
  countRequest(`KMS ${call}`);
  const { Plaintext, CiphertextBlob, KeyId = 'bench' } = JSON.parse(body) as Record<string, string>;
  const made = call === 'Encrypt' ? { CiphertextBlob: Plaintext } : { Plaintext: CiphertextBlob };
  return { status: 200, body: { KeyId, ...made }, after: latency.read };
};

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [service = '', call = ''] = String(request.headers['x-amz-target']).split('.');
  const body = await bodyOf(request);
  const arrived = performance.now();
  const send = ({ status, body, after }: Reply): void => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(text) };
    setTimeout(() => response.writeHead(status, headers).end(text), Math.max(0, after - (performance.now() - arrived)));
  };
  if (service.startsWith('DynamoDB') && isCall(call)) return send(dynamoReply(call, body));
  if (call === 'Encrypt' || call === 'Decrypt') return send(kmsReply(call, body));
  send({
    status: 400,
    body: { __type: 'UnknownOperationException', message: `not in this stand-in: ${call}` },
    after: 0,
  });
};

/** S3 and SQS answer at once: a worker calls them a few times for each 10,000 rows. */
const openObjects = async (): Promise<Pick<StubAddress, 'objects' | 'queues'>> => {
  const app = buildApp({ logger: false, host: 'localhost' });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxObject }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async (request) => {
    const target = request.headers['x-amz-target'];
    countRequest(typeof target === 'string' ? `SQS ${target.split('.')[1]}` : `S3 ${request.method}`);
  });
  const objects = await app.listen({ port: 0, host: '127.0.0.1' });
  for (const bucket of Object.values(buckets)) await app.inject({ method: 'PUT', url: `/${bucket}` });
  const queues: Record<string, string> = {};
  for (const name of queueNames) {
    const headers = { 'x-amz-target': 'AmazonSQS.CreateQueue', 'content-type': 'application/x-amz-json-1.0' };
    const made = await app.inject({ method: 'POST', url: '/', headers, payload: JSON.stringify({ QueueName: name }) });
    queues[name] = `${objects}${new URL(made.json<{ QueueUrl: string }>().QueueUrl).pathname}`;
  }
  return { objects, queues };
};

const say = (news: StubSays): void => {
  process.send?.(news);
};

/** Runs the stand-in until the parent process goes. */
const run = async (): Promise<void> => {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const objects = await openObjects();
  process.on('disconnect', () => process.exit(0));
  process.on('message', (_: StubHears) => {
    const { user, system } = process.cpuUsage();
    say({ kind: 'counted', counted: { ...counts, cpu: (user + system) / 1e6 } });
    counts = nothing();
  });
  say({ kind: 'ready', address: { dynamodb: `http://127.0.0.1:${port}`, ...objects } });
};

if (process.send && process.argv[2] === 'serve') await run();
