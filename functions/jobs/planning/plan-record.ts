// The plan of a job as it lies in the store: written once, read by every worker.
import type { Format, Header, RowRange } from '../../files/rows.ts';
import type { Slice } from '../define.ts';
import type { Ports } from '../ports.ts';

/** What one worker invocation handles. */
export type Chunk =
  | ({ kind: 'range' } & RowRange)
  /** All rows of the people who come more than once, in file order, out of the ranges that skip them. */
  | { kind: 'duplicates'; keys: string[]; rows: number }
  | ({ kind: 'slice' } & Slice);

export interface Plan {
  /** True when the chunks only select the rows that another plan is made of then. */
  selects?: true;
  /** The rows' file: plain text, unchanged since planning. Absent for exports. */
  input?: { key: string; etag: string; format: Format; header: Header };
  /** What the type prepared. */
  prepared: unknown;
  /** Number of the first chunk that counts; those before it belong to an earlier plan of the same job. */
  first: number;
  chunks: Chunk[];
}

/** Rows of a chunk that nobody else handles. */
export const rowsIn = (chunk: Chunk): number => {
  if (chunk.kind === 'slice') return 0;
  return chunk.rows - (chunk.kind === 'range' ? countBits(chunk.skip) : 0);
};

const countBits = (skip: string | undefined): number => {
  let bits = 0;
  for (const byte of Buffer.from(skip ?? '', 'base64')) for (let rest = byte; rest > 0; rest &= rest - 1) bits++;
  return bits;
};

export const writePlan = async (ports: Pick<Ports, 'files'>, key: string, plan: Plan): Promise<void> => {
  await ports.files.put(key, JSON.stringify(plan), { contentType: 'application/json' });
};

// Plans never change, and a worker sees the same few again and again.
const recent = new Map<string, Plan>();

export const readPlan = async (ports: Pick<Ports, 'files'>, key: string): Promise<Plan> => {
  const known = recent.get(key);
  if (known) return known;
  const plan = JSON.parse(await readText(ports, key)) as Plan;
  recent.set(key, plan);
  const [oldest] = recent.keys();
  if (recent.size > 16 && oldest !== undefined) recent.delete(oldest);
  return plan;
};

/** A small object, whole. */
const readText = async (ports: Pick<Ports, 'files'>, key: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of ports.files.get(key)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};
