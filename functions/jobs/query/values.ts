// What the text of a value means: its alternatives, and which of them are numbers.
import { type Attributes, invalidQuery, type Scalar } from './query.ts';

export interface Alternative {
  /** As typed: `5` is a number, `"5"` and `05` are text, `true` is a boolean. */
  value: Scalar;
  text: string;
}

// A leading zero makes a code, not a number; quotes hold a `|` together.
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const closing = /"\s*(?:\||$)/g;

/** The alternatives of a value, separated by `|`; empty ones are left out. */
export const alternativesOf = (value: Scalar): Alternative[] => {
  if (typeof value !== 'string') return [{ value, text: String(value) }];
  const found: Alternative[] = [];
  // Once a quote is not closed no later one is: hostile text is still read in one go.
  let closed = true;
  for (let at = 0; at < value.length; ) {
    const bare = value.indexOf('|', at);
    const end = bare < 0 ? value.length : bare;
    const start = at + (/^\s*"/.exec(value.slice(at, end))?.[0].length ?? 0);
    closing.lastIndex = start;
    const close = closed && start > at ? closing.exec(value) : undefined;
    if (close) {
      const text = value.slice(start, close.index);
      found.push({ value: text, text });
      at = closing.lastIndex;
    } else {
      closed &&= start === at;
      const text = value.slice(at, end).trim();
      if (text !== '') found.push({ value: typed(text), text });
      at = end + 1;
    }
  }
  return found;
};

const typed = (text: string): Scalar => {
  if (text === 'true' || text === 'false') return text === 'true';
  // An id of more digits than a number can hold would change: it stays text.
  return number.test(text) && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) + 0 : text;
};

/** At least one alternative; throws Refusal when there is none. */
export const choicesOf = ({ criterion, value }: Pick<Attributes, 'value'> & { criterion: string }): Alternative[] => {
  const choices = alternativesOf(value);
  if (choices.length === 0) throw invalidQuery(`${criterion} needs value`);
  return choices;
};

export const textsOf = (attributes: Pick<Attributes, 'value'> & { criterion: string }): string[] =>
  choicesOf(attributes).map(({ text }) => text);

/** A number, or the text of one; undefined when it is neither. Leading zeros are taken: what is stored is compared, not typed. */
export const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  return typeof value === 'string' && /^\s*-?\d{1,300}(?:\.\d{1,300})?\s*$/.test(value) ? Number(value) + 0 : undefined;
};
