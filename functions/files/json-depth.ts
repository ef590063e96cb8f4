// How deeply a JSON text is nested, found before it is parsed: whatever walks the value later may recurse.

/** Deeper texts are refused. */
export const maxJsonDepth = 100;

/** The deepest nesting of a JSON text. */
export const depthOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
};

/** The index of the quote that closes the string which opens at `open`. */
const endOfString = (text: string, open: number): number => {
  for (let at = open + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
};
