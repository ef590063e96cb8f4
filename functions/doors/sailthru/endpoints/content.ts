// GET, POST and DELETE /content: one page or product of the library, or the last that were published.
import { putContent, removeContent } from '../../../jobs/content/call.ts';
import type { Content } from '../../../jobs/content/content.ts';
import { findBySku, findByUrl, lastPublished } from '../../../jobs/content/list.ts';
import { urlOf } from '../../../jobs/content/read-content.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';

const defaultItems = 20;
const maxItems = 20_000;

const shown = (content: Content, { settings }: Client): Answer => {
  const { id, url, date, expire_date: expires, sku, createdBy: _, changedBy: __, ...facts } = content;
  return {
    _id: id,
    url,
    ...(sku !== undefined && { keys: { sku } }),
    ...facts,
    date: rfc2822(date, settings.timeZone),
    ...(expires !== undefined && { expire_date: rfc2822(expires, settings.timeZone) }),
  };
};

const filled = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

const failed = (message: string): ApiError => new ApiError(400, 99, message);

/** What the call names: by URL or by SKU; undefined when it names nothing. */
const nameOf = ({ url, id, key }: EndpointCall['params']): { by: 'url' | 'sku'; name: string } | undefined => {
  if (filled(url)) return { by: 'url', name: String(url).trim() };
  if (!filled(id)) return undefined;
  const by = filled(key) ? String(key) : 'url';
  if (by !== 'url' && by !== 'sku') throw failed(`Content is not enabled for ${by} lookup`);
  return { by, name: String(id).trim() };
};

const find = ({ ports, client }: EndpointCall, { by, name }: { by: 'url' | 'sku'; name: string }) =>
  (by === 'url' ? findByUrl : findBySku)({ ports, client }, name);

/** A count of at most 20,000; what cannot be read is the documented default. */
const itemsOf = (value: unknown): number => {
  const count = filled(value) && /^\d{1,9}$/.test(String(value)) ? Number(value) : defaultItems;
  return Math.min(Math.max(count, 1), maxItems);
};

export const content: Endpoint = {
  async GET(call) {
    const { ports, client, params } = call;
    const named = nameOf(params);
    if (!named) {
      const listed = await lastPublished({ ports, client }, itemsOf(params.items));
      return { content: listed.map((each) => shown(each, client)) };
    }
    const found = await find(call, named);
    if (!found) throw new ApiError(404, 99, `Content not found: ${named.name}`);
    return shown(found, client);
  },

  async POST(call) {
    const { ports, client, params } = call;
    const named = nameOf(params);
    if (!named) throw failed('You may not insert a content without url');
    const url = named.by === 'url' ? named.name : (await find(call, named))?.url;
    if (url === undefined) throw failed('You may not insert a content without url');
    if (urlOf(url) === undefined) throw failed(`Invalid Url: ${url}`);
    const put = await putContent(ports, client, url, params);
    if ('id' in put) return { content: [shown(put, client)] };
    throw new ApiError(400, put.about === 'date' ? 18 : 99, put.reject);
  },

  async DELETE(call) {
    const { ports, client, params } = call;
    const named = nameOf(params);
    if (!named) throw failed('Missing required parameter: id/url');
    const found = await find(call, named);
    if (!found || !(await removeContent(ports, client, found)))
      throw new ApiError(404, 99, `Content not found: ${named.name}`);
    return { ok: true };
  },
};
