// The doors that are described; one line each.
import { describeAppend } from '../../functions/doors/append/describe.ts';
import { describeConsole } from '../../functions/doors/console/describe.ts';
import type { DoorDescription } from '../../functions/doors/description.ts';
import { describeGreenarrow } from '../../functions/doors/greenarrow/describe.ts';
import { describeSailthru } from '../../functions/doors/sailthru/describe.ts';

export const describedDoors = (): DoorDescription[] => [
  describeSailthru(),
  describeGreenarrow(),
  describeConsole(),
  describeAppend(),
];
