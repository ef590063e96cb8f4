// The job types: one line each.
import type { JobType } from './define.ts';
import { exportListData } from './types/export-list-data.ts';
import { importList } from './types/import.ts';
import { subscriberImport } from './types/subscriber-import.ts';

export const registry: readonly JobType[] = [importList, exportListData, subscriberImport];

/** The type of that name or alias. */
export const findType = (name: string): JobType | undefined =>
  registry.find((type) => type.name === name || type.aliases?.includes(name));
