// An OpenAPI 3.1 document out of a door's description: the schemas are those that the code uses.
import { z } from 'zod';
import type { DoorDescription, Example, Operation, Shape } from '../../functions/doors/description.ts';

export type Json = Record<string, unknown>;

/** A part of JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  description?: string | undefined;
  [key: string]: unknown;
}

export interface OpenApi extends Json {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Json };
}

const version = '1';

/** What a caller may send, in the words of JSON Schema 2020-12. */
const schemaOf = ({ schema, notes = {} }: Shape): JsonSchema => {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const patterns = patternsOf(zodSchema);
      // JSON Schema cannot say that case counts for nothing; the pattern of a date says no more than its format.
      const anyCase = patterns.some(({ flags }) => flags.includes('i'));
      if (anyCase || jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) as JsonSchema;
  return withNotes(made, notes);
};

/** The patterns of a text, also below a default and the like. */
const patternsOf = ({ _zod }: z.core.$ZodType): RegExp[] => {
  if ('innerType' in _zod.def) return patternsOf(_zod.def.innerType as z.core.$ZodType);
  return (_zod.def.checks ?? []).flatMap((check) => {
    const { def } = check._zod;
    return 'pattern' in def && def.pattern instanceof RegExp ? [def.pattern] : [];
  });
};

/** The sentences, at the members of the top level and of its alternatives. */
const withNotes = (schema: JsonSchema, notes: Readonly<Record<string, string>>): JsonSchema => ({
  ...schema,
  ...(schema.anyOf && { anyOf: schema.anyOf.map((each) => withNotes(each, notes)) }),
  ...(schema.properties && {
    properties: Object.fromEntries(
      Object.entries(schema.properties).map(([name, each]) => [
        name,
        Object.hasOwn(notes, name) ? { ...each, description: notes[name] } : each,
      ]),
    ),
  }),
});

const reference = (component: string) => ({ $ref: `#/components/schemas/${component}` });

export const openApiOf = (door: DoorDescription): OpenApi => {
  const paths: OpenApi['paths'] = {};
  for (const operation of door.operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationOf(door, operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: door.title, version, description: door.description },
    servers: [{ url: 'http://127.0.0.1:3000', description: 'npm start, on one machine' }],
    security: together(Object.keys(door.security)),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(door.components).map(([name, shape]) => [name, schemaOf(shape)])),
      securitySchemes: door.security,
    },
  };
};

/** Schemes that a call carries all at once. */
const together = (names: readonly string[]) => [Object.fromEntries(names.map((name) => [name, []]))];

const operationOf = (door: DoorDescription, operation: Operation): Json => ({
  operationId: operation.id,
  summary: operation.summary,
  ...(operation.description !== undefined && { description: operation.description }),
  ...(operation.security && { security: together(operation.security) }),
  ...parametersOf(operation),
  ...(operation.body && { requestBody: bodyOf(door, operation, operation.body) }),
  responses: Object.fromEntries(
    Object.entries(operation.answers).map(([status, { component, text }]) => [
      status,
      {
        description: text,
        content: {
          'application/json': {
            schema: schemaUnder(operation, status, component),
            ...examplesOf(operation.examples, (example) =>
              String(example.status) === status ? example.answer : undefined,
            ),
          },
        },
      },
    ]),
  ),
});

/** The usual schema of a status, and those of examples that have another one. */
const schemaUnder = ({ examples }: Operation, status: string, component: string): Json => {
  const others = examples.flatMap((example) => (String(example.status) === status ? (example.component ?? []) : []));
  const all = [...new Set([component, ...others])].map(reference);
  return all.length > 1 ? { anyOf: all } : reference(component);
};

const parametersOf = ({ path, pathNotes = {}, query }: Operation): Json => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(pathNotes[name] !== undefined && { description: pathNotes[name] }),
  }));
  const shape = query ? schemaOf(query) : {};
  const inQuery = Object.entries(shape.properties ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: shape.required?.includes(name) ?? false,
    schema,
    ...(description !== undefined && { description }),
  }));
  const all = [...inPath, ...inQuery];
  return all.length > 0 ? { parameters: all } : {};
};

const bodyOf = (door: DoorDescription, { examples }: Operation, body: NonNullable<Operation['body']>): Json => {
  const schema = reference(body.component);
  if (body.kind === 'json')
    return {
      required: body.required,
      content: { 'application/json': { schema, ...examplesOf(examples, ({ body }) => body) } },
    };
  const text = (contents: Json) => ({ type: 'string', ...contents });
  const properties = {
    api_key: text({}),
    format: { type: 'string', enum: ['json', 'xml'] },
    json: text({ contentMediaType: 'application/json', contentSchema: schema }),
    [nameOfSignature(door)]: text({}),
  };
  const form = { type: 'object', properties, required: Object.keys(properties) };
  const shown = (example: Example) => example.body && { format: 'json', json: JSON.stringify(example.body) };
  const file = { file: text({ contentMediaType: 'text/csv' }) };
  return {
    required: body.required,
    content: {
      'application/x-www-form-urlencoded': { schema: form, ...examplesOf(examples, shown) },
      'multipart/form-data': { schema: { ...form, properties: { ...properties, ...file } } },
    },
  };
};

const nameOfSignature = ({ security }: DoorDescription): string => Object.values(security)[0]?.name ?? 'sig';

const examplesOf = (examples: readonly Example[], shownOf: (example: Example) => unknown): Json => {
  const shown = examples.flatMap((example) => {
    const value = shownOf(example);
    return value === undefined ? [] : [[example.name, { summary: example.summary, value }]];
  });
  return shown.length > 0 ? { examples: Object.fromEntries(shown) } : {};
};
