// What each column of a file becomes. A mapping is carried out by a new first line: the data behind it is not touched or copied.
import type { FileHead } from './file-head.ts';
import { writeCell } from './records.ts';

export type Use = 'email' | 'variable' | 'source' | 'signup_date' | 'ignore';

export interface Column {
  use: Use;
  /** Of a variable: its name. */
  name: string;
}

export const maxNameLength = 32;
/** Names by which an import knows columns of its own. */
const reserved = ['email', 'source', 'signup_date', '_line', '_reason'];

const useOf = (name: string): Use => {
  const plain = name.toLowerCase();
  if (plain === 'email') return 'email';
  if (name === 'source' || name === 'signup_date') return name;
  return name === '' || reserved.includes(name) ? 'ignore' : 'variable';
};

/** What an import makes of the file as it is; of a file without a header, its first column is the address. */
export const columnsOf = ({ names, hasHeader }: FileHead): Column[] => {
  const columns = names.map((name, index): Column => {
    if (!hasHeader) return { use: index === 0 ? 'email' : 'ignore', name: '' };
    return { use: useOf(name), name: name.slice(0, maxNameLength) };
  });
  const [first, ...more] = columns.filter(({ use }) => use === 'email');
  for (const column of more) column.use = 'ignore';
  if (first) return columns;
  // No column is called email: perhaps one is called nearly so.
  const near = names.findIndex((name) => /mail|address/i.test(name));
  return columns.map((column, index) => (index === near ? { ...column, use: 'email' } : column));
};

/** What is wrong with a mapping, as a sentence; undefined when nothing is. */
export const mappingProblem = (columns: readonly Column[]): string | undefined => {
  const emails = columns.filter(({ use }) => use === 'email').length;
  if (emails === 0) return 'Choose the column that holds the email addresses.';
  if (emails > 1) return 'Only one column can hold the email addresses. Ignore the others, or make them variables.';
  for (const use of ['source', 'signup_date'] as const)
    if (columns.filter((column) => column.use === use).length > 1) return `Only one column can be the ${use}.`;
  const names = columns.filter(({ use }) => use === 'variable').map(({ name }) => name.trim());
  for (const name of names) {
    if (name === '') return 'Give every variable a name, or ignore its column.';
    if ([...name].length > maxNameLength) return `The name “${name}” is longer than ${maxNameLength} characters.`;
    if (reserved.includes(name.toLowerCase())) return `“${name}” cannot be a variable: choose another name.`;
    if (/[\p{Cc}",;|]/u.test(name)) return `The name “${name}” holds a character that separates columns.`;
    if (names.indexOf(name) !== names.lastIndexOf(name))
      return `Two columns are called “${name}”. Name one of them anew.`;
  }
  return undefined;
};

const headerName = ({ use, name }: Column): string =>
  ({ email: 'email', source: 'source', signup_date: 'signup_date', variable: name.trim(), ignore: '' })[use];

/** Whether the file must have another first line for these columns to become what was chosen. */
const changes = (head: FileHead, columns: readonly Column[]): boolean => {
  if (!head.hasHeader) return columns.some(({ use }, index) => use !== (index === 0 ? 'email' : 'ignore'));
  return columns.some((column, index) => {
    const before = head.names[index] ?? '';
    return column.use === 'email' ? before.toLowerCase() !== 'email' : headerName(column) !== before;
  });
};

/** The file as it is uploaded: itself, or its bytes behind a new first line. Nothing is read for that. */
export const mapped = (file: Blob, head: FileHead, columns: readonly Column[]): Blob => {
  if (!head.mappable || !changes(head, columns)) return file;
  const { delimiter, eol } = head.format;
  const line = columns.map((column) => writeCell(headerName(column), delimiter)).join(delimiter);
  return new Blob([`${line}${eol}`, file.slice(head.dataStart)], { type: file.type });
};
