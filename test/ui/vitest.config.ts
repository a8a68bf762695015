import { defineConfig } from 'vitest/config';

/** One browser at a time: it is the page that is tried, not the machine. */
export default defineConfig({
  test: {
    include: ['test/ui/*.test.ts'],
    fileParallelism: false,
    pool: 'forks',
    // A browser shares the machine with whatever else runs: what it shows late once is asked for once more.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
