// Lines of a list export: the shown columns, then variables. Written for speed: an export of millions spends its time here.
import { csvCell, guardFormula } from '../../files/csv-out.ts';
import type { Profile } from '../profile.ts';
import { type Column, type ExportView, varText } from './export-columns.ts';

/** One or more neighbouring columns. */
interface Step {
  columns: Column[];
  /** Their text, commas included, for a profile without any activity. */
  idle?: string;
}

/** A writer of lines with these columns and variables; `guard` neutralises cells that a spreadsheet would run. */
export const lineWriter = (
  columns: readonly Column[],
  vars: readonly string[],
  view: ExportView,
  guard: boolean,
): ((profile: Profile) => string) => {
  const cell = guard ? (text: string) => csvCell(guardFormula(text)) : csvCell;
  const steps = stepsOf(columns, view, cell);
  return (profile) => {
    let line = '';
    for (const { columns: own, idle } of steps) {
      if (idle !== undefined && !profile.stats) line += idle;
      else for (const column of own) line += `${cell(column.value(profile, view))},`;
    }
    for (const name of vars) line += Object.hasOwn(profile.vars, name) ? `${cell(varText(profile.vars[name]))},` : ',';
    return `${line.slice(0, -1)}\n`;
  };
};

/** Most profiles have no activity: runs of columns that depend on nothing else are then one text, made once. */
const stepsOf = (columns: readonly Column[], view: ExportView, cell: (text: string) => string): Step[] => {
  const steps: Step[] = [];
  for (const column of columns) {
    const last = steps.at(-1);
    if (last && column.activity && last.columns[0]?.activity) last.columns.push(column);
    else steps.push({ columns: [column] });
  }
  const nobody = { sid: '', email: '', vars: {}, lists: {}, createdAt: 0, createdBy: '', changedBy: '', signupAt: 0 };
  for (const step of steps)
    if (step.columns[0]?.activity)
      step.idle = step.columns.map((column) => `${cell(column.value(nobody, view))},`).join('');
  return steps;
};
