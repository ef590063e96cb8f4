// Writes CSV: exports in the quoting of PHP's fputcsv, rejected rows so that they can be mended and imported again.

const wantsQuotes = /[",\\\r\n\t ]/;
const lineBreaks = /\r\n|\r|\n/g;

/** One cell of an export line. */
export const csvCell = (cell: string): string => {
  // Most cells of an export are empty.
  if (cell === '') return cell;
  if (!wantsQuotes.test(cell)) return cell;
  const quoted = cell.includes('"') ? cell.replaceAll('"', '""') : cell;
  return `"${quoted.replace(lineBreaks, ' ')}"`;
};

/**
 * One line of an export, its line end (LF) included. Cells with comma, quote, backslash, line break, tab or space are quoted,
 * quotes in them doubled, line breaks in them become a space: readers of exports split the file into lines first.
 */
export const csvLine = (cells: readonly string[]): string => {
  let line = '';
  for (let index = 0; index < cells.length; index++) {
    if (index > 0) line += ',';
    line += csvCell(cells[index] ?? '');
  }
  return `${line}\n`;
};

const runsAsFormula = /^[=+\-@\t\r]/;

/** A cell that a spreadsheet would run as a formula, with an apostrophe before it; any other as it is. */
export const guardFormula = (cell: string): string => (runsAsFormula.test(cell) ? `'${cell}` : cell);

const keepCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const noteColumns = ['_line', '_reason'];

/**
 * The header over lines of `rejectedLine`. Note columns of a file that was itself a list of rejected rows lose their names,
 * so that the result can be imported in its turn: no name may come twice.
 */
export const rejectedHeader = (names: readonly string[]): string => {
  const kept = names.map((name) => (noteColumns.includes(name) ? '' : name));
  return `${[...kept, ...noteColumns].map(keepCell).join(',')}\n`;
};

/**
 * A rejected row as a line (LF included) under `rejectedHeader`: its cells unchanged, filled up to `width` columns, then its line
 * number and the reason. For a broken row the cells are its raw text, alone.
 */
export const rejectedLine = (cells: readonly string[], width: number, line: number, reason: string): string => {
  const padding = ','.repeat(Math.max(0, width - cells.length));
  return `${cells.slice(0, width).map(keepCell).join(',')}${padding},${line},${keepCell(reason)}\n`;
};
