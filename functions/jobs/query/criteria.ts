// All criteria by name.
import { activityCriteria } from './activity.ts';
import { contactCriteria } from './contact.ts';
import type { Definition } from './definition.ts';
import { placeCriteria } from './places.ts';
import { variableCriteria } from './variables.ts';

// A map, so that no name of a client's making finds what every object has.
export const criteria: ReadonlyMap<string, Definition> = new Map(
  [variableCriteria, contactCriteria, placeCriteria, activityCriteria].flatMap((group) => Object.entries(group)),
);
