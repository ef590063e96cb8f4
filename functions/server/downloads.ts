// Serves the signed links of one machine as the object store does on AWS: ranges, filename, an end on time.
import { Readable } from 'node:stream';
import type { Handler } from 'hono';
import { attachment } from '../jobs/disposition.ts';
import { FileGone, type Ports } from '../jobs/ports.ts';

/** What a valid link leads to. */
export interface LinkTarget {
  key: string;
  contentType: string;
  filename?: string;
}

/** `check` says what a request URL leads to, `expired` or `invalid`. */
export const downloads =
  (ports: Pick<Ports, 'files'>, check: (url: string) => LinkTarget | 'expired' | 'invalid'): Handler =>
  async (context) => {
    const target = check(context.req.url);
    if (target === 'invalid') return context.text('This link is not valid.\n', 403);
    const info = target === 'expired' ? undefined : await ports.files.head(target.key);
    if (target === 'expired' || !info) return context.text('This link has expired.\n', 404);
    const range = readRange(context.req.header('range'), info.size);
    if (range === 'unsatisfiable') return context.body(null, 416, { 'content-range': `bytes */${info.size}` });
    const { start, end } = range ?? { start: 0, end: info.size };
    const headers: Record<string, string> = {
      'content-type': target.contentType,
      'content-length': String(end - start),
      'accept-ranges': 'bytes',
      etag: `"${info.etag}"`,
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      ...(target.filename !== undefined && { 'content-disposition': attachment(target.filename) }),
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${info.size}` }),
    };
    const status = range ? 206 : 200;
    if (context.req.method === 'HEAD' || end === start) return context.body(null, status, headers);
    try {
      const bytes = ports.files.get(target.key, { start, end, etag: info.etag });
      return context.body(Readable.toWeb(Readable.from(bytes)) as ReadableStream, status, headers);
    } catch (error) {
      if (error instanceof FileGone) return context.text('This link has expired.\n', 404);
      throw error;
    }
  };

/** The one range of a Range header; undefined when there is none that we serve. */
const readRange = (
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start >= size || start >= end ? 'unsatisfiable' : { start, end };
};
