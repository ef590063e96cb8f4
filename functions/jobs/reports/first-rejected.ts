// The first rejected rows of a job, for a person to look at: a bounded read of the file's beginning.
import { plainCells, quotedCells } from '../../files/cells.ts';
import { RecordScanner } from '../../files/scan.ts';
import type { Job } from '../job.ts';
import { FileGone, type Ports } from '../ports.ts';

/** Bytes of the file that are read. */
const headBytes = 64 * 1024;
/** Characters of a cell that are shown. */
const shownCharacters = 500;

export interface RejectedRows {
  /** The columns of the input, in order. */
  columns: string[];
  rows: {
    /** Line of the input on which the row starts; the first is 1. */
    line: number;
    reason: string;
    /** As many as there are columns; a row that could not be split stands in the first as it came. */
    cells: string[];
  }[];
}

/** At most `limit` rows, fewer when they are long; none when the job has no such file, or has it no longer. */
export const firstRejected = async (
  ports: Pick<Ports, 'clock' | 'files'>,
  job: Job,
  limit: number,
): Promise<RejectedRows> => {
  const file = job.files.rejected;
  const none: RejectedRows = { columns: [], rows: [] };
  if (!file || file.removed || file.expiresAt <= ports.clock.now()) return none;
  const end = Math.min(file.size, headBytes);
  const parts: Uint8Array[] = [];
  try {
    for await (const part of ports.files.get(file.key, { end })) parts.push(part);
  } catch (error) {
    if (error instanceof FileGone) return none;
    throw error;
  }
  const [header = [], ...records] = recordsOf(Buffer.concat(parts), end === file.size, limit + 1);
  const columns = header.slice(0, -2);
  const rows = records.map((cells) => ({
    line: Number(cells[columns.length]),
    reason: cells[columns.length + 1] ?? '',
    cells: cells.slice(0, columns.length).map((cell) => cell.slice(0, shownCharacters)),
  }));
  return { columns, rows };
};

const recordsOf = (bytes: Buffer, whole: boolean, limit: number): string[][] => {
  const scanner = new RecordScanner({ delimiter: ',', eol: 'lf' }, 1);
  scanner.push(bytes);
  if (whole) scanner.finish();
  const records: string[][] = [];
  while (records.length < limit && scanner.read())
    records.push((scanner.quoted ? quotedCells : plainCells)(scanner.bytes().toString(), ','));
  return records;
};
