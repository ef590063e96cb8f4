// Serves the built web console under /console/: its few files are read once, so that no path of a request ever meets the disk.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Handler } from 'hono';

/** Where `tools/build-console.mjs` puts it. */
export const builtConsole = new URL('../../console/dist/', import.meta.url).pathname;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

interface SiteFile {
  body: Buffer<ArrayBuffer>;
  packed: Buffer<ArrayBuffer>;
  type: string;
  etag: string;
  /** True of files whose names change with their content. */
  lasting: boolean;
}

const readSite = (folder: string): Map<string, SiteFile> => {
  const site = new Map<string, SiteFile>();
  if (!existsSync(folder)) return site;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const body = Buffer.from(readFileSync(path));
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
    site.set(name, { body, packed: gzipSync(body, { level: 9 }), type, etag, lasting: name.startsWith('assets/') });
  }
  return site;
};

/**
 * What the page may do: nothing but its own files, its own API, and sending files to `uploads`, the origin of upload forms.
 * On AWS the same rules come from CloudFront.
 */
const rulesFor = (uploads: string): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${uploads}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

/** Answers GET and HEAD under /console/. */
export const consoleSite = (options: { folder?: string; uploads: string }): Handler => {
  const site = readSite(options.folder ?? builtConsole);
  const rules = rulesFor(options.uploads);
  return (context) => {
    const { pathname } = new URL(context.req.url);
    if (pathname === '/console') return context.redirect('/console/', 308);
    const file = site.get(pathname.slice('/console/'.length) || 'index.html');
    if (!file && site.size === 0) return context.text('The console is not built: node tools/build-console.mjs\n', 503);
    if (!file) return context.text('There is nothing at this path.\n', 404);
    const headers: Record<string, string> = {
      ...rules,
      'content-type': file.type,
      etag: file.etag,
      vary: 'accept-encoding',
      'cache-control': file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (context.req.header('if-none-match') === file.etag) return context.body(null, 304, headers);
    const packs = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    const body = packs ? file.packed : file.body;
    if (packs) headers['content-encoding'] = 'gzip';
    headers['content-length'] = String(body.byteLength);
    return context.req.method === 'HEAD' ? context.body(null, 200, headers) : context.body(body, 200, headers);
  };
};
