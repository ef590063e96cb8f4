// Object keys as paths below the home folder, and back: nothing that is in a key can lead out of it.
import { join, sep } from 'node:path';

export const areas = ['uploads', 'exports', 'jobs'] as const;
const maxKeyBytes = 1024;
/** File systems take names of 255 bytes; a longer name goes on in a folder below, marked by this end. */
const maxNameBytes = 200;
const goesOn = '%~';

/** Throws unless the key is `<area>/<segment>...` of segments that name something. Does not repeat the key: it may be personal. */
export const checkKey = (key: string): string[] => {
  const segments = key.split('/');
  const [area = ''] = segments;
  const known = (areas as readonly string[]).includes(area);
  if (!known || segments.length < 2 || !segments.every(isSegment) || Buffer.byteLength(key) > maxKeyBytes)
    throw new Error('not a key of this store');
  return segments;
};

const isSegment = (segment: string): boolean =>
  segment !== '' && segment !== '.' && segment !== '..' && !/[\0\\]/.test(segment) && segment.isWellFormed();

/** What people put there has the names that people gave. */
const plainFolder = ['uploads', 'imports'];
const isPlain = (names: readonly string[]): boolean => plainFolder.every((name, i) => names[i] === name);

/** Where an object lies below `root`. Throws for what is not a key. */
export const pathOf = (root: string, key: string): string => {
  const segments = checkKey(key);
  return join(root, ...(isPlain(segments) ? segments : segments.map(encodeName)));
};

/** A name as one file name, or as several with separators between when it is long. */
const encodeName = (name: string): string => {
  let encoded = '';
  let bytes = 0;
  for (const char of name) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a file name
    const safe = /[\0-\x1f\x7f%<>:"|?*/\\]/.test(char) ? `%${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
    bytes += Buffer.byteLength(safe);
    if (bytes > maxNameBytes) {
      encoded += goesOn + sep;
      bytes = Buffer.byteLength(safe);
    }
    encoded += safe;
  }
  return encoded;
};

/** The key of a path below the root: the way back from `pathOf`. */
export const keyOf = (path: string): string => {
  const names = path.split(sep);
  if (isPlain(names)) return names.join('/');
  return names
    .join('/')
    .replaceAll(`${goesOn}/`, '')
    .replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
};
