// Runs before start, test and publish-console under any Node from 20 on: builds the web console when its sources have changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [site, dist] = [join(root, 'console'), join(root, 'console', 'dist')];
const stamp = join(dist, '.built-from');

const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
const sources = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(dist))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
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
  writeFileSync(join(fresh, '.built-from'), wanted);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}
