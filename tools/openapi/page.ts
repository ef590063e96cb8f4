// The OpenAPI documents as one page that people read: plain HTML without scripts, light and dark, for keyboard and screen reader.
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Json, JsonSchema, OpenApi } from './document.ts';
import { membersOf } from './members.ts';
import { style } from './style.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

interface Named {
  name: string;
  document: OpenApi;
}

interface Content {
  schema: JsonSchema;
  examples?: Record<string, { summary: string; value: unknown }>;
}

interface ShownOperation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description: string; content: Record<string, Content> }>;
}

export const pageOf = (doors: readonly Named[]): string =>
  `${String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stevedore: the APIs</title>
<style>${raw(style)}</style>
</head>
<body>
<nav aria-label="Operations">${doors.map(navigationOf)}</nav>
<main>
<h1>The APIs of Stevedore</h1>
${doors.map(doorOf)}
</main>
</body>
</html>`)}\n`;

const operationsOf = ({ name, document }: Named) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const shown = operation as Json & ShownOperation;
      return { path, method: method.toUpperCase(), operation: shown, anchor: `${name}-${shown.operationId}` };
    }),
  );

const navigationOf = (door: Named): Html => html`
<p><a href="#${door.name}">${door.document.info.title}</a></p>
<ul>${operationsOf(door).map(
  ({ anchor, operation }) => html`
<li><a href="#${anchor}">${operation.summary}</a></li>`,
)}
</ul>`;

const doorOf = (door: Named): Html => html`
<section id="${door.name}">
<h2>${door.document.info.title}</h2>
<p>${marked(door.document.info.description)}</p>
<p>As a document of OpenAPI 3.1: <a href="${door.name}.json">${door.name}.json</a></p>
${operationsOf(door).map((shown) => operationOf(door.document, shown))}
</section>`;

const operationOf = (
  document: OpenApi,
  { path, method, operation, anchor }: ReturnType<typeof operationsOf>[number],
): Html => html`
<article id="${anchor}">
<h3>${operation.summary}</h3>
<p class="call"><b>${method}</b> <code>${path}</code></p>
${operation.description === undefined ? '' : html`<p>${marked(operation.description)}</p>`}
${operation.parameters ? parametersOf(operation.parameters) : ''}
${Object.entries(operation.requestBody?.content ?? {}).map(([type, content]) => bodyOf(document, `Body: ${type}`, content))}
${Object.entries(operation.responses).map(([status, { description, content }]) =>
  Object.values(content).map((each) => bodyOf(document, `${status}: ${description}`, each)),
)}
</article>`;

const parametersOf = (parameters: NonNullable<ShownOperation['parameters']>): Html =>
  tableOf(
    parameters.map(({ name, schema, required, description }) => ({ name, schema, required, description })),
    'Parameters',
  );

interface Row {
  name: string;
  schema: JsonSchema;
  required: boolean;
  description?: string | undefined;
}

const tableOf = (rows: readonly Row[], caption: string): Html => html`
<table><caption>${caption}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows.map(
  ({ name, schema, required, description }) => html`
<tr><th scope="row"><code>${name}</code>${required ? html` <span class="required">required</span>` : ''}</th>
<td>${typeOf(schema)}</td><td>${marked(description ?? '')}</td></tr>`,
)}
</tbody></table>`;

/** An answer or a body: what it holds, and what it may look like. Details are closed: there are many. */
const bodyOf = (document: OpenApi, title: string, { schema, examples = {} }: Content): Html => html`
<details><summary>${title}</summary>
${membersOf(document, schema).map(({ title, members }) => tableOf(members, title))}
${Object.values(examples).map(
  ({ summary, value }) => html`
<p class="example">${summary}</p>
<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`,
)}
</details>`;

/** The type of a member in few words. */
const typeOf = (schema: JsonSchema): string => {
  const { type, enum: words, const: word, format, items, anyOf, $ref } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? '';
  if (word !== undefined) return JSON.stringify(word);
  if (Array.isArray(words)) return words.map((each) => JSON.stringify(each)).join(' | ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' | ');
  if (type === 'array') return `array of ${typeOf((items ?? {}) as JsonSchema)}`;
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type + (typeof format === 'string' ? ` (${format})` : '') : 'any';
};

/** Sentences with `code` in them. */
const marked = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
