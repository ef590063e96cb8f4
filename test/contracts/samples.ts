// Jobs and profiles to test with.
import { randomBytes } from 'node:crypto';
import { type Job, newId } from '../../functions/jobs/job.ts';
import { type Profile, type ProfileChange, sidOf } from '../../functions/jobs/profile.ts';
import { noUsage } from '../../functions/jobs/usage.ts';

export const now = Date.now();

/** A client that no other test uses. */
export const aClient = (): string => `client-${randomBytes(6).toString('hex')}`;

export const anId = (): string => newId(now);

export const aJob = (changes: Partial<Job> = {}): Job => ({
  id: anId(),
  client: 'client-1',
  type: 'import',
  door: 'sailthru',
  name: 'List Import: Main',
  params: { list: 'Main' },
  echo: { list: 'Main' },
  state: 'pending',
  createdAt: now,
  times: {},
  done: [],
  reached: {},
  counts: {},
  reasons: {},
  usage: noUsage,
  marks: [],
  warnings: [],
  files: {},
  deliveries: {},
  ...changes,
});

export const aProfile = (client: string, email: string, changes: Partial<Profile> = {}): Profile => ({
  sid: sidOf(client, email),
  email,
  vars: {},
  lists: {},
  createdAt: now,
  createdBy: 'job-1',
  changedBy: 'job-1',
  signupAt: now,
  ...changes,
});

export const create = (profile: Profile): ProfileChange => ({ kind: 'create', profile });
