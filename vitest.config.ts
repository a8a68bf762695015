import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/recorded/**', 'test/host/official/**', 'test/ui/*.test.ts'],
    pool: 'forks',
    silent: 'passed-only',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
