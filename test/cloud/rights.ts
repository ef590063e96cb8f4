// What a request to AWS asks IAM for: actions on resources, those that services ask for in turn among them.
import type { IncomingHttpHeaders } from 'node:http';
import type { Ask } from './policy.ts';
import { queueArn, region } from './values.ts';

export interface AwsRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Service = 'dynamodb' | 's3' | 'sqs' | 'ses' | 'kms' | 'eventbridge';

/** Resources as the templates' values name them. */
export interface Demand {
  service: Service;
  asks: Ask[];
}

/** The key that each bucket's objects are encrypted with. */
export type BucketKeys = ReadonlyMap<string, string>;

const tableArn = (name: string) => `arn:aws:AWS::DynamoDB::Table:${name}`;
const busArn = (name: string) => `arn:aws:AWS::Events::EventBus:${name}`;
const bucketArn = (name: string) => `arn:aws:AWS::S3::Bucket:${name}`;

/** What the request asks for. Throws for what this bench does not know: it would go unchecked. */
export const demandOf = (request: AwsRequest, keys: BucketKeys): Demand => {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return byTarget(target, JSON.parse(request.body));
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body);
    const from = form.get('Source') ?? '';
    const resource = `arn:aws:ses:us-east-1:000000000000:identity/${from.split('@')[1]}`;
    return {
      service: 'ses',
      asks: [{ action: `ses:${form.get('Action')}`, resource, context: { 'ses:FromAddress': from } }],
    };
  }
  const asks = s3Asks(request);
  return { service: 's3', asks: [...asks, ...asks.flatMap((ask) => keyAsks(ask, keys))] };
};

interface JsonBody {
  TableName?: string;
  IndexName?: string;
  RequestItems?: Record<string, unknown>;
  QueueUrl?: string;
  KeyId?: string;
  Entries?: { EventBusName?: string }[];
}

const byTarget = (target: string, body: JsonBody): Demand => {
  const [api = '', operation = ''] = target.split('.');
  if (api.startsWith('DynamoDB')) {
    const tables = body.RequestItems ? Object.keys(body.RequestItems) : [body.TableName ?? ''];
    const index = body.IndexName === undefined ? '' : `/index/${body.IndexName}`;
    return {
      service: 'dynamodb',
      asks: tables.map((table) => ({ action: `dynamodb:${operation}`, resource: tableArn(table) + index })),
    };
  }
  if (api === 'AmazonSQS') {
    const queue = body.QueueUrl?.split('/').at(-1) ?? '';
    return { service: 'sqs', asks: [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: queueArn(queue) }] };
  }
  if (api === 'AWSEvents') {
    const buses = new Set((body.Entries ?? []).map(({ EventBusName = 'default' }) => EventBusName));
    return {
      service: 'eventbridge',
      asks: [...buses].map((bus) => ({ action: `events:${operation}`, resource: busArn(bus) })),
    };
  }
  if (api === 'TrentService')
    return { service: 'kms', asks: [{ action: `kms:${operation}`, resource: body.KeyId ?? '' }] };
  throw new Error(`rights of ${target} are not known to this bench`);
};

/** What S3 asks of the bucket's key in the caller's name: to read, to write, and to write in parts. */
const keyActions: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': ['kms:Decrypt'],
  's3:PutObject': ['kms:Decrypt', 'kms:GenerateDataKey'],
};

const keyAsks = ({ action, resource }: Ask, keys: BucketKeys): Ask[] => {
  const bucket = resource.slice(bucketArn('').length).split('/')[0] ?? '';
  const key = keys.get(bucket);
  const context = { 'kms:ViaService': `s3.${region}.amazonaws.com` };
  return key === undefined ? [] : (keyActions[action] ?? []).map((of) => ({ action: of, resource: key, context }));
};

const s3Asks = ({ method, url, headers, body }: AwsRequest): Demand['asks'] => {
  const { pathname, searchParams: query } = new URL(url, 'http://s3');
  const [bucket = '', ...key] = decodeURIComponent(pathname).slice(1).split('/');
  const object = key.join('/');
  const on = (action: string) => [{ action: `s3:${action}`, resource: `${bucketArn(bucket)}/${object}` }];
  if (object === '' && method === 'GET') return [{ action: 's3:ListBucket', resource: bucketArn(bucket) }];
  // A form says itself where it puts its object.
  if (method === 'POST' && headers['content-type']?.startsWith('multipart/form-data')) {
    const [, named = ''] = /name="key"\r\n\r\n(.*?)\r\n/.exec(body) ?? [];
    return [{ action: 's3:PutObject', resource: `${bucketArn(bucket)}/${named}` }];
  }
  if (method === 'POST' && query.has('delete')) return on('DeleteObject');
  if (method === 'GET' || method === 'HEAD') return on('GetObject');
  if (method === 'DELETE') return on(query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject');
  const source = headers['x-amz-copy-source'];
  const [from, ...rest] = decodeURIComponent(String(source ?? ''))
    .replace(/^\//, '')
    .split('/');
  const read =
    source === undefined ? [] : [{ action: 's3:GetObject', resource: `${bucketArn(String(from))}/${rest.join('/')}` }];
  return [...on('PutObject'), ...read];
};
