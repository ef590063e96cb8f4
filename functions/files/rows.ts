// The words for what lies in a file: how it is written, its header, its rows.

/** How a text file is written. */
export interface Format {
  delimiter: ',' | ';' | '\t' | '|';
  /** What ends a line: LF also ends CRLF; CR only when the first 64 KiB hold no LF. */
  eol: 'lf' | 'cr';
  /** True when every line is a row of one cell, whatever quotes and delimiters are in it. */
  lines?: true;
}

/** The columns of a file. */
export interface Header {
  /** Trimmed names, `''` for a column without one. For a file without a header: `email`, then `''`. */
  names: readonly string[];
  /** Index of the column that holds the address. */
  email: number;
  /** False when the file's first record is data. */
  present: boolean;
}

/** One record of a file, as read. */
export interface InputRow {
  /** Number of the line on which the record starts; the file's first line is 1. */
  line: number;
  /** The cells, unquoted, not trimmed; as many as the header has. Empty when `broken`. */
  cells: readonly string[];
  /** Why no cells could be read: the reason that the row is rejected with. */
  broken?: string;
  /** The record's text, given for broken rows only (invalid bytes replaced), at most 10,000 characters. */
  raw?: string;
}

/** Records that belong together for one worker: a byte range with exact record boundaries. */
export interface RowRange {
  start: number;
  end: number;
  /** Line number of the range's first byte. */
  line: number;
  /** Data records in the range, those marked in `skip` included. */
  rows: number;
  /** Bitmap (base64, bit i of byte i>>3 is record i) of records that another chunk handles. */
  skip?: string;
}
