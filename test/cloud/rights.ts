// IAM on this machine: what a request to AWS asks for, and whether a function's role allows it.
import type { IncomingHttpHeaders } from 'node:http';
import type { Statement } from './template.ts';
import { queueArn } from './values.ts';

export interface AwsRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Service = 'dynamodb' | 's3' | 'sqs' | 'ses' | 'kms' | 'eventbridge';

/** An action on a resource; the resource as the templates' values name it. */
export interface Demand {
  service: Service;
  asks: { action: string; resource: string }[];
}

const tableArn = (name: string) => `arn:aws:AWS::DynamoDB::Table:${name}`;
const busArn = (name: string) => `arn:aws:AWS::Events::EventBus:${name}`;
const bucketArn = (name: string) => `arn:aws:AWS::S3::Bucket:${name}`;

/** What the request asks for. Throws for what this bench does not know: it would go unchecked. */
export const demandOf = (request: AwsRequest): Demand => {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return byTarget(target, JSON.parse(request.body));
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body);
    const resource = `arn:aws:ses:us-east-1:000000000000:identity/${form.get('Source')?.split('@')[1]}`;
    return { service: 'ses', asks: [{ action: `ses:${form.get('Action')}`, resource }] };
  }
  return { service: 's3', asks: s3Asks(request) };
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

const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;

/** Whether one of the statements allows the action on the resource. Conditions are not looked at. */
export const isAllowed = (statements: readonly Statement[], { action, resource }: Demand['asks'][number]): boolean =>
  statements.some(
    ({ actions, resources }) => actions.includes(action) && resources.some((pattern) => matches(pattern, resource)),
  );
