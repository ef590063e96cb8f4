// The words that chunks leave on the ledger besides counts: those of the job's type, and which parts of result files they wrote.

const ofType = '=';
/** A kind of part, or rows that a chunk left undone when its message was buried. */
const kinds = { rejected: '#', notProcessed: '~', changes: '+', export: '>', selected: '?', buried: '!' } as const;
type Kind = keyof typeof kinds;

/** Where in a job something lies: a chunk, and how many of its rows were accounted before. */
export interface Place {
  chunk: number;
  from: number;
  /** Of a part: which one the ledger took. Two workers on one chunk may have done different things before only one was accounted. */
  version?: string;
}

/** Words of a type, as they are kept. */
export const typeMarks = (words: readonly string[]): string[] => words.map((word) => ofType + word);

/** The words of the type among the marks, sorted. */
export const readTypeMarks = (marks: readonly string[]): string[] =>
  marks.flatMap((mark) => (mark.startsWith(ofType) ? [mark.slice(ofType.length)] : [])).sort();

export const markOf = (kind: Kind, { chunk, from, version }: Place): string =>
  kinds[kind] + [chunk, from, ...(version === undefined ? [] : [version])].join('.');

/** The places with that mark, in the order of the rows. */
export const placesOf = (kind: Kind, marks: readonly string[]): Place[] =>
  marks
    .filter((mark) => mark.startsWith(kinds[kind]))
    .map((mark): Place => {
      const [chunk, from, version] = mark.slice(1).split('.');
      return { chunk: Number(chunk), from: Number(from), ...(version !== undefined && { version }) };
    })
    .sort((a, b) => a.chunk - b.chunk || a.from - b.from);
