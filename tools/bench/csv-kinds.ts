// Inputs that a planner meets: CSV files of as many rows as are wanted, the same in every run.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const plain = (n: number): string =>
  `user${n}@example${n % 1000}.com,Ada ${n % 977},Lovelace,${n},2024-01-${10 + (n % 19)},Berlin ${n % 53}\n`;

/** Line `n` of each kind: no quotes; every cell quoted; names beyond ASCII; a tenth of the rows by people who come more than once. */
export const kinds = {
  plain,
  quoted: (n: number): string =>
    `"user${n}@example${n % 1000}.com","Ada ""${n % 977}""","Lovelace, Countess","${n}","2024-01-${10 + (n % 19)}","Berlin"\n`,
  unicode: (n: number): string =>
    `user${n}@example${n % 1000}.com,Zoë ${n % 977},Łukasiewicz,${n},2024-01-${10 + (n % 19)},Köln ${n % 53}\n`,
  repeated: (n: number): string => plain(n % 10 === 0 ? n % 1000 : n),
};
export type Kind = keyof typeof kinds;

const blockRows = 10_000;

export const writeKind = async (path: string, kind: Kind, rows: number): Promise<void> => {
  const out = createWriteStream(path);
  out.write('email,first_name,last_name,number,joined,city\n');
  for (let from = 0; from < rows; from += blockRows) {
    const lines = Array.from({ length: Math.min(blockRows, rows - from) }, (_, index) => kinds[kind](from + index));
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
};
