import type pg from 'pg';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Doors } from '../base/doors.ts';
import { publicLabel } from '../base/label.ts';
import { limits } from '../base/limits.ts';
import { house } from '../trust/access.ts';
import type { Flow } from '../trust/flow.ts';
import type { AnyLabour } from '../trust/labour.ts';
import { appendEntries } from '../trust/log/store.ts';
import { followOnce, labourOnce, runDues } from './worker.ts';

const followEveryMs = 200;
const dueEveryMs = 1000;
const heartbeatSeconds = 10;
const labourSeconds = 60 * 60;

export interface Worker {
  stop(): Promise<void>;
}

/** Follows the log and does the labours. Any number of workers may run on one database: leases and wake-ups are PostgreSQL's. */
export async function startWorker(
  doors: Doors,
  pool: pg.Pool,
  flow: Flow,
  atOnce: number,
  log: (problem: string, error: unknown) => void,
): Promise<Worker> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) }, schema: 'jobs' });
  boss.on('error', (error) => log('jobs', error));
  await boss.start();
  const labours = new Map(flow.works.map((w) => [w.labour.name, w.labour]));
  for (const labour of labours.values()) {
    const retry = { retryLimit: limits.jobRetries, retryDelay: 1, retryBackoff: true, expireInSeconds: labourSeconds };
    await boss.createQueue(labour.name, { ...retry, heartbeatSeconds });
    const options = { batchSize: 1, includeMetadata: true as const, localConcurrency: atOnce, pollingIntervalSeconds: 0.5 };
    await boss.work<{ id: string }>(labour.name, options, async ([job]) => {
      if (job) await attempt(doors, labour, job.data.id, job.retryCount >= limits.jobRetries, log);
    });
  }
  const enqueue = async (tx: Parameters<typeof fromKysely>[0], labour: AnyLabour, id: string) =>
    void (await boss.send(labour.name, { id }, { db: fromKysely(tx), singletonKey: id }));
  const following = repeat(followEveryMs, log, () => followOnce(doors, flow, enqueue));
  const duing = repeat(dueEveryMs, log, () => runDues(doors, flow));
  return {
    async stop() {
      await Promise.all([following.stop(), duing.stop()]);
      await boss.stop({ graceful: true, timeout: 5000 });
    },
  };
}

async function attempt(
  doors: Doors,
  labour: AnyLabour,
  id: string,
  isLast: boolean,
  log: (problem: string, error: unknown) => void,
): Promise<void> {
  try {
    const refusal = await labourOnce(doors, labour, id);
    if (refusal && refusal.code !== 'wrong_state') log(`${labour.name} ${id}: ${refusal.because}`, refusal);
  } catch (error) {
    log(`${labour.name} ${id}`, error);
    if (!isLast) throw error;
    // Out of tries: parked where a person sees it, instead of vanishing from a queue.
    const salt = () => Buffer.from(doors.chance(16)).toString('hex');
    const label = { ...publicLabel, tlp: 'AMBER' as const, compartments: ['hou_clearinghouse'] };
    const event = { event: 'flow.parked' as const, thing: id, label, payload: { labour: labour.name, tries: limits.jobRetries + 1 } };
    await doors.db.transaction(house.reads, (tx) => appendEntries(tx, { actor: house.id, at: doors.clock.now(), salt, events: [event] }));
  }
}

/** Runs again and again, never two at once; a failure waits for the next round. */
export function repeat(everyMs: number, log: (problem: string, error: unknown) => void, run: () => Promise<unknown>): Worker {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();
  const next = () => {
    round = run()
      .catch((error) => (stopped ? undefined : log('flow', error)))
      .then((moved) => {
        if (!stopped) timer = setTimeout(next, typeof moved === 'number' && moved > 0 ? 0 : everyMs);
      });
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
