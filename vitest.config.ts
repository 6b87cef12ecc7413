import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.sequencer.ts';

// Others' suites, properties over very many cases, flows that take more than a second or two: part of `npm test`, too long for `npm run check`.
const [long, longFlows] = ['src/**/*.long.test.ts', 'test/flows/*.long.test.ts'];

// Every *.test.ts belongs to exactly one project; test/laws/house.test.ts holds us to it.
export default defineConfig({
  test: {
    globalSetup: ['test/postgres.setup.ts'],
    setupFiles: ['test/properties.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than a small machine has processors: much of the time a test waits for a database, a browser or a box.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // How long a busy machine may take until it is so; a test that waits in vain fails all the same.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      // What is pure may share its modules with the file before it; they are read once.
      { extends: true, test: { name: 'unit', isolate: false, include: ['src/**/*.test.ts', 'web/**/*.test.ts'], exclude: [long] } },
      { extends: true, test: { name: 'laws', isolate: false, include: ['test/laws/*.test.ts'] } },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/*.test.ts'] } },
      { extends: true, test: { name: 'flows', isolate: false, include: ['test/flows/*.test.ts'], exclude: [longFlows] } },
      { extends: true, test: { name: 'long', include: [long] } },
      { extends: true, test: { name: 'long-flows', isolate: false, include: [longFlows] } },
      {
        extends: true,
        test: { name: 'desk', include: ['test/desk/*.test.ts'], testTimeout: 120_000, globalSetup: ['test/desk/built.setup.ts'] },
      },
      { extends: true, test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], testTimeout: 900_000 } },
      // A second kernel, registries that vanish, hundreds of boxes: `npm run soak`, not part of `npm test`.
      { extends: true, test: { name: 'soak', include: ['test/soak/*.test.ts'], testTimeout: 900_000 } },
      { extends: true, test: { name: 'slow', include: ['test/slow/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
