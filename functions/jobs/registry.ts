// The job types: one line each.
import type { JobType } from './define.ts';
import { appendEmail } from './types/append-email.ts';
import { blastEventsImport } from './types/blast-events-import.ts';
import { blastQuery } from './types/blast-query.ts';
import { blastSaveList } from './types/blast-save-list.ts';
import { blastSnapshot } from './types/blast-snapshot.ts';
import { contentUpdate } from './types/content-update.ts';
import { deleteContentJob } from './types/delete-content.ts';
import { exportListData } from './types/export-list-data.ts';
import { exportPurchaseLog } from './types/export-purchase-log.ts';
import { exportScheduledSends } from './types/export-scheduled-sends.ts';
import { importList } from './types/import.ts';
import { inventory } from './types/inventory.ts';
import { listErase } from './types/list-erase.ts';
import { purchaseImport } from './types/purchase-import.ts';
import { snapshot } from './types/snapshot.ts';
import { subscriberImport } from './types/subscriber-import.ts';
import { update } from './types/update.ts';

export const registry: readonly JobType[] = [
  importList,
  update,
  exportListData,
  listErase,
  purchaseImport,
  exportPurchaseLog,
  contentUpdate,
  deleteContentJob,
  subscriberImport,
  exportScheduledSends,
  inventory,
  blastEventsImport,
  blastQuery,
  blastSaveList,
  blastSnapshot,
  snapshot,
  appendEmail,
];

/** The type of that name or alias. */
export const findType = (name: string): JobType | undefined =>
  registry.find((type) => type.name === name || type.aliases?.includes(name));
