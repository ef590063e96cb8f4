// A line of a file of JSON lines as an object, or why it is none.
import { depthOf, maxJsonDepth } from './json-depth.ts';

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that the line holds. Reasons never repeat the text. */
export const readJsonLine = (line: string): { object: JsonObject } | { reject: string } => {
  if (depthOf(line) > maxJsonDepth) return { reject: `the JSON is nested more than ${maxJsonDepth} levels deep` };
  try {
    const object: unknown = JSON.parse(line);
    if (isObject(object)) return { object };
  } catch {
    // Said below.
  }
  return { reject: 'the line is not a JSON object: each object must stand on one line of its own' };
};

/**
 * Finds the text that tells what a line is about: `read` gives it of an object that was parsed. Where the member `name`, of which
 * a planner asks every line of a file, stands there once and plainly, nothing is parsed: what is found then is what `read`
 * would find, or belongs to a line without a key.
 */
export const lineKey = (
  name: string,
  read: (object: JsonObject) => string | undefined,
): ((line: string) => string | undefined) => {
  const quoted = JSON.stringify(name);
  const plain = new RegExp(`${quoted}\\s*:\\s*(?:"([^"\\\\]*)"|(-?\\d{1,15}))\\s*[,}]`);
  return (line) => {
    const at = line.indexOf(quoted);
    if (at >= 0 && !line.includes('\\u') && line.indexOf(quoted, at + 1) < 0) {
      const found = plain.exec(line);
      if (found) return (found[1] ?? found[2])?.trim();
    }
    const parsed = readJsonLine(line);
    return 'object' in parsed ? read(parsed.object) : undefined;
  };
};
