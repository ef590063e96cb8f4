// `npm run openapi`: writes docs/openapi: a document for each door, and one page that shows them all.
import { mkdirSync, writeFileSync } from 'node:fs';
import { openApiFiles } from './openapi/files.ts';

const folder = new URL('../docs/openapi/', import.meta.url);

mkdirSync(folder, { recursive: true });
for (const [name, content] of openApiFiles()) {
  writeFileSync(new URL(name, folder), content);
  console.log(`docs/openapi/${name}`);
}
