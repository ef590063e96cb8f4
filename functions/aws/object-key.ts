// Keys of objects: the first segment is the area, each area is a bucket, the rest is the key in it.
import type { AwsConfig } from './config.ts';

export interface Place {
  Bucket: string;
  Key: string;
}

/** S3 takes keys of up to 1024 bytes. */
const longest = 1024;

const unsafe = (key: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\0-\x1f\x7f\\]/.test(key) || Buffer.byteLength(key) > longest;

/** The bucket and the key in it of objects whose key begins with `prefix`. Throws when it has no area. */
export const placeOfPrefix = (buckets: AwsConfig['buckets'], prefix: string): Place => {
  const [, area, rest] = /^(uploads|exports|jobs)\/(.*)$/s.exec(prefix) ?? [];
  if (area === undefined || rest === undefined || unsafe(rest)) throw new Error('a key outside of every area');
  return { Bucket: buckets[area as keyof AwsConfig['buckets']], Key: rest };
};

/** The bucket and the key in it of one object. Throws for what is no key of an object. */
export const placeOf = (buckets: AwsConfig['buckets'], key: string): Place => {
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new Error('a key with an empty or relative segment');
  return placeOfPrefix(buckets, key);
};
