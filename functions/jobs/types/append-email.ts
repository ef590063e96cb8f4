// append_email: each record comes back in its place, with the address of the one person of the client's own base whom it means.
import { z } from 'zod';
import { jsonLines } from '../../files/json-lines.ts';
import type { InputRow } from '../../files/rows.ts';
import { match, type Question } from '../append/match.ts';
import { hashKey, matchFields, placeKeys } from '../append/match-keys.ts';
import { type Applied, defineJobType, type Entry, type Forecast, type JobContext } from '../define.ts';
import { type JsonObject, readJsonLine } from '../json-line.ts';

/** Variables that one answer may carry. */
const maxFields = 50;

const params = z.object({
  name: z.string().max(255).default('append'),
  /** Variables of the person that come back beside the address. */
  fields: z.array(z.string().max(100)).max(maxFields).default([]),
});
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

interface RecordEntry extends Entry {
  record: JsonObject;
  /** What it asks by; else why it cannot be used. */
  question: Question | { reject: string };
}

const appendNotes = { nobody: 'nobody matches', several: 'more than one person matches' } as const;

const textIn = (record: JsonObject, name: string): string => {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
};

const questionOf = (record: JsonObject): RecordEntry['question'] => {
  const extid = textIn(record, 'extid');
  if (extid !== '') return { by: 'extid', extid };
  const hash = textIn(record, 'email_hash');
  if (hash !== '') {
    const key = hashKey(hash);
    return key === undefined ? { reject: 'email_hash is neither MD5 nor SHA-256 in hex' } : { by: 'hash', key };
  }
  const facts = Object.fromEntries(matchFields.map((field) => [field, textIn(record, field)]));
  if (placeKeys(facts).length > 0) return { by: 'place', facts };
  return { reject: 'the record needs extid, email_hash, or first_name and last_name with zipcode or city and state' };
};

/** Every line is one entry, also one that cannot be read: its place in the answer is kept. */
const parse = (_context: Context, { line, cells, broken }: InputRow): RecordEntry => {
  const read = broken === undefined ? readJsonLine(cells[0] ?? '') : { reject: broken };
  const key = String(line);
  if ('reject' in read) return { key, record: {}, question: read };
  return { key, record: read.object, question: questionOf(read.object) };
};

/** The record without an address of its own: what stands there afterwards was found. */
const withoutEmail = ({ email: _, ...record }: JsonObject): JsonObject => record;

const pick = (vars: Readonly<Record<string, unknown>>, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.flatMap((name) => (Object.hasOwn(vars, name) ? [[name, vars[name]]] : [])));

const apply = async (context: Context, entries: readonly RecordEntry[]): Promise<Applied[]> => {
  const { fields } = context.params;
  const asked = entries.flatMap(({ question }) => ('reject' in question ? [] : [question]));
  const matches = await match(context, asked);
  let next = 0;
  return entries.map(({ record, question }): Applied => {
    const text = JSON.stringify(withoutEmail(record));
    if ('reject' in question) return { reject: question.reject, text };
    const found = matches[next++] ?? 'nobody';
    if (typeof found === 'string') return { skip: appendNotes[found], text };
    const { email, vars } = found.profile;
    const answer = { ...withoutEmail(record), email, ...(fields.length > 0 && { fields: pick(vars, fields) }) };
    return { outcome: 'unchanged', text: JSON.stringify(answer) };
  });
};

/** Nothing is kept of a record but its text: what a worker did not live to write down must be asked again. */
const look = async (_context: Context, entries: readonly RecordEntry[]): Promise<Forecast[]> =>
  entries.map(() => ({
    outcome: 'unchanged',
    change: { email: '', before: {}, after: {}, writeUnits: 0 },
  }));

export const appendEmail = defineJobType<Params, null, RecordEntry>({
  name: 'append_email',
  params,
  title: ({ name }) => name,
  echo: () => ({}),
  needs: ['profiles:read', 'aliases:read'],
  hurt: 'People who wait for addresses to be appended to their records.',
  work: {
    kind: 'rows',
    sources: ['file'],
    noSource: 'File Parameter is required',
    // Records that are alike are answered each in its place.
    keyOf: () => undefined,
    toLines: (bytes) => jsonLines(bytes, ['record_list', 'records']),
    output: {
      contentType: 'application/json',
      name: ({ job }) => `append-${job.id}.json`,
      head: '[',
      between: ',\n',
      tail: ']\n',
    },
    prepare: async () => null,
    parse,
    merge: (_earlier, later) => later,
    apply,
    look,
  },
});
