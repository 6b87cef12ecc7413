import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { flow } from '../../src/app/flow.ts';
import { startWorker } from '../../src/app/jobs.ts';
import type { BoxResult } from '../../src/base/doors.ts';
import { keptBlobs } from '../../src/io/blobs/store.ts';
import { systemClock } from '../../src/io/clock/clock.ts';
import { openDb } from '../../src/io/db/postgres.ts';
import { fileKeys } from '../../src/io/keys/file.ts';
import type { TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopSources } from '../lab-rehearsal.ts';

/** A worker of its own process on a test's hub, whose box never comes back: to be killed while it works. Says `working` when it is there. */
const { host, port, database, dir } = JSON.parse(process.argv[2]!) as TestHub['at'];
const db = await openDb({ host, port, user: 'breakwater', database }, { poolSize: 4, keepsPlans: true });
const keys = fileKeys(join(dir, 'keys.json'), 'test.example');
const box = {
  ...loopBox(),
  run: () => {
    process.stdout.write('working\n');
    return new Promise<BoxResult>(() => {});
  },
};
const lab = { box, sources: loopSources, recipes: loopRecipes };
const house = {
  db,
  keys,
  blobs: keptBlobs(join(dir, 'blobs'), db, keys.wrapping()),
  clock: systemClock,
  chance: (n: number) => randomBytes(n),
};
await startWorker({ ...house, ...lab } as never, db.pool, { ...flow, dues: [] }, 1, (problem, error) =>
  process.stderr.write(`${problem} ${error}\n`),
);
