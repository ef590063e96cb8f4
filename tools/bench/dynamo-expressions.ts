// DynamoDB's expressions put to use: conditions asked of an item, updates made to one, parts taken of one.
import type { Item, Value } from './dynamo-items.ts';
import { follow, InvalidExpression, type Path, type Placeholders, Reader, tokensOf } from './dynamo-reader.ts';

/** The value with `news` (or nothing) at `path`; the old value stays as it is. */
const placed = (value: Value, path: Path, news: Value | undefined): Value => {
  const [step, ...rest] = path;
  if (step === undefined) throw new InvalidExpression('an empty path');
  if (typeof step === 'number' || !value.M) throw new InvalidExpression('a document path that is invalid for update');
  const { [step]: old, ...others } = value.M;
  if (rest.length === 0) return { M: news ? { ...value.M, [step]: news } : others };
  if (!old) throw new InvalidExpression('a document path that is invalid for update');
  return { M: { ...value.M, [step]: placed(old, rest, news) } };
};

/** Whether the condition holds for the item; no condition always holds. */
export const holds = (text: string | undefined, placeholders: Placeholders, item: Item): boolean => {
  if (text === undefined) return true;
  const reader = new Reader(text, placeholders, item);
  const held = reader.condition();
  if (!reader.done) throw new InvalidExpression(`more than a condition: ${text}`);
  return held;
};

/** The value that a key condition asks of the attribute `name`. */
export const keyAsked = (text: string, placeholders: Placeholders, name: string): Value | undefined => {
  const tokens = tokensOf(text);
  const at = tokens.findIndex(
    (word, index) => tokens[index + 1] === '=' && (placeholders.ExpressionAttributeNames?.[word] ?? word) === name,
  );
  return placeholders.ExpressionAttributeValues?.[tokens[at + 2] ?? ''];
};

const addition = (old: Value | undefined, more: Value | undefined): Value => {
  if (more?.N !== undefined) return { N: String(Number(old?.N ?? 0) + Number(more.N)) };
  if (more?.NS) return { NS: [...new Set([...(old?.NS ?? []), ...more.NS])] };
  if (more?.SS) return { SS: [...new Set([...(old?.SS ?? []), ...more.SS])] };
  throw new InvalidExpression('ADD takes numbers and sets');
};

/** Whether one path is the other or leads to it: AWS refuses updates that have such a pair. */
const overlap = (one: Path, other: Path): boolean =>
  (one.length < other.length ? one : other).every((_, index) => one[index] === other[index]);

/** The item after an update expression; all values are taken from the item as it was. */
export const updated = (text: string | undefined, placeholders: Placeholders, item: Item): Item => {
  if (text === undefined) return item;
  const reader = new Reader(text, placeholders, item);
  const changed: Path[] = [];
  let after: Value = { M: item };
  while (!reader.done) {
    const [set, remove] = [reader.takes('SET'), reader.takes('REMOVE')];
    if (!set && !remove && !reader.takes('ADD')) throw new InvalidExpression(`unknown clause in ${text}`);
    do {
      const path = reader.path();
      if (changed.some((earlier) => overlap(earlier, path))) throw new InvalidExpression(`paths overlap in ${text}`);
      changed.push(path);
      if (remove) after = placed(after, path, undefined);
      else if (set) {
        if (!reader.takes('=')) throw new InvalidExpression(`no = in ${text}`);
        const value = reader.assigned();
        if (!value) throw new InvalidExpression('an attribute that the item does not have');
        after = placed(after, path, value);
      } else after = placed(after, path, addition(follow(item, path), reader.operand()));
    } while (reader.takes(','));
  }
  return after.M ?? {};
};

/** The parts of an item that a projection names. */
export const projected = (text: string | undefined, placeholders: Placeholders, item: Item): Item => {
  if (text === undefined) return item;
  const reader = new Reader(text, placeholders, item);
  const part: Item = {};
  do {
    const [name, ...rest] = reader.path();
    if (typeof name !== 'string' || rest.length > 0) throw new InvalidExpression('projections are of whole attributes');
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    if (value) part[name] = value;
  } while (reader.takes(','));
  return part;
};
