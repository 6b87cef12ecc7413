import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { settle } from '../../src/app/worker.ts';
import { type Instant, plusMs } from '../../src/base/instant.ts';
import { strikeClocks } from '../../src/clearinghouse/cases/clocks/actions.ts';
import { endEmbargoes, lapseProposal } from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { keptBlobs } from '../../src/io/blobs/store.ts';
import { handClock } from '../../src/io/clock/clock.ts';
import { openDb } from '../../src/io/db/postgres.ts';
import { fileKeys } from '../../src/io/keys/file.ts';
import { hop } from '../../src/trust/flow.ts';
import type { TestHub } from '../hub.ts';

/** Drives a test's hub through time in steps, doing whatever is due, until it is killed or at the end. Says each step once it is done. */
const { at, from, steps, stepMs } = JSON.parse(process.argv[2]!) as { at: TestHub['at']; from: Instant; steps: number; stepMs: number };
const { host, port, database, dir } = at;
const db = await openDb({ host, port, user: 'breakwater', database }, { poolSize: 2, keepsPlans: true });
const keys = fileKeys(join(dir, 'keys.json'), 'test.example');
const clock = handClock(from);
const doors = { db, keys, blobs: keptBlobs(join(dir, 'blobs'), db, keys.wrapping()), clock, chance: (n: number) => randomBytes(n) };
const lapse = hop('case.clock-overdue', lapseProposal, ({ thing, payload }) =>
  payload.kind === 'embargo-answer' ? { id: thing } : undefined,
);
for (let step = 1; step <= steps; step++) {
  clock.set(plusMs(from, step * stepMs));
  await settle(doors as never, { hops: [lapse], works: [], dues: [endEmbargoes, strikeClocks] });
  process.stdout.write(`${step}\n`);
}
await db.close();
