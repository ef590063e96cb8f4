// Cuts a record into cells.

/** The cells of a record without quotes. */
export const plainCells = (text: string, delimiter: string): string[] => {
  const cells: string[] = [];
  let at = 0;
  for (let end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, at)) {
    cells.push(text.slice(at, end));
    at = end + 1;
  }
  cells.push(text.slice(at));
  return cells;
};

/** The cells of a record whose quoting the scanner found to be right, unquoted. */
export const quotedCells = (text: string, delimiter: string): string[] => {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      let doubled = false;
      while (text[close + 1] === '"') {
        doubled = true;
        close = text.indexOf('"', close + 2);
      }
      const cell = text.slice(at + 1, close);
      cells.push(doubled ? cell.replaceAll('""', '"') : cell);
      end = close + 1 < text.length ? close + 1 : -1;
    } else {
      end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
    }
    if (end < 0) return cells;
    at = end + 1;
  }
};
