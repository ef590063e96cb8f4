// What callers say in the bodies of this API, understood or refused.
import type { z } from 'zod';
import type { Notification } from '../../jobs/append/containers.ts';
import type { JsonObject } from '../../jobs/json-line.ts';
import { isObject } from '../../jobs/json-line.ts';
import { BlockedAddress, type Ports } from '../../jobs/ports.ts';
import { invalid } from './errors.ts';
import { containerOrder, fileOrder, notificationMethod, recordList } from './schemas.ts';

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The value as the schema has it. Throws DoorError with `message`, else with what the schema says. */
const readAs = <T>(schema: z.ZodType<T>, value: unknown, message?: string): T => {
  const { data, error } = schema.safeParse(value);
  if (error) throw invalid(message ?? error.issues[0]?.message ?? 'Invalid');
  return data;
};

/** `notification_URL` needs a method; a method without a URL means nothing. */
const notificationOf = ({ pulls }: Pick<Ports, 'pulls'>, body: JsonObject): Notification | undefined => {
  const url = body.notification_URL ?? body.notification_url;
  if (!given(url)) return undefined;
  if (!given(body.notification_method)) throw invalid('notification_method is required with notification_URL');
  const word = readAs(notificationMethod, body.notification_method, 'notification_method must be GET or POST');
  try {
    if (typeof url !== 'string') throw new BlockedAddress();
    pulls.check(url);
  } catch (error) {
    if (error instanceof BlockedAddress) throw invalid('notification_URL is not an http(s) URL that may be reached');
    throw error;
  }
  return { url, method: word.toUpperCase() === 'GET' ? 'GET' : 'POST' };
};

export const readContainer = (ports: Pick<Ports, 'pulls'>, body: JsonObject) => {
  const name = readAs(containerOrder.shape.name, body.name);
  readAs(containerOrder.shape.output_format, body.output_format, 'output_format must be JSON');
  const notification = notificationOf(ports, body);
  return { name, ...(notification && { notification }) };
};

export const readOrder = (ports: Pick<Ports, 'pulls'>, body: JsonObject) => {
  const fields = readAs(fileOrder.shape.fields, body.fields, 'fields must be an array of at most 50 names') ?? [];
  const notification = notificationOf(ports, body);
  return { fields, ...(notification && { notification }) };
};

/** The records of a batch, undefined in the place of what is no object. */
export const readRecords = (body: JsonObject): (JsonObject | undefined)[] =>
  readAs(recordList, body.record_list ?? body.records).map((record) => (isObject(record) ? record : undefined));
