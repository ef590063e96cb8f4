// The endpoints beside /job, by their path: one line each.
import { adPlan } from './ad-plan.ts';
import { blast } from './blast.ts';
import { blastRepeat } from './blast-repeat.ts';
import { content } from './content.ts';
import type { Endpoint } from './endpoint.ts';
import { event } from './event.ts';
import { list } from './list.ts';
import { purchase } from './purchase.ts';
import { send } from './send.ts';
import { settings } from './settings.ts';
import { template } from './template.ts';

export const endpoints: Readonly<Record<string, Endpoint>> = {
  content,
  list,
  'ad/plan': adPlan,
  blast,
  blast_repeat: blastRepeat,
  event,
  purchase,
  send,
  settings,
  template,
};
