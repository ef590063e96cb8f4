// The endpoints beside /job, by their path: one line each.
import type { Endpoint } from './endpoint.ts';
import { settings } from './settings.ts';

export const endpoints: Readonly<Record<string, Endpoint>> = {
  settings,
};
