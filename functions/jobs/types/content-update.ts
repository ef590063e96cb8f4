// content_update: pages and products out of a file of JSON lines, put over what the library knows of them.
import { z } from 'zod';
import type { InputRow } from '../../files/rows.ts';
import { contentIdOf } from '../content/content.ts';
import { mergeFacts, readContent, urlOf } from '../content/read-content.ts';
import { type ContentEntry, lookAtContent, saveContent, type Writer } from '../content/save.ts';
import { defineJobType, type JobContext } from '../define.ts';
import { type JsonObject, lineKey, readJsonLine } from '../json-line.ts';
import { validityCounts } from '../rows/validity-counts.ts';

const params = z.object({});
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

/** When the job began: every run of a chunk takes the same time for now. */
const beganAt = ({ job }: Context): number => job.startedAt ?? job.createdAt;

const writerOf = (context: Context): Writer => {
  const { ports, client, job } = context;
  return { ports, client, by: job.id, at: beganAt(context) };
};

const urlIn = ({ url }: JsonObject): string | undefined => urlOf(url);

const parse = (context: Context, { cells }: InputRow): ContentEntry | { reject: string } => {
  const line = readJsonLine(cells[0] ?? '');
  if ('reject' in line) return line;
  const url = urlIn(line.object);
  if (url === undefined) return { reject: 'no url of http or https' };
  const facts = readContent(context.client, line.object, beganAt(context));
  if ('reject' in facts) return { reject: facts.reject };
  return { key: contentIdOf(context.client.id, url), url, facts };
};

export const contentUpdate = defineJobType<Params, null, ContentEntry>({
  name: 'content_update',
  params,
  title: () => 'Content Update',
  echo: () => ({}),
  needs: ['content:read', 'content:write'],
  hurt: 'People who keep their content library up to date: it does not know of new pages and prices.',
  work: {
    kind: 'rows',
    sources: ['file'],
    noSource: 'File Parameter is required',
    keyOf: lineKey('url', urlIn),
    prepare: async () => null,
    parse,
    merge: (earlier, later) => ({ ...later, facts: mergeFacts(earlier.facts, later.facts) }),
    apply: (context, entries) => saveContent(writerOf(context), entries),
    look: (context, entries) => lookAtContent(writerOf(context), entries),
    finish: async ({ job }) => validityCounts(job.counts),
  },
});
