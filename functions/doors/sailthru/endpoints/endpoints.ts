// The endpoints beside /job, by their path: one line each.
import { content } from './content.ts';
import type { Endpoint } from './endpoint.ts';
import { list } from './list.ts';
import { purchase } from './purchase.ts';
import { settings } from './settings.ts';

export const endpoints: Readonly<Record<string, Endpoint>> = {
  content,
  list,
  purchase,
  settings,
};
