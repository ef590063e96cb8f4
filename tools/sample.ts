// Writes a made-up user base as CSV, the same for the same seed: input for trying things out, for tests and benches.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

export interface SampleOptions {
  /** Data rows; the header comes on top. */
  rows: number;
  /** Other seeds give other people. */
  seed?: number;
  /** `new`: every row is another valid address. `mixed`: of 100 rows 4 repeat an earlier address and 3 are broken. */
  mix?: 'new' | 'mixed';
  /** Lines end in CRLF instead of LF; newlines within cells stay LF. */
  crlf?: boolean;
}

/** What an import of the file must count: `rows` is the sum of the others. */
export interface SampleCounts {
  rows: number;
  distinctValid: number;
  /** Valid rows beyond the first of their address. */
  duplicate: number;
  rejected: number;
}

const header = 'email,first_name,last_name,city,plan,score,signup_date';
const period = 100;
const repeatsPerPeriod = 4;
const brokenPerPeriod = 3;

// Addresses are in domains reserved for documentation: a mail sent by mistake arrives nowhere.
const domains = [
  'example.com',
  'example.org',
  'example.net',
  'mail.example.com',
  'post.example.org',
  'list.example.net',
];
const internationalDomain = 'bücher.example';
const firstNames =
  'Zoë Ana Björn Chloé David Emma Fatima Giang Håkon Inès Jürgen Kofi Łukasz María Noor Oluwaseun Paul Quinn René Søren Tomás Ursula Vera Wei Ximena Yusuf'
    .split(' ')
    .concat('Ольга', 'Νίκος', '美咲', '"Anna ""Annie"""', '');
const lastNames =
  'Müller Smith Nguyễn García Østergård Kowalski Okafor Dubois Lindqvist Çelik Novák Silva Bauer Ivanova Rossi O’Neill Park Jensen Haddad Singh'
    .split(' ')
    .concat('Петрова', '山本', '"Garcia, Jr."', '"van der Berg\n(née Smit)"', '');
const cities =
  'Berlin,São Paulo,Kraków,Łódź,Lagos,Seoul,Zürich,Malmö,Paris,東京,Αθήνα,Reykjavík,Austin,"Washington, D.C.","Springfield, ""the other one""","Suite 4\nBristol",'.split(
    /,(?=(?:[^"]*"[^"]*")*[^"]*$)/,
  );
const plans = ['free', 'basic', 'plus', 'pro', 'enterprise', ''];

/** Each is refused as an address, or (the last) has a cell too many. `#` becomes the row's number. */
const brokenRows = [
  'no-at-sign-#',
  'two@@example.com',
  '@example.com',
  'nobody-#@',
  'white space-#@example.com',
  'one-label-#@localhost',
  '',
  `${'x'.repeat(65)}@example.com`,
  'dots-#@example..com',
  '"""quoted #""@example.com"',
  'extra-#@example.com,too,many,cells,in,this,row,here',
];

/** A well-mixed 32-bit number of two; the same on every machine. */
const mixed = (a: number, b: number): number => {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
};

const pick = <T>(list: readonly T[], number: number, otherwise: T): T => list[number % list.length] ?? otherwise;

type Kind = 'fresh' | 'repeat' | 'broken';

/** What each of a period's rows is. The first is fresh, so that a repeat always has something to repeat. */
const kindsOf = (seed: number, mix: 'new' | 'mixed'): Kind[] => {
  const kinds = new Array<Kind>(period).fill('fresh');
  if (mix === 'new') return kinds;
  const places = kinds
    .map((_kind, index) => index)
    .slice(1)
    .sort((a, b) => mixed(seed, a) - mixed(seed, b));
  places.forEach((place, order) => {
    if (order < repeatsPerPeriod) kinds[place] = 'repeat';
    else if (order < repeatsPerPeriod + brokenPerPeriod) kinds[place] = 'broken';
  });
  return kinds;
};

/** The beginning of an address and the cells after it: people enough that a file does not look copied. */
const peopleOf = (seed: number, eol: string): { slug: string; cells: string }[] =>
  Array.from({ length: 8192 }, (_, index) => {
    const [a, b] = [mixed(seed, index), mixed(seed ^ 0x5bd1e995, index)];
    const first = pick(firstNames, a, '');
    const last = pick(lastNames, a >>> 8, '');
    const slug =
      `${first}.${last}`
        .normalize('NFD')
        .toLowerCase()
        .replace(/[^a-z.]/g, '')
        .replace(/^\.+|\.+$/g, '') || 'user';
    const score = b % 11 === 0 ? '' : ((b % 10_000) / 100).toFixed(2);
    const date = new Date(Date.UTC(2015, 0, 1 + ((b >>> 4) % 4000))).toISOString().slice(0, 10);
    const cells = [first, last, pick(cities, a >>> 16, ''), pick(plans, b >>> 12, ''), score, b % 17 === 0 ? '' : date];
    return { slug, cells: `,${cells.join(',')}${eol}` };
  });

/** The file in pieces of about 256 KiB. */
export function* sampleRows({ rows, seed = 1, mix = 'mixed', crlf = false }: SampleOptions): Generator<Buffer> {
  const eol = crlf ? '\r\n' : '\n';
  const kinds = kindsOf(seed, mix);
  const people = peopleOf(seed, eol);
  const nobody = { slug: 'user', cells: `,,,,,,${eol}` };
  const ending = `-${(seed >>> 0).toString(36)}@`;
  const personOf = (row: number) => people[mixed(seed, row) & 8191] ?? nobody;
  const domainOf = (row: number) => {
    const number = mixed(seed, row) >>> 13;
    return number % 64 === 0 ? internationalDomain : pick(domains, number, 'example.com');
  };
  const addressOf = (row: number) => `${personOf(row).slug}.${row.toString(36)}${ending}${domainOf(row)}`;

  /** The address of a fresh row further up, often spelled otherwise. */
  const repeated = (row: number): string => {
    const number = mixed(seed ^ 0x27d4eb2f, row);
    const before = Math.floor(row / period) * period;
    const start = before === 0 ? 0 : number % before;
    // Where that one is not fresh, the first of its period is.
    const address = addressOf(kinds[start % period] === 'fresh' ? start : start - (start % period));
    return [address, address.toUpperCase(), `  ${address}`, `"${address} "`][(number >>> 8) % 4] ?? address;
  };
  const broken = (row: number): string => {
    const text = pick(brokenRows, mixed(seed ^ 0x165667b1, row), '').replace('#', row.toString(36));
    return text.includes('"') || text.split(',').length === 1 ? text + personOf(row).cells : text + eol;
  };

  let text = header + eol;
  for (let row = 0; row < rows; row++) {
    const kind = kinds[row % period];
    if (kind === 'broken') text += broken(row);
    else text += (kind === 'repeat' ? repeated(row) : addressOf(row)) + personOf(row).cells;
    if (text.length > 240_000) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text) yield Buffer.from(text);
}

/** What the rows of `sampleRows` with the same options are. */
export const sampleCounts = ({ rows, seed = 1, mix = 'mixed' }: SampleOptions): SampleCounts => {
  const kinds = kindsOf(seed, mix);
  const count = (kind: Kind) => {
    const inPart = kinds.slice(0, rows % period).filter((each) => each === kind).length;
    return Math.floor(rows / period) * kinds.filter((each) => each === kind).length + inPart;
  };
  return { rows, distinctValid: count('fresh'), duplicate: count('repeat'), rejected: count('broken') };
};

const usage = 'node tools/sample.ts <rows> [--seed n] [--out file] [--new|--mixed] [--crlf]';

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
      new: { type: 'boolean', default: false },
      mixed: { type: 'boolean', default: false },
      crlf: { type: 'boolean', default: false },
    },
  });
  const [rows, seed] = [Number(positionals[0] ?? 'none'), Number(values.seed)];
  if (positionals.length !== 1 || ![rows, seed].every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new Error('rows and seed are whole numbers');
  if (seed > 0xffffffff) throw new Error('seed is at most 4294967295');
  if (values.new && values.mixed) throw new Error('--new or --mixed, not both');
  const options: SampleOptions = { rows, seed, mix: values.new ? 'new' : 'mixed', crlf: values.crlf };
  const out = values.out === undefined ? process.stdout : createWriteStream(values.out);
  await pipeline(sampleRows(options), out);
  process.stderr.write(`${JSON.stringify(sampleCounts(options))}\n`);
};

if (import.meta.main) {
  await main().catch((error: NodeJS.ErrnoException) => {
    // A reader such as `head` that has seen enough is no error.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`${error.message}\nusage: ${usage}\n`);
    process.exitCode = 2;
  });
}
