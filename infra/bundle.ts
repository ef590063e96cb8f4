// Bundles the Lambda shells, all in one run of esbuild and once per process, without a container.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** The entries under functions/lambda that functions are made of. */
export const handlers = ['api', 'plan', 'lane', 'report', 'work', 'dead-letter', 'sweep', 'uploads'] as const;
/** All of them, that of the container too. */
const entries = [...handlers, 'upload-door'] as const;
export type Entry = (typeof entries)[number];

export interface Bundles {
  /** The folder to deploy for an entry; its handler is `index.handler`. */
  folder(entry: Entry): string;
  /** What went into the bundles. */
  metafile: Metafile;
}

let made: Bundles | undefined;

/** The bundles of all shells; the AWS SDK is part of them, so that a deployment never depends on the runtime's copy. */
export const bundles = (): Bundles => {
  made ??= build();
  return made;
};

const build = (): Bundles => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  // A folder of its own for each process: test workers bundle at the same time. The CDK copies what it deploys.
  const outdir = mkdtempSync(join(cache, 'bundle-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      entries.map((entry) => [`${entry}/index`, join('functions', 'lambda', `${entry}.ts`)]),
    ),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Some dependencies are CommonJS and call `require` for Node's own modules, which ESM lacks.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: false,
    metafile: true,
    logLevel: 'silent',
  });
  // An image is built where its Dockerfile lies, by `cdk deploy` and never before.
  copyFileSync(join(root, 'infra', 'upload-door.Dockerfile'), join(outdir, 'upload-door', 'Dockerfile'));
  return { folder: (entry) => join(outdir, entry), metafile };
};
