// `npm run publish-console -- <bucket>`: puts the built web console into the bucket of a stage's console stack, with your own AWS credentials.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const built = fileURLToPath(new URL('../console/dist', import.meta.url));

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Puts the site's files under `console/`. The page comes last: it never names a file that is not there. The keys, in that order. */
export const publishConsole = async (s3: S3Client, bucket: string, folder = built): Promise<string[]> => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && types[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => Number(a.endsWith('.html')) - Number(b.endsWith('.html')));
  const keys: string[] = [];
  for (const file of files) {
    const name = relative(folder, file).split(sep).join('/');
    const lasting = name.startsWith('assets/');
    const object = {
      Bucket: bucket,
      Key: `console/${name}`,
      Body: readFileSync(file),
      ContentType: types[extname(name)],
      CacheControl: lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    await s3.send(new PutObjectCommand(object));
    keys.push(object.Key);
  }
  return keys;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [bucket] = process.argv.slice(2);
  if (bucket === undefined) {
    console.error('npm run publish-console -- <bucket>   (the output "Bucket" of the stage\'s console stack)');
    process.exit(1);
  }
  const keys = await publishConsole(new S3Client({}), bucket);
  console.log(`${keys.length} files are in ${bucket}. Pages that are open go on with the files they have.`);
}
