import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { labourOnce } from '../../src/app/worker.ts';
import { keptBlobs } from '../../src/io/blobs/store.ts';
import { systemClock } from '../../src/io/clock/clock.ts';
import { openDb } from '../../src/io/db/postgres.ts';
import { fileKeys } from '../../src/io/keys/file.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import { runLabour } from '../../src/reviews/runs/actions.ts';
import type { TestHub } from '../hub.ts';
import { pretendLab } from './pretend-lab.ts';

/** A worker of its own process on a test's hub, which does one run with a scripted model: to be killed while the model thinks. */
const { at, origin, run } = JSON.parse(process.argv[2]!) as { at: TestHub['at']; origin: string; run: string };
const db = await openDb({ host: at.host, port: at.port, user: 'breakwater', database: at.database }, { poolSize: 4, keepsPlans: true });
const keys = fileKeys(join(at.dir, 'keys.json'), 'test.example');
const own = {
  db,
  keys,
  blobs: keptBlobs(join(at.dir, 'blobs'), db, keys.wrapping()),
  clock: systemClock,
  chance: (n: number) => randomBytes(n),
};
const lab = { ...pretendLab({ larch: 'boom' }), models: endpointModels({ origins: [origin] }) };
await labourOnce({ ...own, ...lab } as never, runLabour, run);
