// The members of a schema as tables show them: one table for each of its alternatives.
import type { JsonSchema, OpenApi } from './document.ts';

export interface Members {
  title: string;
  members: { name: string; schema: JsonSchema; required: boolean; description?: string | undefined }[];
}

/** What the schema, or what it refers to, holds at its top level and one level below. */
export const membersOf = (document: OpenApi, schema: JsonSchema): Members[] => {
  const resolved = resolve(document, schema);
  if (resolved.anyOf?.every(({ $ref }) => $ref !== undefined))
    return resolved.anyOf.flatMap((each) => membersOf(document, each));
  if (!resolved.anyOf)
    return resolved.properties ? [tableOf(nameOf(schema), resolved), ...inside(document, resolved)] : [];
  return resolved.anyOf.map((each, index) => tableOf(firstWord(each) ?? `${nameOf(schema)} ${index + 1}`, each));
};

/** What stands as JSON inside of a text. */
const inside = (document: OpenApi, { properties = {} }: JsonSchema): Members[] =>
  Object.entries(properties).flatMap(([name, { contentSchema }]) =>
    contentSchema === undefined
      ? []
      : membersOf(document, contentSchema as JsonSchema).map(({ title, members }) => ({
          title: `${name}: ${title}`,
          members,
        })),
  );

const resolve = ({ components }: OpenApi, schema: JsonSchema): JsonSchema =>
  typeof schema.$ref === 'string' ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;

const nameOf = ({ $ref }: JsonSchema): string =>
  typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? '') : 'Members';

/** An alternative is told by the one word that its first member must be. */
const firstWord = ({ properties = {} }: JsonSchema): string | undefined => {
  const [first] = Object.values(properties);
  return Array.isArray(first?.enum) ? first.enum.join(', ') : undefined;
};

const tableOf = (title: string, schema: JsonSchema): Members => ({ title, members: rowsOf(schema, '') });

const rowsOf = ({ properties = {}, required = [] }: JsonSchema, prefix: string): Members['members'] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const { description } = schema;
    const row = { name: prefix + name, schema, required: required.includes(name), description };
    return prefix === '' ? [row, ...rowsOf(schema, `${name}.`)] : [row];
  });
