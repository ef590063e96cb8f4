// Form fields with PHP's brackets: `a[b][]=v` is a nested value. Names and values are texts of either bytes or characters.
import { ApiError, tooManyParameters } from './errors.ts';

export type Field = readonly [name: string, value: string];

export interface Branch {
  readonly entries: Map<string, Leaf | Branch>;
  /** The index that the next `[]` takes. */
  next: number;
}
type Leaf = string;

const maxDepth = 100;
export const maxFields = 100_000;
/** Of nested values in all fields together: each field alone could bring a hundred. */
const maxBranches = 10_000;

const branch = (): Branch => ({ entries: new Map(), next: 0 });

/** `a[b][]` is a, b, and an index still to be given; a name with a broken bracket is a plain name. */
const pathOf = (name: string): string[] => {
  const open = name.indexOf('[');
  if (open < 1 || !name.includes(']', open)) return [name];
  const path = [name.slice(0, open)];
  for (let at = open; name[at] === '['; ) {
    const close = name.indexOf(']', at);
    if (close < 0) break;
    path.push(name.slice(at + 1, close));
    if (path.length > maxDepth) throw new ApiError(400, 99, 'Parameters are nested too deeply');
    at = close + 1;
  }
  return path;
};

const keyIn = (parent: Branch, segment: string, top: boolean): string => {
  const key = segment === '' && !top ? String(parent.next) : segment;
  if (/^(0|[1-9]\d{0,14})$/.test(key)) parent.next = Math.max(parent.next, Number(key) + 1);
  return key;
};

/** The fields as one tree; of fields with the same name the last one counts. Throws ApiError when there are too many. */
export const treeOf = (fields: readonly Field[]): Branch => {
  if (fields.length > maxFields) throw tooManyParameters();
  const root = branch();
  let branches = 0;
  for (const [name, value] of fields) {
    const path = pathOf(name);
    let parent = root;
    path.forEach((segment, index) => {
      const key = keyIn(parent, segment, index === 0);
      if (index === path.length - 1) {
        parent.entries.set(key, value);
        return;
      }
      const found = parent.entries.get(key);
      const child = found === undefined || typeof found === 'string' ? branch() : found;
      if (child !== found && ++branches > maxBranches) throw tooManyParameters();
      if (child !== found) parent.entries.set(key, child);
      parent = child;
    });
  }
  return root;
};

/** A value at the top of the tree, when it is a text. */
export const textIn = (tree: Branch, name: string): string | undefined => {
  const value = tree.entries.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** All values of the tree but those under the top name `except`: what a signature is taken over. */
export const leavesOf = (tree: Branch, except?: string): string[] =>
  [...tree.entries].flatMap(([key, value]) => {
    if (key === except) return [];
    return typeof value === 'string' ? [value] : leavesOf(value);
  });

/** The tree as plain values: keys 0, 1, 2, ... make an array. Any name is an ordinary own property, `__proto__` too. */
export const plainOf = (tree: Branch): Record<string, unknown> =>
  Object.fromEntries(
    [...tree.entries].map(([key, value]) => [key, typeof value === 'string' ? value : plainValue(value)]),
  );

const plainValue = (tree: Branch): unknown => {
  const isList = [...tree.entries.keys()].every((key, index) => key === String(index));
  return isList ? Object.values(plainOf(tree)) : plainOf(tree);
};

/** Values as form fields: brackets for what is nested, 1 and 0 for booleans, nothing for null. */
export const fieldsOf = (values: Record<string, unknown>): Field[] =>
  Object.entries(values).flatMap(([name, value]) => fieldsUnder(name, value));

const fieldsUnder = (name: string, value: unknown): Field[] => {
  if (value === null || value === undefined) return [];
  if (typeof value === 'boolean') return [[name, value ? '1' : '0']];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => fieldsUnder(`${name}[${key}]`, inner));
};
