import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retryJob } from '../../functions/jobs/control.ts';
import { submitDrop } from '../../functions/jobs/drop.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import { FileGone } from '../../functions/jobs/ports.ts';
import { resume, sweep } from '../../functions/jobs/sweep.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported, importFile, readJob, readObject, settled, submitJob } from '../helpers/jobs.ts';

const rows = (count: number, city: string): string =>
  ['email,city', ...Array.from({ length: count }, (_, index) => `p${index}@example.com,${city}`), ''].join('\n');

describe('a job of many chunks', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it('accounts every row once although every message comes twice', async () => {
    const { send } = house.ports.work;
    house.ports.work.send = async (queue, messages, options) => {
      await send(queue, messages, options);
      if (queue.startsWith('lane-')) await send(queue, messages, { ...options, delaySeconds: 1 });
    };
    const job = await importFile(house, rows(35_000, 'Oslo'));
    await house.settle();
    house.advance(2_000);
    const ended = await settled(house, job);
    expect(ended.state).toBe('completed');
    expect(ended.counts).toEqual({ created: 35_000 });
    expect(ended.chunks).toBeGreaterThan(3);
  });

  it('counts created and updated right when a chunk dies between its writes and its account', async () => {
    await imported(house, rows(12_000, 'Oslo'));
    let deaths = 2;
    const { account } = house.ports.jobs;
    house.ports.jobs.account = async (id, entry) => {
      if (deaths-- > 0) throw new Error('the process dies here');
      return account.call(house.ports.jobs, id, entry);
    };
    const job = await imported(house, rows(25_000, 'Bergen'));
    expect(job.counts).toEqual({ created: 13_000, updated: 12_000 });
  });

  it('does not wait for the sweeper when a worker dies between its account and the next message', async () => {
    const { send } = house.ports.work;
    let deaths = 3;
    house.ports.work.send = async (queue, messages, options) => {
      if (queue.startsWith('lane-') && messages.length === 1 && deaths-- > 0) throw new Error('the process dies here');
      return send(queue, messages, options);
    };
    const job = await importFile(house, rows(150_000, 'Oslo'));
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 150_000 } });
    expect(deaths).toBeLessThan(0);
  });

  it('goes on at once when the process was killed and its messages with it', async () => {
    const job = await importFile(house, rows(25_000, 'Oslo'));
    for (let received = house.ports.messages.receive('work'); received; received = house.ports.messages.receive('work'))
      house.ports.messages.done(received.id);
    await resume(house.ports);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 25_000 } });
  });

  it('never removes a dropped file that has been replaced since', async () => {
    const key = 'uploads/imports/demo/Main/nightly.csv';
    await house.ports.files.put(key, rows(10, 'Oslo'));
    const first = await submitDrop(house.ports, key, 'v1');
    await house.settle();
    expect(await readJob(house.ports, first?.id ?? '')).toMatchObject({ state: 'completed' });
    house.advance(7 * 24 * 3600_000 + 1_000);
    await house.ports.files.put(key, rows(20, 'Oslo'));
    await sweep(house.ports);
    expect(await house.ports.files.head(key)).toBeDefined();
    expect((await readJob(house.ports, first?.id ?? '')).due).toBeUndefined();
  });

  it('is sent on although the sweeper cannot look at another job', async () => {
    const { send } = house.ports.work;
    house.ports.work.send = async () => {};
    const [bad, good] = [await importFile(house, rows(5, 'Oslo')), await importFile(house, rows(6, 'Oslo'))];
    house.ports.work.send = async (queue, messages, options) => {
      if (messages.some((message) => message.job === bad.id)) throw new Error('no such queue');
      return send(queue, messages, options);
    };
    house.advance(61_000);
    await sweep(house.ports);
    expect((await settled(house, good)).counts).toEqual({ created: 6 });
    expect((await readJob(house.ports, bad.id)).due).toBeGreaterThan(house.now());
  });

  it('is not ended by a second planner that fails while the first one’s chunks run', async () => {
    const job = await importFile(house, rows(25_000, 'Oslo'));
    const { head } = house.ports.files;
    house.ports.files.head = async (key) => {
      house.ports.files.head = head;
      // The same message comes again here, plans the job and sets its chunks going.
      await handleMessage(house.ports, { v: 1, kind: 'plan', job: job.id }, () => Number.POSITIVE_INFINITY);
      return key.startsWith('uploads/') ? undefined : head.call(house.ports.files, key);
    };
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 25_000 } });
  });

  it('ends when its plan is gone', async () => {
    const job = await importFile(house, rows(25_000, 'Oslo'));
    await house.step();
    const { plan = '' } = await readJob(house.ports, job.id);
    await house.ports.files.remove([plan]);
    house.ports.files.get = ((get) => (key, options) => {
      if (key === plan) throw new FileGone('gone');
      return get.call(house.ports.files, key, options);
    })(house.ports.files.get);
    for (let turn = 0; turn < 20; turn++) {
      house.advance(3600_000);
      await house.settle();
    }
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'failed', failure: { class: 'internal' } });
  });

  it('ends incomplete with the rows of a poison chunk given back, and a retry of just these completes once it is cured', async () => {
    const { apply } = house.ports.profiles;
    house.ports.profiles.apply = async (client, changes) => {
      if (changes.some((change) => change.kind === 'create' && /^p[37]@/.test(change.profile.email)))
        throw new Error('poison');
      return apply.call(house.ports.profiles, client, changes);
    };
    const job = await importFile(house, `${rows(25_000, 'Oslo')}P3@example.com,Rome\nbroken\n`);
    const ended = await settled(house, job);
    expect(ended.state).toBe('incomplete');
    const { created = 0, not_processed: lost = 0, rejected } = ended.counts;
    expect(lost).toBeGreaterThan(0);
    expect([created + lost, rejected]).toEqual([25_001, 1]);
    const [header, ...lines] = (await readObject(house.ports, ended.files.notProcessed?.key ?? ''))
      .trimEnd()
      .split('\n');
    expect(header).toBe('email,city,_line,_reason');
    expect(lines).toHaveLength(lost);
    // A chunk of the file, and the one of the people who come twice.
    expect(lines.filter((line) => /^p[37]@/i.test(line)).toSorted()).toEqual([
      'P3@example.com,Rome,25002,not processed',
      'p3@example.com,Oslo,5,not processed',
      'p7@example.com,Oslo,9,not processed',
    ]);

    house.ports.profiles.apply = apply;
    const rest = await settled(house, await retryJob(house.ports, house.client, job.id));
    expect(rest).toMatchObject({ state: 'completed', parent: job.id, rows: lost + 1 });
    expect(rest.counts).toMatchObject({ duplicate: 1, rejected: 1 });
    expect(await exported(house, 'Main', { fields: { vars: 1 } })).toHaveLength(25_001);
  });

  it('keeps the rejected rows when a second finisher runs while the first one joins them', async () => {
    const job = await importFile(house, `${rows(100, 'Oslo')}broken\nbroken too\n`);
    const { put } = house.ports.files;
    house.ports.files.put = async (key, body, options) => {
      if (key.endsWith('rejected/header')) {
        house.ports.files.put = put;
        // The message that began to finish comes again here, and its second run ends the job and clears up.
        await handleMessage(
          house.ports,
          { v: 1, kind: 'chunk', job: job.id, chunk: 0 },
          () => Number.POSITIVE_INFINITY,
        );
      }
      return put.call(house.ports.files, key, body, options);
    };
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'completed', counts: { created: 100, rejected: 2 } });
    expect((await readObject(house.ports, ended.files.rejected?.key ?? '')).split('\n')).toHaveLength(4);
  });

  it('goes on after its messages were lost, when the sweeper looks', async () => {
    const { send } = house.ports.work;
    house.ports.work.send = async () => {};
    const job = await importFile(house, rows(25_000, 'Oslo'));
    house.ports.work.send = send;
    await house.settle();
    expect((await readJob(house.ports, job.id)).state).toBe('pending');
    house.advance(61_000);
    expect(await sweep(house.ports)).toBe(1);
    expect((await settled(house, job)).counts).toEqual({ created: 25_000 });
  });

  it('exports exactly the variables that members have, whatever earlier imports taught the list', async () => {
    await imported(house, 'email,a,unused\nx@example.com,1,\n', { list: 'One' });
    await imported(house, 'email,b\nx@example.com,2\n', { list: 'Two' });
    expect((await exported(house, 'One', { fields: { vars: 1 } }))[0]).toBe('"Profile Id","Email Hash",a,b');
    expect((await exported(house, 'Two', { fields: { vars: 1 } }))[0]).toBe('"Profile Id","Email Hash",a,b');
  });

  it('exports in order of profile id over many slices', async () => {
    await imported(house, rows(60_000, 'Oslo'));
    const job = await settled(house, await submitJob(house, 'export_list_data', { list: 'Main' }));
    expect(job.chunks).toBeGreaterThan(1);
    expect(job.counts.exported).toBe(60_000);
    const ids = (await exported(house, 'Main', { fields: { a: 1 } })).slice(1).map((line) => line.slice(0, 24));
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(60_000);
  });

  it('leaves nothing of the work behind although the process died right after the end was written', async () => {
    const { list } = house.ports.files;
    house.ports.files.list = async () => {
      throw new Error('the process dies here');
    };
    const job = await imported(house, `${rows(100, 'Oslo')}broken\n`, { report_email: 'owner@example.com' });
    expect(job).toMatchObject({ state: 'completed', counts: { created: 100, rejected: 1 } });
    house.ports.files.list = list;
    await house.settle();
    house.advance(2 * 60_000 + 1);
    await sweep(house.ports);
    const left = await house.ports.files.list(`jobs/${job.id}/`);
    expect(left).toEqual([`jobs/${job.id}/results/rejected.csv`]);
  });

  it('removes an export after two hours and says so, and leaves nothing of the work behind', async () => {
    await imported(house, rows(10, 'Oslo'));
    const job = await settled(house, await submitJob(house, 'export_list_data', { list: 'Main' }));
    const key = job.files.export?.key ?? '';
    expect(await house.ports.files.head(key)).toBeDefined();
    expect(await house.ports.files.list(`jobs/${job.id}/`)).toEqual([]);
    house.advance(2 * 3600_000 + 1_000);
    await sweep(house.ports);
    expect(await house.ports.files.head(key)).toBeUndefined();
    const later = await readJob(house.ports, job.id);
    expect(later.files.export).toMatchObject({ removed: true });
    expect(later.due).toBeUndefined();
  });
});
