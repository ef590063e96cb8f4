// Houses in which small jobs have many chunks, and ways to do something in the middle of one.

import type { Job } from '../../functions/jobs/job.ts';
import { type House, type HouseOptions, openHouse } from './house.ts';
import { readObject } from './jobs.ts';

/** Chunks of 100 rows, batches of 20, three chunks outstanding, a look before every batch. */
const small: HouseOptions = { tuning: { chunkRows: 100, inlineRows: 0, window: 3, lookEvery: 0 }, batch: 20 };

const open: House[] = [];
export const smallHouse = async (options: HouseOptions = {}): Promise<House> => {
  const house = await openHouse({ ...small, ...options });
  open.push(house);
  return house;
};

export const closeHouses = async (): Promise<void> => {
  for (const house of open.splice(0)) await house.close();
};

/** A file of people who are all different. */
export const peopleCsv = (rows: number, city = 'Oslo'): string =>
  ['email,city', ...Array.from({ length: rows }, (_, index) => `p${index}@example.com,${city}`), ''].join('\n');

/** Does something while the n-th batch from now is being written. */
export const duringBatch = (house: House, number: number, act: () => Promise<unknown>): void => {
  const { apply } = house.ports.profiles;
  let batches = 0;
  house.ports.profiles = {
    ...house.ports.profiles,
    apply: async (...args) => {
      if (++batches === number) await act();
      return apply(...args);
    },
  };
};

/** How many people are in the list. */
export const memberCount = async (house: House, list = 'Main'): Promise<number> => {
  const found = await house.ports.lists.find(house.client.id, list);
  let count = 0;
  for await (const page of house.ports.profiles.members(house.client.id, found?.id ?? '', 0, 256)) count += page.length;
  return count;
};

/** The lines of a result file, header first. */
export const resultLines = async (house: House, job: Job, kind: 'rejected' | 'notProcessed'): Promise<string[]> =>
  (await readObject(house.ports, job.files[kind]?.key ?? '')).trimEnd().split('\n');
