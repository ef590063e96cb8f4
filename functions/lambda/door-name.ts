// Which door a path leads to: the name under which requests are counted. A door that has no line here is counted with the first one.

import { consolePath } from '../doors/console/app.ts';

const doors: readonly { name: string; path: RegExp }[] = [
  { name: 'console', path: new RegExp(`^${consolePath}(/|$)`) },
  { name: 'greenarrow', path: /^\/ga\// },
  { name: 'append', path: /^\/[^/]+\/(auth|async)(\/|$)/ },
];

export const defaultDoor = 'sailthru';

/** All names there are: few, since each is a dimension of metrics. */
export const doorNames: readonly string[] = [defaultDoor, ...doors.map(({ name }) => name)];

export const doorName = (path: string): string => doors.find((door) => door.path.test(path))?.name ?? defaultDoor;
