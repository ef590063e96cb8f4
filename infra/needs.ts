// What each function needs: the engine's part of it, and for lanes and the planner what the job types say.
import { type JobType, type Need, recordTables } from '../functions/jobs/define.ts';
import type { EngineNeed } from './grants.ts';

type Needs = readonly (Need | EngineNeed)[];

/** What the end of a job takes, whoever ends it: its work is removed, the event told. */
const ending: Needs = ['work-files:remove', 'events:publish'];

/** Reading, moving, accounting and ending a job, and the files of its work. */
const work: Needs = ['clients:read', 'jobs:work', 'work-files:read', 'work-files:write', ...ending];

/** Rows come from files that a client uploaded. */
const inputs = (type: JobType): Needs => (type.work.kind === 'rows' ? ['uploads:read'] : []);

/** A worker runs the type's chunks, and the last one gathers the results. */
export const laneNeeds = (type: JobType): Needs => [...work, ...inputs(type), ...type.needs];

/** The planner runs small jobs of every type to their end in one invocation: it needs what any of them needs. */
export const planNeeds = (types: readonly JobType[]): Needs => [
  ...work,
  ...types.flatMap(inputs),
  ...types.flatMap((type) => type.needs),
];

/**
 * Doors read and write single profiles, lists and records; they write jobs and uploads, sign links to results and forms for uploads (a form allows what its signer may do), and cancel jobs:
 * then they remove what these left.
 */
export const apiNeeds: Needs = [
  'clients:read',
  'clients:list',
  'rates:count',
  'jobs:create',
  'jobs:work',
  'jobs:list',
  'profiles:read',
  'profiles:write',
  'lists:read',
  'lists:write',
  'lists:erase',
  ...recordTables.flatMap((table): Need[] => [`${table}:read`, `${table}:write`]),
  'uploads:write',
  'uploads:remove',
  'work-files:write',
  'work-files:read',
  ...ending,
  'exports:read',
];

export const reportNeeds: Needs = ['clients:read', 'jobs:work', 'work-files:read', 'exports:read', 'mail:send'];
export const deadLetterNeeds: Needs = ['jobs:work', 'work-files:read', ...ending];
/**
 * The sweeper looks for uploads whose event got lost, ends jobs whose upload never came and jobs that were paused for too long. It tells
 * sends that fall due, when it has asked whether the people still want them.
 */
export const sweepNeeds: Needs = [
  'jobs:due',
  'jobs:work',
  'uploads:read',
  'uploads:remove',
  'exports:remove',
  'work-files:read',
  'sends:read',
  'sends:write',
  'blasts:read',
  'aliases:read',
  'profiles:read',
  ...ending,
];
export const uploadsNeeds: Needs = ['clients:read', 'jobs:create', 'jobs:work', 'lists:read'];
