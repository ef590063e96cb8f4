// The files of docs/openapi, by name.

import { openApiOf } from './document.ts';
import { describedDoors } from './doors.ts';
import { pageOf } from './page.ts';

export const openApiFiles = (): Map<string, string> => {
  const documents = describedDoors().map((door) => ({ name: door.name, document: openApiOf(door) }));
  return new Map([
    ...documents.map(({ name, document }): [string, string] => [
      `${name}.json`,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
    ['index.html', pageOf(documents)],
  ]);
};
