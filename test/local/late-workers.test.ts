// What the model test found, each made to happen on real parts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelJob, retryJob } from '../../functions/jobs/control.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import type { Ports } from '../../functions/jobs/ports.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { sendReport } from '../../functions/jobs/report.ts';
import { lookAtPatches, type PatchEntry } from '../../functions/jobs/rows/apply-patches.ts';
import { runChunk } from '../../functions/jobs/run-chunk.ts';
import { uploadArrived } from '../../functions/jobs/schedule.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, importFile, readJob, readObject, settled, submitJob } from '../helpers/jobs.ts';

const endless = () => Number.POSITIVE_INFINITY;
const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com,Oslo`);
const file = (rows: readonly string[]) => ['email,city', ...rows, ''].join('\n');

describe('someone who comes late or dies', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({
      wrap: (ports) => ({
        ...ports,
        tuning: { ...ports.tuning, chunkRows: 4, inlineRows: 0, lookEvery: 0 },
        profiles: { ...ports.profiles, batch: 2 },
      }),
    });
  });
  afterEach(() => house.close());

  const planned = async (rows: readonly string[], params: Record<string, unknown> = {}) => {
    const job = await importFile(house, file(rows), params);
    await handleMessage(house.ports, { v: 1, kind: 'plan', job: job.id }, endless);
    return job;
  };
  /** Takes all messages away. */
  const forgetMessages = (): void => {
    for (let received = house.ports.messages.receive('work'); received; received = house.ports.messages.receive('work'))
      house.ports.messages.done(received.id);
  };

  it('leaves no work of an ended job, though whoever ended it died right after', async () => {
    const job = await planned(['nobody,', ...people(3), ...people(6).slice(4)]);
    const { list } = house.ports.files;
    let deaths = 1;
    house.ports.files.list = async (prefix) => {
      if (deaths-- > 0) throw new Error('the process dies here');
      return list(prefix);
    };
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'completed' });
    house.advance(3 * 60_000);
    await sweep(house.ports);
    expect(await list(`jobs/${job.id}/parts/`)).toEqual([]);
    expect(await list(`jobs/${job.id}/plan-`)).toEqual([]);
  });

  it('does not write over the rejected rows that another worker on its chunk has accounted', async () => {
    const job = await planned(['a@example.com,', 'nobody,1', 'b@example.com,', 'nobody,2', ...people(3)]);
    forgetMessages();
    const { files, jobs } = house.ports;
    // The other worker does the whole chunk, and all others are done, while the first one, out of time, is about to write its part.
    const others = async () => {
      const dying = { ...house.ports, jobs: { ...jobs, move: async () => Promise.reject(new Error('dies here')) } };
      await runChunk(house.ports, job.id, 1, endless);
      await runChunk(dying as Ports, job.id, 0, endless).catch(() => {});
    };
    const late: Ports = {
      ...house.ports,
      files: {
        ...files,
        put: async (key, ...rest) => {
          if (key.includes('/rejected/0')) await others();
          return files.put(key, ...rest);
        },
      },
    };
    let batches = 1;
    await runChunk(late, job.id, 0, () => (batches-- > 0 ? Number.POSITIVE_INFINITY : 0));
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'completed', counts: { rejected: 2 } });
    const text = await readObject(house.ports, ended.files.rejected?.key ?? '');
    expect(
      text
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('nobody')),
    ).toHaveLength(2);
  });

  it('calls a row that made a profile created, though another job has changed the profile since', async () => {
    const first = await imported(house, file(['ada@example.com,Oslo']));
    await imported(house, file(['ada@example.com,Bergen']));
    const key = sidOf(house.client.id, 'ada@example.com');
    const entry: PatchEntry = { key, email: 'ada@example.com', patch: { vars: { city: 'Oslo' } } };
    expect(await lookAtPatches({ ports: house.ports, client: house.client, job: first }, [entry])).toEqual([
      { outcome: 'created' },
    ]);
  });

  it('runs a retry to its end although the time of the input that it shares with its parent is over', async () => {
    const job = await importFile(house, file(people(9)));
    await cancelJob(house.ports, house.client, job.id);
    house.advance(7 * 24 * 3600_000 - 5_000);
    const retried = await retryJob(house.ports, house.client, job.id);
    await handleMessage(house.ports, { v: 1, kind: 'plan', job: retried.id }, endless);
    house.advance(10_000);
    await sweep(house.ports);
    expect(await house.ports.files.head(job.source && 'key' in job.source ? job.source.key : '')).toBeUndefined();
    expect(await settled(house, retried)).toMatchObject({ state: 'completed', counts: { created: 9 } });
  });

  it('takes no file for a job that has ended, and removes it in its time', async () => {
    const request = { list: 'Main', upload: { filename: 'people.csv', size: 10 } };
    const job = await submitJob(house, 'import', request);
    await cancelJob(house.ports, house.client, job.id);
    const key = job.ticket?.key ?? '';
    await house.ports.files.put(key, 'a@example.');
    expect(await uploadArrived(house.ports, key)).toBe(false);
    const ended = await readJob(house.ports, job.id);
    expect(ended).toMatchObject({ state: 'cancelled', ticket: { key } });
    house.advance(7 * 24 * 3600_000 + 10_000);
    await sweep(house.ports);
    expect(await house.ports.files.head(key)).toBeUndefined();
  });

  it('sends no report again that arrived while it was held up', async () => {
    const job = await planned(people(1), { report_email: 'sender@example.com' });
    forgetMessages();
    await runChunk(house.ports, job.id, 0, endless);
    let mails = 0;
    const { jobs, mail } = house.ports;
    const looked = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const sending = (before: () => Promise<void>): Ports['mail'] => ({
      send: async (message) => {
        mails++;
        await before();
        await mail.send(message);
      },
    });
    // Reads that another one is sending, and sleeps until long after that one was done.
    const heldUp: Ports = {
      ...house.ports,
      mail: sending(async () => {}),
      jobs: {
        ...jobs,
        read: async (id) => {
          const found = await jobs.read(id);
          looked.resolve();
          await arrived.promise;
          return found;
        },
      },
    };
    let late: Promise<void> | undefined;
    const first = sending(async () => {
      late = sendReport(heldUp, job.id, 'mail');
      await looked.promise;
    });
    await sendReport({ ...house.ports, mail: first }, job.id, 'mail');
    house.advance(200_000);
    arrived.resolve();
    await late;
    expect(mails).toBe(1);
    expect(await readJob(house.ports, job.id)).toMatchObject({
      deliveries: { mail: { state: 'delivered', attempts: 1 } },
    });
  });
});
