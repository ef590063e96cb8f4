// A profile as a row, and back.
import { moreFields, type Profile, type ProfileMore, type ProfilePatch } from '../jobs/profile.ts';
import type { Names } from './names.ts';
import { idOf } from './sid-index.ts';

/** The columns of a ProfileRow, of a table called `p`. */
export const profileColumns =
  'lower(hex(p.sid)), p.email, p.vars, p.lists, p.created_at, p.created_by, p.changed_by, p.signup_at, p.more';

/** Of sids (sorted, as JSON) and a client: CROSS JOIN keeps the order, so that the indexes are walked once from left to right. */
export const wantedProfiles = `json_each(?1) w CROSS JOIN profiles p ON p.id = ${idOf('unhex(w.value)')}`;

export type ProfileRow = [
  sid: string,
  email: string,
  vars: string,
  lists: string,
  createdAt: number,
  createdBy: number,
  changedBy: number,
  signupAt: number,
  more: string | null,
];

export interface NameTables {
  clients: Names;
  jobs: Names;
  lists: Names;
}

/** List numbers and times of joining in turn. */
export type ListCells = number[];

export const parseLists = (text: string): ListCells => JSON.parse(text) as ListCells;

export const listsText = (lists: Profile['lists'], names: Names): string => {
  const cells: ListCells = [];
  for (const [list, at] of Object.entries(lists)) cells.push(names.refOf(list), at);
  return `[${cells.join()}]`;
};

/** Whether the cells name that list. */
export const hasList = (cells: ListCells, list: number): boolean => {
  for (let i = 0; i < cells.length; i += 2) if (cells[i] === list) return true;
  return false;
};

/** As one JSON text; null when there is nothing, as for most people. */
export const moreText = (more: ProfilePatch['more'] & object): string | null => {
  let kept: Record<string, unknown> | undefined;
  for (const field of moreFields) {
    const value = more[field];
    if (value === undefined || value === null) continue;
    kept ??= {};
    kept[field] = value;
  }
  return kept ? JSON.stringify(kept) : null;
};

export const parseMore = (text: string | null): Partial<ProfileMore> =>
  text === null ? {} : (JSON.parse(text) as Partial<ProfileMore>);

/** The profile of a row; `cells` are its lists when they have been parsed already. */
export const profileOf = (row: ProfileRow, names: NameTables, cells = parseLists(row[3])): Profile => {
  const lists: Profile['lists'] = {};
  for (let i = 0; i < cells.length; i += 2) lists[names.lists.nameOf(cells[i] ?? 0)] = cells[i + 1] ?? 0;
  const profile: Profile = {
    sid: row[0],
    email: row[1],
    vars: JSON.parse(row[2]) as Profile['vars'],
    lists,
    createdAt: row[4],
    createdBy: names.jobs.nameOf(row[5]),
    changedBy: names.jobs.nameOf(row[6]),
    signupAt: row[7],
  };
  return row[8] === null ? profile : Object.assign(profile, parseMore(row[8]));
};
