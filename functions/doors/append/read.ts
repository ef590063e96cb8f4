// What callers say in the bodies of this API, understood or refused.
import { z } from 'zod';
import type { Notification } from '../../jobs/append/containers.ts';
import type { JsonObject } from '../../jobs/json-line.ts';
import { isObject } from '../../jobs/json-line.ts';
import { BlockedAddress, type Ports } from '../../jobs/ports.ts';
import { invalid } from './errors.ts';

const maxName = 255;
const maxRecords = 100_000;

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** `notification_URL` needs a method; a method without a URL means nothing. */
const notificationOf = ({ pulls }: Pick<Ports, 'pulls'>, body: JsonObject): Notification | undefined => {
  const url = body.notification_URL ?? body.notification_url;
  if (!given(url)) return undefined;
  const method = typeof body.notification_method === 'string' ? body.notification_method.toUpperCase() : undefined;
  if (!given(body.notification_method)) throw invalid('notification_method is required with notification_URL');
  if (method !== 'GET' && method !== 'POST') throw invalid('notification_method must be GET or POST');
  try {
    if (typeof url !== 'string') throw new BlockedAddress();
    pulls.check(url);
  } catch (error) {
    if (error instanceof BlockedAddress) throw invalid('notification_URL is not an http(s) URL that may be reached');
    throw error;
  }
  return { url, method };
};

const nameOf = ({ name }: JsonObject): string => {
  if (typeof name !== 'string' || name.trim() === '') throw invalid('name is required');
  if (name.length > maxName) throw invalid(`name is longer than ${maxName} characters`);
  return name;
};

export const readContainer = (ports: Pick<Ports, 'pulls'>, body: JsonObject) => {
  const name = nameOf(body);
  const { output_format: format } = body;
  if (given(format) && (typeof format !== 'string' || format.toUpperCase() !== 'JSON'))
    throw invalid('output_format must be JSON');
  const notification = notificationOf(ports, body);
  return { name, ...(notification && { notification }) };
};

const fields = z.array(z.string().min(1).max(100)).max(50);

export const readOrder = (ports: Pick<Ports, 'pulls'>, body: JsonObject) => {
  const asked = fields.safeParse(body.fields ?? []);
  if (!asked.success) throw invalid('fields must be an array of at most 50 names');
  const notification = notificationOf(ports, body);
  return { fields: asked.data, ...(notification && { notification }) };
};

/** The records of a batch, undefined in the place of what is no object. */
export const readRecords = (body: JsonObject): (JsonObject | undefined)[] => {
  const list = body.record_list ?? body.records;
  if (!Array.isArray(list) || list.length === 0) throw invalid('record_list must be an array of records');
  if (list.length > maxRecords) throw invalid(`record_list has more than ${maxRecords} records: send a batch-file`);
  return list.map((record) => (isObject(record) ? record : undefined));
};
