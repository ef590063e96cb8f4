// The first rows of a file, and above each column what it becomes.
import type { FileHead } from '../lib/file-head.ts';
import { type Column, mappingProblem, maxNameLength, type Use } from '../lib/mapping.ts';
import { Notice, ScrollBox } from './basics.tsx';

const uses: Record<Use, string> = {
  email: 'Email address',
  variable: 'Variable',
  source: 'Source',
  signup_date: 'Signup date',
  ignore: 'Ignore',
};

interface ColumnMapProps {
  head: FileHead;
  columns: Column[];
  change: (columns: Column[]) => void;
  disabled: boolean;
}

export const ColumnMap = ({ head, columns, change, disabled }: ColumnMapProps) => {
  const problem = head.mappable ? mappingProblem(columns) : undefined;
  const set = (at: number, part: Partial<Column>) =>
    change(columns.map((column, index) => (index === at ? { ...column, ...part } : column)));
  const nameOf = (index: number) => head.names[index] || `Column ${index + 1}`;
  return (
    <>
      {!head.mappable && (
        <Notice kind="info">
          The columns of this file cannot be changed here, for it is packed or not in UTF-8. It is imported with the
          names that it has: one must be “email”.
        </Notice>
      )}
      <ScrollBox label="Columns and first rows">
        <table class="table map">
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col" class={`map-${column.use}`}>
                  <span class="map-from">{nameOf(index)}</span>
                  {head.mappable && (
                    <>
                      <select
                        aria-label={`${nameOf(index)} becomes`}
                        value={column.use}
                        disabled={disabled}
                        onChange={(event) => {
                          const use = event.currentTarget.value as Use;
                          set(index, {
                            use,
                            ...(use === 'variable' &&
                              column.name === '' && { name: (head.names[index] ?? '').slice(0, maxNameLength) }),
                          });
                        }}
                      >
                        {Object.entries(uses).map(([use, words]) => (
                          <option key={use} value={use}>
                            {words}
                          </option>
                        ))}
                      </select>
                      <input
                        class={column.use === 'variable' ? '' : 'hidden-place'}
                        aria-label={`Name of the variable from ${nameOf(index)}`}
                        value={column.name}
                        maxLength={maxNameLength}
                        disabled={disabled || column.use !== 'variable'}
                        onInput={(event) => set(index, { name: event.currentTarget.value })}
                      />
                    </>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {head.rows.map((row, at) => (
              <tr key={at}>
                {columns.map((column, index) => (
                  <td key={index} class={`cell map-${column.use}`}>
                    {row[index] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {problem !== undefined && <Notice kind="warn">{problem}</Notice>}
      <p class="soft small">
        {head.rows.length === 0 ? 'The file has no rows. ' : `The first ${head.rows.length} rows. `}
        Empty cells change nothing. People who opted out stay opted out.
      </p>
    </>
  );
};
