// purchase_import: purchases of the past out of a file of JSON lines. Importing one again replaces it.
import { z } from 'zod';
import type { InputRow } from '../../files/rows.ts';
import { defineJobType, type JobContext } from '../define.ts';
import { lineKey, readJsonLine } from '../json-line.ts';
import { buyerOf } from '../purchases/buyers.ts';
import type { Writer } from '../purchases/person.ts';
import { purchaseIdOf } from '../purchases/purchase.ts';
import { extidOf, readFacts } from '../purchases/read-purchase.ts';
import { lookAtPurchases, type PurchaseEntry, savePurchases } from '../purchases/save.ts';
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

const parse = (context: Context, { cells }: InputRow): PurchaseEntry | { reject: string } => {
  const { client } = context;
  const line = readJsonLine(cells[0] ?? '');
  if ('reject' in line) return line;
  const extid = extidOf(line.object);
  if (extid === undefined) return { reject: 'no extid of up to 500 characters' };
  const buyer = buyerOf(line.object);
  if ('reject' in buyer) return { reject: buyer.reject };
  const facts = readFacts(client, line.object, beganAt(context), true);
  if ('reject' in facts) return { reject: facts.reject };
  return { key: purchaseIdOf(client.id, extid), buyer, facts };
};

export const purchaseImport = defineJobType<Params, null, PurchaseEntry>({
  name: 'purchase_import',
  params,
  title: () => 'Purchase Import',
  echo: () => ({}),
  needs: ['profiles:read', 'profiles:write', 'aliases:read', 'aliases:write', 'purchases:read', 'purchases:write'],
  hurt: 'People who bring their purchases in: profiles and queries do not know of them.',
  work: {
    kind: 'rows',
    sources: ['file'],
    noSource: 'File Parameter is required',
    keyOf: lineKey('extid', extidOf),
    prepare: async () => null,
    parse,
    merge: (_earlier, later) => later,
    apply: (context, entries) => savePurchases(writerOf(context), entries),
    look: (context, entries) => lookAtPurchases(writerOf(context), entries),
    finish: async ({ job }) => validityCounts(job.counts),
  },
});
