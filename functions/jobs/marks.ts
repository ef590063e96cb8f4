// The words that chunks leave on the ledger besides counts: those of the job's type, and chunks that have rejected rows.

const ofType = '=';
const rejected = '#';

/** Words of a type, as they are kept. */
export const typeMarks = (words: readonly string[]): string[] => words.map((word) => ofType + word);

/** The words of the type among the marks, sorted. */
export const readTypeMarks = (marks: readonly string[]): string[] =>
  marks.flatMap((mark) => (mark.startsWith(ofType) ? [mark.slice(ofType.length)] : [])).sort();

export const rejectedMark = (chunk: number): string => rejected + chunk;

/** The chunks that have rejected rows, in order. */
export const rejectedChunks = (marks: readonly string[]): number[] =>
  marks
    .flatMap((mark) => (mark.startsWith(rejected) ? [Number(mark.slice(rejected.length))] : []))
    .sort((a, b) => a - b);
