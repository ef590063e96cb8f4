// Answers as JSON, or as the XML that a caller gets who names no format.

export type Format = 'json' | 'xml';

// Plain objects and not Headers: a server that writes them as they are keeps the letter case, which some clients look for.
/** A whole answer in the caller's format. */
export const render = (
  format: Format,
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string>,
): Response =>
  new Response(format === 'json' ? JSON.stringify(body) : xml(body), {
    status,
    headers: {
      'Content-Type': format === 'json' ? 'application/json; charset=utf-8' : 'text/xml;charset=UTF-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  });

const xml = (body: Record<string, unknown>): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<triggermail>${children(body)}</triggermail>\n`;

const children = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element('item', item)).join('');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => element(name, inner))
      .join('');
  if (typeof value === 'boolean') return value ? '1' : '0';
  return escaped(String(value));
};

const element = (name: string, value: unknown): string =>
  /^[a-z_][\w.-]*$/i.test(name) && !/^xml/i.test(name)
    ? `<${name}>${children(value)}</${name}>`
    : `<item name="${escaped(name)}">${children(value)}</item>`;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write these characters
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
