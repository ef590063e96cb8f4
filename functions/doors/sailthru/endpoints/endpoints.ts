// The endpoints beside /job, by their path: one line each.
import type { Endpoint } from './endpoint.ts';
import { list } from './list.ts';
import { purchase } from './purchase.ts';
import { settings } from './settings.ts';
import { stats } from './stats.ts';

export const endpoints: Readonly<Record<string, Endpoint>> = {
  list,
  purchase,
  settings,
  stats,
};
