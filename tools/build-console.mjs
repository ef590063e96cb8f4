// Runs before start, test and publish-console under any Node from 20 on: builds the web console, and the page of the API beside it, when either has changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [site, dist] = [join(root, 'console'), join(root, 'console', 'dist')];
const stamp = join(dist, '.built-from');

const api = readFileSync(join(root, 'docs', 'openapi', 'index.html'), 'utf8');

const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
const sources = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(dist))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
hash.update(api);
for (const source of sources) hash.update(`\0${source.slice(site.length)}\0`).update(readFileSync(source));
const wanted = hash.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.log('Building the web console ...');
  // Beside it first, so that a server that starts meanwhile finds the old one or the new one.
  const fresh = `${dist}.${process.pid}`;
  const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  execFileSync(existsSync(node24) ? node24 : process.execPath, [vite, 'build', site, '--logLevel', 'warn'], {
    stdio: 'inherit',
    env: { ...process.env, CONSOLE_OUT: fresh },
  });
  // The page of the API beside it; its style in a file of its own, for no page of the console may have one inside.
  const [tag = '', style = ''] = /<style>([\s\S]*?)<\/style>/.exec(api) ?? [];
  const name = `assets/openapi-${createHash('sha256').update(style).digest('hex').slice(0, 8)}.css`;
  writeFileSync(join(fresh, name), style);
  writeFileSync(join(fresh, 'openapi.html'), api.replace(tag, `<link rel="stylesheet" href="/console/${name}">`));
  writeFileSync(join(fresh, '.built-from'), wanted);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}
