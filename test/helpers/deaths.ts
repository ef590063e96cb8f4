// Lets a road of jobs die at each of its steps in turn: one process after another finishes what the last one left, checks nothing
// itself, and dies one step further on.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { Answer, Orders, Run } from './dying-engine.ts';
import { openHouse } from './house.ts';
import { populate } from './roads.ts';

export interface Death {
  /** Right before which step, counted from 0. */
  at: number;
  /** Its name. */
  step: string;
  /** What the road ended with in the next process. */
  facts: unknown;
  /** Postbacks by job: their ids, and how many arrived. */
  postbacks: { ids: string[]; count: number }[];
}

/** One file of plain JavaScript starts in a tenth of the time. */
const bundle = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'dying-engine.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'dying-engine.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
};

export const openDeaths = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-deaths-'));
  const program = await bundle(folder);
  const template = join(folder, 'template');
  const house = await openHouse({ home: template });
  await populate(house);
  await house.close();

  const posts = new Map<string, { id: string; job: string }[]>();
  const hook = createServer(async (request, response) => {
    const job = new URLSearchParams(await text(request)).get('job_id') ?? '';
    const known = posts.get(request.url ?? '') ?? [];
    posts.set(request.url ?? '', [...known, { id: String(request.headers['webhook-id']), job }]);
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => hook.once('listening', resolve));
  const port = (hook.address() as AddressInfo).port;

  const start = (orders: Orders): Promise<Answer[]> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
      execFile(process.execPath, [program, JSON.stringify(orders)], { env }, (error, stdout, stderr) => {
        if (error && error.signal !== 'SIGKILL') return reject(new Error(stderr || error.message));
        resolve(
          stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Answer),
        );
      });
    });
  const runOf = (road: string, name: string): Run => {
    const home = join(folder, name);
    cpSync(template, home, { recursive: true });
    return { road, home, hook: `http://127.0.0.1:${port}/${name}` };
  };
  const postbacksOf = ({ hook }: Run): Death['postbacks'] => {
    const of = posts.get(new URL(hook).pathname) ?? [];
    return [...new Set(of.map(({ job }) => job))].map((job) => {
      const ids = of.filter((post) => post.job === job).map(({ id }) => id);
      return { ids: [...new Set(ids)], count: ids.length };
    });
  };

  return {
    /** What the road ends with when nobody disturbs it. */
    async undisturbed(road: string): Promise<unknown> {
      const [answer] = await start({ begin: { ...runOf(road, `${road}-whole`), dieAt: -1 } });
      if (!answer || !('alive' in answer)) throw new Error('a process that was not to die');
      return answer.alive;
    },

    /** Deaths on the road, at each so many-th of its steps from the `first` on, and what the process after each made of it. */
    async walk(road: string, { first = 0, every = 1 } = {}): Promise<Death[]> {
      const deaths: Death[] = [];
      let next = first;
      let end = Number.POSITIVE_INFINITY;
      const lane = async (): Promise<void> => {
        let left: { run: Run; at: number; step: string } | undefined;
        for (;;) {
          const at = next;
          next += every;
          const begin = at < end ? { ...runOf(road, `${road}-${at}`), dieAt: at } : undefined;
          const answers = await start({ ...(left && { finish: left.run }), ...(begin && { begin }) }).catch((error) => {
            throw new Error(`after a death at step ${left?.at}, ${left?.step}: ${error.message}`);
          });
          const finished = answers.find((answer) => 'finished' in answer);
          if (left && finished) {
            const { run, ...death } = left;
            deaths.push({ ...death, facts: finished.finished, postbacks: postbacksOf(run) });
            rmSync(run.home, { recursive: true });
          }
          if (!begin) return;
          const died = answers.find((answer) => 'step' in answer);
          left = died && { run: begin, at, step: died.step };
          if (!died) end = Math.min(end, at);
        }
      };
      await Promise.all(Array.from({ length: 2 * availableParallelism() }, lane));
      return deaths.sort((a, b) => a.at - b.at);
    },

    /** One road on which every process dies before its `every`-th step, until one gets to the end; how many died. */
    async again(road: string, every: number): Promise<{ facts: unknown; died: number; postbacks: Death['postbacks'] }> {
      const run = runOf(road, `${road}-again`);
      for (let died = 0; died < 500; died++) {
        const [answer] = await start({ begin: { ...run, dieAt: every, again: died > 0 } });
        if (answer && 'alive' in answer) return { facts: answer.alive, died, postbacks: postbacksOf(run) };
      }
      throw new Error('no process gets any further');
    },

    close(): void {
      hook.closeAllConnections();
      hook.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
