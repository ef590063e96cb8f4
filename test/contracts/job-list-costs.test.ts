// What a list of jobs costs: as much as the page holds, however long the history is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPage } from '../../functions/doors/greenarrow/pages.ts';
import { embeddedJobs } from '../../functions/embedded/jobs.ts';
import { jobsPlan } from '../../functions/embedded/schema.ts';
import { openDatabase } from '../../functions/embedded/sqlite.ts';
import { newId } from '../../functions/jobs/job.ts';
import { Meter } from '../../functions/jobs/usage.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { fillJobs } from '../helpers/many-jobs.ts';
import { aClient, aJob, now } from './samples.ts';

const page = { perPage: 5, page: 0 };
const allJobs = { selects: false, sides: ['unfinished', 'ended'], lets: () => true } as const;
const unfinished = { ...allJobs, sides: ['unfinished'] } as const;

/** The job with that place in a history that grows by one job a minute; the first three have not ended. */
const jobAt = (client: string, index: number) => {
  const at = now - index * 60_000;
  const ended = { state: 'completed', finishedAt: at + 1000 } as const;
  return aJob({ id: newId(at), client, createdAt: at, ...(index < 3 ? {} : ended) });
};

describe('on DynamoDB', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => closeWorld(world));

  const unitsFor = async (size: number) => {
    const client = aClient();
    const { jobs } = world.ports;
    for (let from = 0; from < size; from += 100)
      await Promise.all(
        Array.from({ length: Math.min(100, size - from) }, (_, i) => jobs.create(jobAt(client, from + i))),
      );
    const owners = [{ id: client, organization: 1 }];
    const used = async (work: () => Promise<unknown>) => {
      const meter = new Meter(0);
      await meter.run(work);
      return meter.used.readUnits;
    };
    const some = jobAt(client, 5).id.slice(0, 8);
    return [
      await used(() => findPage(world.ports, owners, allJobs, page)),
      await used(() => findPage(world.ports, owners, unfinished, page)),
      await used(() => jobs.between(client, some, some)),
    ];
  };

  it('the units are the same for 10 jobs and for 1,000', async () => {
    const few = await unitsFor(10);
    expect(await unitsFor(1000)).toEqual(few);
    for (const units of few) expect(units).toBeLessThanOrEqual(7);
  });
});

describe('on one machine', () => {
  const home = mkdtempSync(join(tmpdir(), 'stevedore-costs-'));
  afterAll(() => rmSync(home, { recursive: true }));

  it('every look at jobs is a range of an index, whatever the store knows of its data', () => {
    const db = openDatabase(join(home, 'jobs.db'), jobsPlan);
    try {
      const statements: string[] = [];
      const listening = new Proxy(db, {
        get: (target, name) =>
          name === 'prepare'
            ? (sql: string) => {
                statements.push(sql);
                return target.prepare(sql);
              }
            : Reflect.get(target, name, target),
      });
      embeddedJobs(listening, Date.now);
      const looks = statements.filter((sql) => /SELECT .* FROM jobs/.test(sql));
      const explained = () =>
        looks.flatMap((sql) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()).map(({ detail }) => String(detail));
      const plans = [
        'SEARCH jobs USING PRIMARY KEY (id=?)',
        'SEARCH jobs USING INDEX jobs_due (due<?)',
        'SEARCH jobs USING INDEX jobs_by_rank (client=? AND rank>? AND rank<?)',
        'SEARCH jobs USING PRIMARY KEY (id>? AND id<?)',
      ].sort();
      fillJobs(home, 1000, (index) => jobAt(index % 2 ? 'a' : 'b', index));
      for (const learn of ['', 'ANALYZE']) {
        db.exec(learn);
        expect(explained().sort()).toEqual(plans);
      }
    } finally {
      db.close();
    }
  });
});
