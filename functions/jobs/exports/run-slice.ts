// A chunk of an export: a slice of the user base streamed into an object of its own.
import { randomBytes } from 'node:crypto';
import type { JobContext, Slice, SliceResult, SliceWork } from '../define.ts';
import type { Counts } from '../job.ts';
import { markOf, typeMarks } from '../marks.ts';
import { partKey } from '../parts.ts';
import { whileRunning } from '../rows/watch.ts';

export const runSlice = async (
  context: JobContext<unknown, unknown>,
  work: SliceWork<unknown, unknown>,
  slice: Slice,
  number: number,
): Promise<{ counts: Counts; marks: string[] }> => {
  let result: SliceResult = { rows: 0, marks: [] };
  async function* encode(): AsyncGenerator<Uint8Array> {
    const lines = work.write(context, slice);
    for (;;) {
      const step = await lines.next();
      if (step.done) {
        result = step.value;
        return;
      }
      yield Buffer.from(step.value);
    }
  }
  // A list may grow between two runs: each has a part of its own, and the ledger says which one counts.
  const place = { chunk: number, from: 0, version: randomBytes(6).toString('hex') };
  await context.ports.files.put(partKey(context.job.id, 'export', place), whileRunning(context, encode()));
  return { counts: { exported: result.rows }, marks: [...typeMarks(result.marks), markOf('export', place)] };
};
