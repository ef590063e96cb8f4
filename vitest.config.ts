import { defineConfig } from 'vitest/config';
import { findChromium } from './test/console/chromium.ts';

const project = (name: string, options: { timeout?: number } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeout ?? 20_000,
    // A bench starts all emulators, tables and queues, on a machine that does other things too.
    hookTimeout: 180_000,
  },
});

/** Nothing is left out where everything must be tested. */
const hasBrowser = findChromium() !== undefined || process.env.CI !== undefined;
if (!hasBrowser)
  console.warn('No Chromium: the browser tests of the web console are left out. To run them: apt-get install chromium');

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('wire'),
      project('contracts', { timeout: 60_000 }),
      project('model', { timeout: 120_000 }),
      project('local', { timeout: 120_000 }),
      project('cli', { timeout: 120_000 }),
      project('cloud', { timeout: 120_000 }),
      ...(hasBrowser ? [project('console', { timeout: 120_000 })] : []),
      project('infra', { timeout: 120_000 }),
    ],
  },
});
