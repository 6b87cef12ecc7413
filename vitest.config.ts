import { defineConfig } from 'vitest/config';

// Every *.test.ts belongs to exactly one project; test/laws/house.test.ts holds us to it.
export default defineConfig({
  test: {
    globalSetup: ['test/postgres.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // How long a busy machine may take until it is so; a test that waits in vain fails all the same.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'web/**/*.test.ts'] } },
      { extends: true, test: { name: 'laws', include: ['test/laws/*.test.ts'] } },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/*.test.ts'] } },
      { extends: true, test: { name: 'flows', include: ['test/flows/*.test.ts'] } },
      { extends: true, test: { name: 'desk', include: ['test/desk/*.test.ts'], testTimeout: 60_000 } },
      { extends: true, test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], testTimeout: 900_000 } },
      { extends: true, test: { name: 'slow', include: ['test/slow/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
