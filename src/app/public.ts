import type { Doors } from '../base/doors.ts';
import { headOf } from '../clearinghouse/releases/store.ts';
import { repeat, type Worker } from './jobs.ts';
import type { Publisher } from './publisher.ts';

const lookEveryMs = 100;
/** How many looks there are from one round to the next that is made whether or not something was released: lists, cosignatures, freshness. */
const looksPerRound = 10;

/** Keeps the public tree on disk in step with the releases: whatever serves or mirrors it needs neither database nor key. */
export function startPublishing({ db }: Pick<Doors, 'db'>, publisher: Publisher, log: (problem: string, error: unknown) => void): Worker {
  let [published, looks] = [-1, 0];
  return repeat(lookEveryMs, log, async () => {
    const { size } = await db.singly(headOf);
    if (size === published && looks++ % looksPerRound !== 0) return;
    await publisher.publish();
    published = size;
  });
}
