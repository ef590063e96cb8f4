// The protocol pages name the test behind each promise: every one of them is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = 'docs/protocols';
const named = /`(test\/[\w/.-]+\.test\.ts) › ([^`]+)`/g;

const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const references = pages.flatMap((page) =>
  [...readFileSync(join(folder, page), 'utf8').matchAll(named)].map(([, file = '', name = '']) => ({
    page,
    file,
    name: name.replaceAll('\\|', '|').split(' › ').at(-1) ?? '',
  })),
);

/** Characters of a title that are its own. */
const leastWords = 4;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Every text in a test file, as what a title made of it may be: its placeholders stand for anything. */
const titlesIn = (file: string): RegExp[] => {
  const texts = readFileSync(file, 'utf8').matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])+)\1/g);
  return [...texts].flatMap(([, , text = '']) => {
    const plain = text.replace(/\\(['"`\\])/g, '$1');
    const parts = plain.split(/%[sdjio#]|\$\w+|\$\{[^}]*\}/).map(escaped);
    // A title of nothing but a placeholder would be every name.
    return parts.join('').trim().length >= leastWords ? [new RegExp(`^${parts.join('.+')}$`)] : [];
  });
};

describe('the protocol pages', () => {
  it('name tests for the types, endpoints and errors of every concern', () => {
    expect(new Set(references.map(({ page }) => page)).size).toBeGreaterThanOrEqual(5);
  });

  it('name only tests that there are', () => {
    const missing = references.filter(
      ({ file, name }) => !existsSync(file) || !titlesIn(file).some((title) => title.test(name)),
    );
    expect(missing).toEqual([]);
  });
});
