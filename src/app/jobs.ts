import type pg from 'pg';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Doors } from '../base/doors.ts';
import { label } from '../base/label.ts';
import { limits } from '../base/limits.ts';
import { house } from '../trust/access.ts';
import { saltOf } from '../trust/act.ts';
import type { Flow } from '../trust/flow.ts';
import type { AnyLabour } from '../trust/labour.ts';
import { appendEntries, labelOf } from '../trust/log/store.ts';
import { patience } from './patience.ts';
import { type Traffic, traffic } from './traffic.ts';
import { followOnce, labourOnce, runDues } from './worker.ts';

const followEveryMs = 200;
const dueEveryMs = 1000;
const heartbeatSeconds = 10;
/** How often it is looked whether a worker still lives: one that was killed is followed by another after some twenty seconds. */
const superviseSeconds = 10;
/** What is out of tries comes here, also when each of them took its worker along. */
const parkedQueue = 'parked';
/** A labour takes seconds to an hour, most of it in a box: that is not what a submission waits for. */
const longestWaitMs = 250;
const labourSeconds = 60 * 60;
/** For what is not named in the log by itself: a patch is named by its case. */
const parkedLabel = label('AMBER', 'hou_clearinghouse');

interface Job {
  /** Of the labour. */
  readonly labour: string;
  readonly id: string;
}

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
  { giveWay }: Pick<Traffic, 'giveWay'> = traffic(),
): Promise<Worker> {
  const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
  const boss = new PgBoss({ db, schema: 'jobs', superviseIntervalSeconds: superviseSeconds, monitorIntervalSeconds: superviseSeconds });
  boss.on('error', (error) => log('jobs', error));
  await boss.start();
  const labours = new Map(flow.works.map((w) => [w.labour.name, w.labour]));
  await boss.createQueue(parkedQueue, { retryLimit: limits.jobRetries, retryBackoff: true });
  for (const labour of labours.values()) {
    const retry = { retryLimit: limits.jobRetries, retryDelay: 1, retryBackoff: true, expireInSeconds: labourSeconds };
    const queue = { ...retry, heartbeatSeconds, deadLetter: parkedQueue };
    await boss.createQueue(labour.name, queue);
    // One that was there before keeps what it was made with.
    await boss.updateQueue(labour.name, queue);
    const options = { batchSize: 1, localConcurrency: atOnce, pollingIntervalSeconds: 0.5 };
    await boss.work<Job>(labour.name, options, async ([job]) => {
      if (!job) return;
      const beganMs = performance.now();
      await attempt(doors, labour, job.data.id, log);
      await giveWay(Math.min(performance.now() - beganMs, longestWaitMs));
    });
  }
  await boss.work<Job>(parkedQueue, { batchSize: 1, pollingIntervalSeconds: 1 }, async ([job]) => {
    if (job) await park(doors, job.data);
  });
  const enqueue = async (tx: Parameters<typeof fromKysely>[0], labour: AnyLabour, id: string, priority: number) => {
    const of = { singletonKey: id, priority, db: fromKysely(tx) };
    const data: Job = { labour: labour.name, id };
    // One that waits already only changes its place.
    const { updated } = await boss.update(labour.name, data, of);
    if (updated === 0) await boss.send(labour.name, data, of);
  };
  const patient = patience(() => performance.now(), log);
  const following = repeat(followEveryMs, log, () => followOnce(doors, flow, enqueue, patient, giveWay));
  const duing = repeat(dueEveryMs, log, () => runDues(doors, flow, log));
  return {
    async stop() {
      await Promise.all([following.stop(), duing.stop()]);
      await boss.stop({ graceful: true, timeout: 5000 });
    },
  };
}

async function attempt(doors: Doors, labour: AnyLabour, id: string, log: (problem: string, error: unknown) => void): Promise<void> {
  try {
    const refusal = await labourOnce(doors, labour, id);
    // Its code and no more: whoever keeps the machine is not read into what the refusal speaks of.
    if (refusal && refusal.code !== 'wrong_state') log(`${labour.name} ${id}: ${refusal.code}`, undefined);
  } catch (error) {
    log(`${labour.name} ${id}`, error);
    throw error;
  }
}

/** Out of tries: said where a person sees it, instead of vanishing from a queue. */
async function park(doors: Doors, { labour, id }: Job): Promise<void> {
  const salt = () => saltOf(doors);
  const payload = { labour, tries: limits.jobRetries + 1 };
  await doors.db.transaction(house.reads, async (tx) => {
    // Under the label of the thing itself: the clearinghouse's staff does not learn so that there is a review.
    const label = (await labelOf(tx, id)) ?? parkedLabel;
    const events = [{ event: 'flow.parked' as const, thing: id, label, payload }];
    await appendEntries(tx, { actor: house.id, at: doors.clock.now(), salt, events });
  });
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
