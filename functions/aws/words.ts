// Texts that callers choose, as DynamoDB can keep them: sets and map entries may hold no empty text.

/** No word is empty, and none is a name that JavaScript objects treat in a special way, such as `__proto__`. */
const mark = '_';

export const asWord = (text: string): string => mark + text;
export const fromWord = (word: string): string => word.slice(mark.length);

export const asSet = (texts: readonly string[]): Set<string> => new Set(texts.map(asWord));
export const fromSet = (set: unknown): string[] =>
  set instanceof Set ? [...set].map((word) => fromWord(String(word))).sort() : [];
