// What a bench says: figures in sections, beside their targets, as a table or as JSON.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The bounds that a figure is to keep; where there is none it is only reported. */
export interface Target {
  atLeast?: number;
  atMost?: number;
}

export interface Figure {
  what: string;
  value: number;
  unit: string;
  target?: Target;
}

export interface Section {
  title: string;
  /** What a reader has to know to judge the figures. */
  notes: string[];
  figures: Figure[];
}

/** A system that did something else than it was asked for: its speed says nothing. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** Throws WrongResult unless both say the same. */
export const expectSame = (what: string, got: unknown, wanted: unknown): void => {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (one !== other) throw new WrongResult(`${what}: got ${one}, wanted ${other}`);
};

export const figure = (what: string, value: number, unit: string, target?: Target): Figure => ({
  what,
  value,
  unit,
  ...(target && { target }),
});

export const rate = (what: string, rows: number, seconds: number, target?: Target): Figure =>
  figure(what, Math.round(rows / seconds), 'rows/s', target);

/** Floating-point sums of half units must not miss a target by their last digit. */
const tolerance = 1e-9;

/** `met`, `short`, or nothing for a figure without a target. */
const verdict = ({ value, target }: Figure): 'met' | 'short' | '' => {
  if (!target) return '';
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = target;
  return value >= atLeast - tolerance && value <= atMost + tolerance ? 'met' : 'short';
};

const digits = (value: number): number => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3);
const shown = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: Number.isInteger(value) ? 0 : digits(value) });
const targetText = ({ atLeast, atMost }: Target = {}): string =>
  [atLeast !== undefined && `>= ${shown(atLeast)}`, atMost !== undefined && `<= ${shown(atMost)}`]
    .filter((bound) => bound !== false)
    .join(', ');

/** How many times the floor's figures the machine's are. */
export const ratios = (machine: Section, floor: Section): Section => {
  const named = ({ figures }: Section, what: string) => figures.find((each) => each.what === what)?.value ?? Number.NaN;
  const figures = ['import, new rows', 'import, unchanged rows', 'export'].map((what) =>
    figure(what, named(machine, `${what}: end to end`) / named(floor, what), 'times the floor'),
  );
  return { title: 'One machine against the floor', notes: [], figures };
};

/** A section as lines of a table. */
export const tableOf = ({ title, notes, figures }: Section): string => {
  const rows = figures.map((each) => [each.what, shown(each.value), each.unit, targetText(each.target), verdict(each)]);
  const cells = [['', 'figure', '', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [`\n${title}`, ...notes.map((note) => `  ${note}`), '', ...lines.map((line) => `  ${line}`)].join('\n');
};

/** What the figures are measured on; `load` is how many others wanted a core in the minute before. */
export const machineData = () => ({
  node: process.version,
  system: `${process.platform} ${process.arch}`,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

/** All sections as JSON, each figure with its verdict. */
export const jsonOf = (machine: ReturnType<typeof machineData>, sections: readonly Section[]): string =>
  JSON.stringify(
    {
      machine,
      sections: sections.map((section) => ({
        ...section,
        figures: section.figures.map((each) => ({ ...each, ...(each.target && { verdict: verdict(each) }) })),
      })),
    },
    null,
    2,
  );
