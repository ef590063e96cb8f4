import { defineConfig } from 'vitest/config';

const project = (name: string, options: { timeout?: number; serial?: boolean } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeout ?? 20_000,
    hookTimeout: 60_000,
    fileParallelism: !options.serial,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('wire'),
      project('contracts', { timeout: 60_000 }),
      project('model', { timeout: 120_000 }),
      project('local', { timeout: 120_000, serial: true }),
      project('cli', { timeout: 120_000, serial: true }),
      project('cloud', { timeout: 120_000, serial: true }),
      project('infra', { timeout: 120_000 }),
    ],
  },
});
