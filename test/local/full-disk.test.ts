// Promises about a full disk: nothing is lost or told wrongly, questions are answered, and work goes on once there is room again.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retryJob } from '../../functions/jobs/control.ts';
import { accountedRows } from '../../functions/jobs/job.ts';
import { limitPages, watchConnections } from '../helpers/connections.ts';
import { importFile, readJob, settled } from '../helpers/jobs.ts';
import { type Machine, startMachine, until, untilEnded } from '../helpers/machine.ts';
import { closeHouses, memberCount, peopleCsv, resultLines, smallHouse } from '../helpers/small-house.ts';

const noRoom = 1;
const room = 1_000_000;

describe('a database of profiles that is full', () => {
  let connections: ReturnType<typeof watchConnections>;
  beforeEach(() => {
    connections = watchConnections();
  });
  afterEach(async () => {
    connections.stop();
    await closeHouses();
  });
  const leave = (pages: number) => {
    for (const db of connections.to('profiles-')) limitPages(db, pages);
  };

  it('is waited for: the import goes on where it stopped, and counts every row once', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(2_000));
    while ((await readJob(house.ports, job.id)).done.length < 3) await house.step();
    leave(noRoom);
    const { apply } = house.ports.profiles;
    const errors: number[] = [];
    house.ports.profiles = {
      ...house.ports.profiles,
      apply: (...args) =>
        apply(...args).catch((error: unknown) => {
          errors.push(Number((error as { errcode?: number }).errcode));
          // Once it has failed, somebody makes room.
          if (errors.length === 2) leave(room);
          throw error;
        }),
    };
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 2_000 } });
    // SQLITE_FULL, from SQLite itself.
    expect(errors).toEqual([13, 13]);
    expect(await memberCount(house)).toBe(2_000);
  });

  it('that stays full ends the job incomplete, with every row accounted and given back, and a retry brings the rest', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(2_000));
    while ((await readJob(house.ports, job.id)).done.length < 3) await house.step();
    leave(noRoom);
    const ended = await settled(house, job);
    const { created = 0, not_processed: lost = 0 } = ended.counts;
    expect(ended.state).toBe('incomplete');
    expect(accountedRows(ended.counts)).toBe(2_000);
    expect(lost).toBeGreaterThan(0);
    expect(created).toBeLessThanOrEqual(await memberCount(house));
    expect(await resultLines(house, ended, 'notProcessed')).toHaveLength(lost + 1);

    leave(room);
    const rest = await settled(house, await retryJob(house.ports, house.client, job.id));
    expect(rest).toMatchObject({ state: 'completed', rows: lost });
    expect(await memberCount(house)).toBe(2_000);
  });
});

describe('a machine whose files cannot grow', () => {
  let folder: string;
  let home: string;
  let machine: Machine | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stevedore-full-'));
    home = join(folder, 'state');
  });
  afterEach(async () => {
    await machine?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const failures = (): { code: string; error?: string }[] =>
    readFileSync(join(home, 'stevedore.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ code }) => code === 'message.failed');

  it('answers, says so in its log, and ends every job exactly once there is room', async () => {
    const rows = 60_000;
    const file = join(folder, 'people.csv');
    writeFileSync(file, peopleCsv(rows));
    machine = await startMachine(home, {}, { largestFile: 2_000_000 });
    const { job_id: id } = await machine.client.post({ job: 'import', list: 'Main', file });
    await until(
      async () => failures().length,
      (count) => count > 0,
    );
    const during = await machine.client.job(id);
    expect(during.status).toBe('running');
    await machine.kill();
    expect(JSON.stringify(failures())).not.toMatch(/@|example|Oslo|people/);

    machine = await startMachine(home);
    expect(await untilEnded(machine.client, id)).toMatchObject({
      status: 'completed',
      created: rows,
      not_processed: 0,
    });
    await machine.stop();

    // Now a file of the engine's own: the export's, far larger than the databases' journals by then.
    machine = await startMachine(home, {}, { largestFile: 400_000 });
    const before = failures().length;
    const fields = { vars: { city: 1 } };
    const { job_id: exporting } = await machine.client.post({ job: 'export_list_data', list: 'Main', fields });
    await until(
      async () => failures().length,
      (count) => count > before,
    );
    expect((await machine.client.job(exporting)).status).toBe('running');
    await machine.kill();

    machine = await startMachine(home);
    const exported = await untilEnded(machine.client, exporting);
    const lines = (await (await fetch(String(exported.export_url))).text()).trimEnd().split('\n');
    expect(new Set(lines).size).toBe(rows + 1);
  });
});
