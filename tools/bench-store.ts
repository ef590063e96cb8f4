// Measures the one-machine store of profiles alone: new rows, reads, changes, members streamed, with one thread or two.
// node tools/bench-store.ts [rows=1000000] [threads=1]
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openProfiles } from '../functions/embedded/profiles.ts';
import { type Profile, type ProfileChange, sidOf } from '../functions/jobs/profile.ts';

const client = 'demo';
const list = '0123456789abcdef01234567';
const job = 'fedcba987654321001234567';
const batchRows = 10_000;
const emailOf = (i: number): string => `user${i}.someone@example.com`;

type Phase = 'create' | 'read' | 'read absent' | 'update' | 'members';
interface Work {
  home: string;
  rows: number;
  thread: number;
  threads: number;
}

/** One thread's share of a phase: rows and the seconds that the store took for them. */
const run = async (phase: Phase, { home, rows, thread, threads }: Work): Promise<{ rows: number; seconds: number }> => {
  const profiles = openProfiles(home);
  let done = 0;
  let seconds = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    seconds += (performance.now() - began) / 1000;
    return result;
  };
  if (phase === 'members') {
    const slices = 16;
    for (let slice = thread; slice < slices; slice += threads)
      await timed(async () => {
        const [from, to] = [slice * (256 / slices), (slice + 1) * (256 / slices)];
        for await (const batch of profiles.members(client, list, from, to)) done += batch.length;
      });
  } else {
    for (let at = thread * batchRows; at < rows; at += threads * batchRows) {
      const emails = Array.from({ length: Math.min(batchRows, rows - at) }, (_, i) =>
        // A read takes people from all over the base, as a file does that is not in the order of the first.
        emailOf(
          phase === 'create'
            ? at + i
            : phase === 'read absent'
              ? rows + at + i
              : (i * Math.floor(rows / batchRows) + at / batchRows) % rows,
        ),
      );
      const sids = emails.map((email) => sidOf(client, email));
      const changes: ProfileChange[] =
        phase === 'create'
          ? emails.map((email, i) => ({ kind: 'create', profile: profileOf(sids[i] ?? '', email, at + i) }))
          : sids.map((sid, i) => ({ kind: 'update', sid, job, patch: { vars: { score: i + 1000 } } }));
      if (phase.startsWith('read')) await timed(() => profiles.read(client, sids));
      else if ((await timed(() => profiles.apply(client, changes))).length > 0) throw new Error('conflicts');
      done += sids.length;
    }
  }
  profiles.close();
  return { rows: done, seconds };
};

const profileOf = (sid: string, email: string, i: number): Profile => {
  const now = 1_700_000_000_000 + i;
  const vars = { first_name: `Anna${i % 100}`, last_name: 'Lovelace', plan: 'pro', score: i % 977 };
  return { sid, email, vars, lists: { [list]: now }, createdAt: now, createdBy: job, changedBy: job, signupAt: now };
};

const main = async (rows: number, threads: number): Promise<void> => {
  const home = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'stevedore-bench-'));
  openProfiles(home).prepare();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const phases: Phase[] = ['create', 'read', 'read absent', 'update', 'members'];
  for (const phase of phases) {
    peak = 0;
    const began = performance.now();
    const shares = await Promise.all(
      Array.from({ length: threads }, (_, thread) => inThread(phase, { home, rows, thread, threads })),
    );
    const wall = (performance.now() - began) / 1000;
    const total = shares.reduce((sum, share) => sum + share.rows, 0);
    const busy = shares.reduce((sum, share) => sum + share.seconds, 0) / threads;
    const rate = (seconds: number) =>
      Math.round(total / seconds)
        .toLocaleString('en')
        .padStart(10);
    console.log(
      `${phase.padEnd(12)} ${rate(busy)} rows/s in the store ${rate(wall)} with making the rows, ${Math.round(peak / 1e6)} MB`,
    );
  }
  clearInterval(watch);
  for (const name of readdirSync(home)) console.log(name, `${(statSync(join(home, name)).size / 1e6).toFixed(1)} MB`);
  rmSync(home, { recursive: true });
};

const inThread = (phase: Phase, work: Work): Promise<{ rows: number; seconds: number }> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { phase, work },
      // As the server's workers: without it V8 lets young garbage grow by hundreds of megabytes before it looks.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

if (isMainThread) await main(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 1));
else {
  const { phase, work } = workerData as { phase: Phase; work: Work };
  parentPort?.postMessage(await run(phase, work));
}
