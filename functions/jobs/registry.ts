// The job types: one line each.
import type { JobType } from './define.ts';

export const registry: readonly JobType[] = [];

/** The type of that name or alias. */
export const findType = (name: string): JobType | undefined =>
  registry.find((type) => type.name === name || type.aliases?.includes(name));
