// A send: one message to one person by a template. This product sends no mail: the team's own sender is told when a send falls due.
import { randomBytes } from 'node:crypto';
import type { Millis } from '../job.ts';
import type { RecordKey, RecordWrite } from '../ports.ts';
import type { Sid } from '../profile.ts';
import type { Refused } from './consent.ts';

/** `due`: nobody can take it back any more, and it is being told. `out`: it was told. `refused`: it fell due for somebody who does not want it. */
type SendState = 'scheduled' | 'due' | 'out' | 'refused';

export type Send = {
  /** 16 URL-safe base64 characters. */
  id: string;
  state: SendState;
  /** The template's name, and its number. */
  template: string;
  templateId: number;
  email: string;
  sid: Sid;
  vars: Record<string, unknown>;
  options: Record<string, unknown>;
  /** What else the call said, for the sender: `limit`, `data_feed_url`, `end_time`, `method`. */
  more: Record<string, unknown>;
  createdAt: Millis;
  dueAt: Millis;
  /** Since when somebody is telling it. */
  claimedAt?: Millis;
  outAt?: Millis;
  refused?: Refused;
};

/** Begins with no dash: a spreadsheet would take it for a formula. */
export const newSendId = (): string => randomBytes(12).toString('base64url').replace(/^[-_]/, 'a');
export const isSendId = (text: string): boolean => /^[\w-]{16}$/.test(text);

/** How long a send can be asked about after its time. */
export const keptFor = 90 * 86_400_000;

export const sendKey = (id: string): RecordKey => ({ part: `send#${id.slice(0, 2)}`, sort: id });

export const sendWrite = (send: Send): RecordWrite => ({
  ...sendKey(send.id),
  value: send,
  expiresAt: send.dueAt + keptFor,
});
