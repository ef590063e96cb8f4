// Cuts the beginning of a CSV text into records: only to show it and to find its header. The import itself reads by stricter rules.

/** How the records of a text are written. */
export interface RecordFormat {
  delimiter: string;
  /** The line end; of CRLF the LF. */
  eol: '\n' | '\r';
}

export interface TextRecord {
  cells: string[];
  /** Index of the first character behind the record and its line end. */
  next: number;
}

/**
 * The record that begins at `from`, empty lines before it skipped; undefined when the text ends before it does. `whole` says
 * that there is no more text.
 */
export const readRecord = (
  text: string,
  { delimiter, eol }: RecordFormat,
  from: number,
  whole: boolean,
): TextRecord | undefined => {
  let at = from;
  while (text[at] === '\n' || text[at] === '\r') at++;
  if (at >= text.length) return undefined;
  const cells: string[] = [];
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      let close = at;
      do {
        const start: number = close + 1;
        close = text.indexOf('"', start);
        if (close < 0) return undefined;
        cell += (start > at + 1 ? '"' : '') + text.slice(start, close);
        close++;
      } while (text[close] === '"');
      at = close;
    }
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== eol) end++;
    if (end >= text.length && !whole) return undefined;
    const plain = text.slice(at, end);
    const isLast = text[end] !== delimiter;
    cells.push(cell + (isLast && eol === '\n' && plain.endsWith('\r') ? plain.slice(0, -1) : plain));
    at = end + 1;
    if (isLast) return { cells, next: Math.min(at, text.length) };
  }
};

/** A cell as it stands in a line. */
export const writeCell = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
