// A request for an import, as the documents write it, becomes what the engine takes.
import type { Client } from '../../jobs/ports.ts';
import { longestWait } from '../../jobs/requests/request-options.ts';
import { invalidRecord, invalidRequest } from './errors.ts';
import { readTime, secondOf } from './times.ts';

/** Bytes of a table that stands in the request itself. */
const maxContent = 10 * 1024 ** 2;

export interface ImportRequest {
  params: Record<string, unknown>;
  /** The table itself; absent when it lies at `params.url`. */
  content?: string;
}

type Given = Record<string, unknown>;

/** Throws DoorError. What the engine checks itself is not checked here. */
export const readImport = (body: Given, client: Client, list: string, now: number): ImportRequest => {
  const given = objectIn(body, 'subscriber_import');
  if (!given) throw invalidRequest('The body must have a key subscriber_import');
  const { column_mapping, mapping, default_custom_fields, subscriber_defaults, overwrite } = given;
  const source = objectIn(given, 'file_source');
  if (!source) throw invalidRecord('file_source is missing');
  const file = readSource(source);
  return {
    params: {
      list,
      ...readBeginning(given.begins_at, client, now),
      column_mapping: column_mapping ?? mapping,
      default_custom_fields,
      subscriber_defaults,
      overwrite,
      overwrite_what: given.overwrite_what,
      overwrite_when_status: given.overwrite_when_status,
      file_format: given.file_format,
      ...('url' in file ? { url: file.url } : { is_text: true }),
    },
    ...('content' in file && { content: file.content }),
  };
};

const objectIn = (given: Given, name: string): Given | undefined => {
  const value = given[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Given) : undefined;
};

const readSource = ({ type, content, url }: Given): { content: string } | { url: string } => {
  if (type === 'url') {
    if (typeof url !== 'string' || url.trim() === '') throw invalidRecord('file_source.url is missing');
    return { url };
  }
  if (type === 'upload_directory')
    throw invalidRecord('file_source.type upload_directory is not offered here: use json or url');
  if (type !== 'json') throw invalidRecord('file_source.type is neither json nor url');
  if (typeof content !== 'string') throw invalidRecord('file_source.content is missing');
  if (Buffer.byteLength(content) > maxContent)
    throw invalidRecord('file_source.content is larger than 10 MB: bring the file by its URL');
  return { content };
};

/** A time that has passed means now, and is shown as it was asked for. */
const readBeginning = (value: unknown, client: Client, now: number): { begins_at?: number } => {
  if (value === undefined || value === null || value === '' || value === 'now') return {};
  const at = readTime(value, client.settings.timeZone);
  if (at === undefined) throw invalidRecord('begins_at is neither a time nor now');
  if (at > now + longestWait) throw invalidRecord('begins_at is more than six days ahead');
  return { begins_at: secondOf(at) };
};
