// What a command says: results on stdout, everything else on stderr. With --json nothing but JSON goes to stdout.
import { stripVTControlCharacters } from 'node:util';
import type { CliError } from './exit.ts';

export interface Out {
  readonly json: boolean;
  /** Whether a person watches: then there may be bars and questions. */
  readonly watched: boolean;
  /** A result: with --json the value as one line, else the text. */
  result(value: unknown, text: () => string): void;
  /** A line for scripts: nothing without --json. */
  value(value: unknown): void;
  /** For the person only, and never part of a result. */
  note(text: string): void;
  error(error: CliError): void;
}

export const createOut = (json: boolean): Out => {
  const say = (stream: NodeJS.WriteStream, text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    json,
    watched: process.stderr.isTTY === true && !json,
    result: (value, text) => say(process.stdout, json ? JSON.stringify(value) : text()),
    value(value) {
      if (json) say(process.stdout, JSON.stringify(value));
    },
    note(text) {
      if (!json) say(process.stderr, text);
    },
    error({ code, message }) {
      say(process.stderr, json ? JSON.stringify({ error: { code, message } }) : `stevedore: ${message}`);
    },
  };
};

/** Text of others as one harmless line: no control characters reach the terminal. */
export const plain = (text: string): string => stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');

/** Rows in columns, each as wide as its widest cell. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [header, ...rows].map((row) => row.map(plain));
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

export const number = (value: number): string => value.toLocaleString('en-US');

export const bytesText = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(1)} ${units[unit]}`;
};
