// S3 and SQS on this machine, in memory: fauxqs, with guards where it does less than AWS or other than AWS.
import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';
import type { Emulator } from './emulator-dynamodb.ts';
import { readForm, refusalOfForm } from './emulator-policy.ts';
import { isSigned } from './emulator-signature.ts';

/** An object that was put, as an S3 event tells it. */
export interface ObjectCreated {
  bucket: string;
  key: string;
  etag: string;
}

type App = ReturnType<typeof buildApp>;
type Query = Record<string, string | undefined>;
type Headers = Record<string, unknown>;

/** The only credentials that open anything here, and nothing anywhere else. Signatures by header are not checked further. */
export const emulatorKey = 'emulator';
export const emulatorSecret = 'emulator';
const signedBy = `AWS4-HMAC-SHA256 Credential=${emulatorKey}`;

/** A form that puts an object: it carries its signature in its fields, which are read before it is refused. */
const isForm = (method: string, headers: Headers): boolean =>
  method === 'POST' && /^multipart\/form-data/i.test(String(headers['content-type'] ?? ''));

const largest = 1024 ** 3;

/** Sub-resources that fauxqs would take for the object itself. */
const subResources = [
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'encryption',
  'inventory',
  'legal-hold',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versioning',
  'versions',
  'website',
];

const xmlError = (code: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;

const hasRelativeSegment = (url: string): boolean => {
  try {
    return decodeURIComponent(url.split('?')[0] ?? '')
      .split('/')
      .some((segment) => segment === '.' || segment === '..');
  } catch {
    return true;
  }
};

/** What is refused before fauxqs sees it: status and code. */
const refusal = (method: string, url: string, query: Query, headers: Headers): [number, string] | undefined => {
  if (hasRelativeSegment(url)) return [400, 'InvalidURI'];
  if (subResources.some((name) => name in query)) return [501, 'NotImplemented'];
  if (method === 'OPTIONS') return [403, 'AccessForbidden'];
  if (headers.authorization !== undefined)
    return String(headers.authorization).startsWith(signedBy) ? undefined : [403, 'InvalidAccessKeyId'];
  if (isForm(method, headers)) return undefined;
  return isSigned({ method, url, headers }, emulatorSecret, Date.now()) ? undefined : [403, 'AccessDenied'];
};

const malformed: [number, string] = [400, 'MalformedPOSTRequest'];

const guard = (app: App, created: (object: ObjectCreated) => void): void => {
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largest }, (_request, body, done) => done(null, body));

  app.addHook('onRequest', async (request, reply) => {
    const query = request.query as Query;
    const refused = refusal(request.method, request.raw.url ?? '', query, request.headers);
    if (refused) return reply.code(refused[0]).type('application/xml').send(xmlError(refused[1]));
    const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
    if (request.method === 'PUT' && (match !== undefined || noneMatch !== undefined)) {
      // The write and this look at what is there are not one step; no test may lean on the difference.
      const head = await app.inject({
        method: 'HEAD',
        url: request.raw.url ?? '',
        headers: { authorization: `${signedBy}/` },
      });
      const stands = noneMatch === '*' ? head.statusCode === 404 : head.headers.etag === match;
      if (!stands) return reply.code(412).type('application/xml').send(xmlError('PreconditionFailed'));
    }
    return undefined;
  });

  const posted = new WeakMap<object, Omit<ObjectCreated, 'etag'>>();
  app.addHook('preHandler', async (request, reply) => {
    if (!isForm(request.method, request.headers)) return undefined;
    const form = await readForm(request.body as Buffer, String(request.headers['content-type'])).catch(() => undefined);
    const [, bucket = '', rest = ''] = /^\/([^/?]+)\/?(.*)$/.exec(request.raw.url ?? '') ?? [];
    const credentials = { key: emulatorKey, secret: emulatorSecret };
    const refused = form && rest === '' ? refusalOfForm(bucket, form, credentials, Date.now()) : malformed;
    if (refused) return reply.code(refused[0]).type('application/xml').send(xmlError(refused[1]));
    posted.set(request, { bucket, key: form?.fields.get('key') ?? '' });
    return undefined;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const query = request.query as Query;
    if (request.method === 'GET' && reply.statusCode < 300)
      for (const name of ['content-disposition', 'content-type', 'cache-control', 'content-language']) {
        const asked = query[`response-${name}`];
        if (asked !== undefined) reply.header(name, asked);
      }
    const object =
      createdBy(request.method, request.raw.url ?? '', query, reply.statusCode) ??
      (reply.statusCode < 300 ? posted.get(request) : undefined);
    if (object) created({ ...object, etag: etagIn(reply.getHeader('etag'), payload) });
    return payload;
  });
};

const etagIn = (header: unknown, payload: unknown): string => {
  const text = typeof header === 'string' ? header : (/<ETag>(.*?)<\/ETag>/.exec(String(payload))?.[1] ?? '');
  return text.replace(/&quot;|"/g, '');
};

/** The object that a request made whole: put, copied, or completed in parts. */
const createdBy = (
  method: string,
  url: string,
  query: Query,
  status: number,
): Omit<ObjectCreated, 'etag'> | undefined => {
  const whole = method === 'PUT' ? !query.uploadId : method === 'POST' && query.uploadId !== undefined;
  const [, bucket, key] = /^\/([^/?]+)\/([^?]+)/.exec(url) ?? [];
  if (!whole || status !== 200 || !bucket || !key) return undefined;
  return { bucket, key: decodeURIComponent(key) };
};

/** `created` is called for every object put, before the request that put it is answered. */
export const startS3AndSqs = async (created: (object: ObjectCreated) => void = () => undefined): Promise<Emulator> => {
  const app = buildApp({ logger: false, host: 'localhost' });
  guard(app, created);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    endpoint: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    stop: async () => {
      await app.close();
    },
  };
};
