// The endpoints beside /job, by their path: one line each.
import { adPlan } from './ad-plan.ts';
import { blast } from './blast.ts';
import { blastRepeat } from './blast-repeat.ts';
import { content } from './content.ts';
import { email } from './email.ts';
import type { Endpoint } from './endpoint.ts';
import { event } from './event.ts';
import { list } from './list.ts';
import { purchase } from './purchase.ts';
import { send } from './send.ts';
import { settings } from './settings.ts';
import { stats } from './stats.ts';
import { template } from './template.ts';
import { user } from './user.ts';

export const endpoints: Readonly<Record<string, Endpoint>> = {
  'ad/plan': adPlan,
  blast,
  blast_repeat: blastRepeat,
  content,
  email,
  event,
  list,
  purchase,
  send,
  settings,
  stats,
  template,
  user,
};
