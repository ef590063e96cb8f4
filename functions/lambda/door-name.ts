// Which door a path leads to: the name under which requests are counted. A door that has no line here is counted with the first one.

import { consolePath } from '../doors/console/app.ts';
import { greenarrowPath } from '../doors/greenarrow/app.ts';
import type { doorNames } from './env.ts';

type DoorName = (typeof doorNames)[number];

const paths: readonly { name: DoorName; path: RegExp }[] = [
  { name: 'console', path: new RegExp(`^${consolePath}(/|$)`) },
  { name: 'greenarrow', path: new RegExp(`^${greenarrowPath}(/|$)`) },
  { name: 'append', path: /^\/[^/]+\/(auth|async)(\/|$)/ },
];

export const doorName = (path: string): DoorName => paths.find((door) => door.path.test(path))?.name ?? 'sailthru';
