import { describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { runSchedule } from './schedule.ts';

const mostSchedules = 2_000;

describe('the model', () => {
  for (const [name, mutant] of Object.entries(mutants))
    it(`catches ${name}`, { timeout: 300_000 }, async () => {
      let caught: string | undefined;
      for (let seed = 1; caught === undefined && seed <= mostSchedules; seed++)
        [caught] = (await runSchedule(seed, mutant)).violations;
      expect(caught, `${mostSchedules} schedules and nothing broke`).toBeDefined();
    });
});
