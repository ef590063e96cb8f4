// All stores of one schedule in one place, and what the checks at the end need to know of them.
import { type ClientId, type FileKind, type Job, type JobId, newId } from '../../functions/jobs/job.ts';
import { type Client, type DomainEvent, defaultSettings, type List } from '../../functions/jobs/ports.ts';
import { FileStore } from './file-store.ts';
import { inputOf } from './inputs.ts';
import { JobStore } from './job-store.ts';
import { ProfileStore } from './profile-store.ts';
import { Queues } from './queues.ts';
import type { Rules } from './rules.ts';
import type { Settings } from './settings.ts';
import { type Actor, World } from './world.ts';

/** A report that a server or a mail relay took. */
export interface Taken {
  job: JobId;
  channel: 'mail' | 'postback';
  /** What makes two the same. */
  id: string;
  /** Whoever sent it; when it was disturbed it may not know that it was taken. */
  actor: Actor;
}

export class Stage {
  readonly world: World;
  readonly jobs: JobStore;
  readonly profiles: ProfileStore;
  readonly queues: Queues;
  readonly files = new FileStore(() => this.world.steps);
  readonly clients = new Map<ClientId, Client>();
  readonly lists = new Map<string, List>();
  readonly taken: Taken[] = [];
  /** Everything that was told to the bus. */
  readonly events: DomainEvent[] = [];
  /** What each job read, and the files that it ended with: as they were then, since all files have their time. */
  readonly inputs = new Map<JobId, string>();
  readonly results = new Map<JobId, ReadonlyMap<string, string>>();
  /** Sids whose creation was told as not done, of a stopped job or of a chunk that was given up, and when (in steps). */
  readonly told = new Map<string, number>();

  constructor(seed: number, rules: Rules, options: { settings?: Partial<Settings>; traced?: boolean }) {
    this.world = new World(seed, options);
    this.jobs = new JobStore(this.world, rules);
    this.jobs.onSource = (job) => {
      const text = inputOf(this, job);
      if (text !== undefined) this.inputs.set(job.id, text);
    };
    this.jobs.onEnd = (job) => {
      const texts = Object.values(job.files).map(({ key }) => [key, this.files.text(key) ?? ''] as const);
      this.results.set(job.id, new Map(texts));
    };
    this.profiles = new ProfileStore(this.world, rules);
    this.queues = new Queues(this.world);
  }

  /** A file of an ended job as it was at its end; undefined when there is none. */
  resultOf(job: Job, kind: FileKind): string | undefined {
    const file = job.files[kind];
    return file && this.results.get(job.id)?.get(file.key);
  }

  addClient(id: ClientId): Client {
    const names = { organization: this.clients.size + 2, username: id };
    const client = { id, ...names, apiKey: `key of ${id}`, secret: `secret of ${id}`, settings: defaultSettings };
    this.clients.set(id, client);
    return client;
  }

  ensureList(client: ClientId, name: string): List {
    const key = `${client} ${name}`;
    const list = this.lists.get(key) ?? {
      id: newId(this.world.now),
      name,
      createdAt: this.world.now,
      vars: [],
      sizeHint: 0,
      details: {},
    };
    this.lists.set(key, list);
    return list;
  }

  learn(client: ClientId, name: string, news: { vars?: readonly string[]; exact?: boolean; size?: number }): void {
    const list = this.lists.get(`${client} ${name}`);
    if (!list) return;
    const vars = [...new Set([...(news.exact ? [] : list.vars), ...(news.vars ?? [])])];
    this.lists.set(`${client} ${name}`, { ...list, vars, sizeHint: Math.max(list.sizeHint, news.size ?? 0) });
  }
}
