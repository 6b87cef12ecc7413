import type { Doors, Tx } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { house } from '../trust/access.ts';
import { act, saltOf } from '../trust/act.ts';
import { type Flow, type Happened, type Hop, laneOf, type Work } from '../trust/flow.ts';
import type { AnyLabour } from '../trust/labour.ts';
import { appendEntries, lockCursor, moveCursor, nextOf, waitingOf } from '../trust/log/store.ts';
import type { Patience } from './patience.ts';
import { watched } from './watching.ts';

const who = { actor: house };
const brokenAgain = refuse('unavailable', 'this broke the hub again and again; whoever runs it has the cause');

/** Between two pieces of work: how long the last one took. */
type GiveWay = (workedMs: number) => Promise<void>;

/** Hands a labour to whoever does it, within the transaction that moves the cursor. */
type Enqueue = (tx: Tx, labour: AnyLabour, id: string, priority: number) => Promise<void>;

/**
 * Runs every hop and hands out every work that the log has for us; returns how many. Safe to run in several processes.
 * Without `patience` a Fault is thrown; with it, one hostile thing that breaks a hop holds up neither the other hops nor, in the end, its own.
 */
export async function followOnce(doors: Doors, flow: Flow, enqueue: Enqueue, patience?: Patience, giveWay?: GiveWay): Promise<number> {
  const followers = [...flow.hops.flatMap(lanesOf), ...flow.works.map((work) => ({ name: nameOf(work), event: work.on }))];
  const waiting = await doors.db.transaction(house.reads, (tx) => waitingOf(tx, followers));
  let moved = 0;
  for (const hop of flow.hops) {
    const lanes = lanesOf(hop);
    if (lanes.some(({ name }) => waiting.has(name))) moved += await followHop(doors, lanes, patience, giveWay);
  }
  for (const work of flow.works) if (waiting.has(nameOf(work))) moved += await followWork(doors, work, enqueue, giveWay);
  return moved;
}

function nameOf(of: Hop | Work): string {
  return `${of.on}→${'verb' in of ? of.verb.name : of.labour.name}`;
}

interface Lane {
  readonly hop: Hop;
  readonly no: number;
  readonly name: string;
  readonly event: string;
}

function lanesOf(hop: Hop): Lane[] {
  const [name, event] = [nameOf(hop), hop.on];
  return Array.from({ length: hop.lanes }, (_, no) => ({ hop, no, name: no === 0 ? name : `${name} ${no + 1}`, event }));
}

async function followHop(
  doors: Doors,
  lanes: readonly Lane[],
  patience: Patience | undefined,
  giveWay: GiveWay | undefined,
): Promise<number> {
  const before: Happened[][] = [];
  // One after the other and before any moves: a lane that was never followed begins where the first one stands.
  for (const { name, event } of lanes) before.push(await pending(doors, name, event, lanes[0]!.name));
  const shared = giveWay && ((workedMs: number) => giveWay(workedMs * lanes.length));
  const ended = await Promise.allSettled(lanes.map((lane, i) => followLane(doors, lane, before[i]!, patience, shared)));
  return ended.reduce((moved, end) => {
    if (end.status === 'rejected') throw end.reason;
    return moved + end.value;
  }, 0);
}

async function followLane(
  doors: Doors,
  { hop, no, name }: Lane,
  found: readonly Happened[],
  patience: Patience | undefined,
  giveWay: GiveWay | undefined,
): Promise<number> {
  const own = found.filter(({ thing }) => laneOf(thing, hop.lanes) === no);
  let moved = 0;
  for await (const happened of paced(own, giveWay)) {
    const tried = `${name} ${happened.seq}`;
    if (patience && !patience.mayTry(tried)) return moved;
    const input = given(hop.give, happened);
    let outcome: unknown;
    try {
      outcome =
        input === undefined || isRefusal(input) ? input : await act(doors, hop.verb, { who, input, follower: { name, seq: happened.seq } });
    } catch (error) {
      if (!patience) throw error;
      if (!patience.giveUp(tried, error)) return moved;
      await note(doors, name, happened, brokenAgain, 'flow.parked');
      moved++;
      continue;
    }
    if (isRefusal(outcome)) {
      // Another worker did this hop while we tried.
      if (outcome.code === 'stale') return moved;
      if (outcome.code === 'unavailable') return moved;
      await note(doors, name, happened, outcome);
    } else if (input === undefined) await skip(doors, name, happened.seq);
    moved++;
  }
  const last = found.at(-1);
  if (last && last !== own.at(-1)) {
    await skip(doors, name, last.seq);
    moved++;
  }
  return moved;
}

async function followWork(doors: Doors, work: Work, enqueue: Enqueue, giveWay: GiveWay | undefined): Promise<number> {
  const name = nameOf(work);
  const found = await pending(doors, name, work.on);
  for await (const happened of paced(found, giveWay)) {
    const id = given(work.give, happened);
    if (isRefusal(id)) {
      await note(doors, name, happened, id);
      continue;
    }
    await doors.db.transaction(house.reads, async (tx) => {
      if ((await lockCursor(tx, name)) >= happened.seq) return;
      if (id !== undefined) await enqueue(tx, work.labour, id, await work.priority(tx, happened));
      await moveCursor(tx, name, happened.seq);
    });
  }
  return found.length;
}

async function* paced<T>(things: readonly T[], giveWay: GiveWay | undefined): AsyncGenerator<T> {
  for (const thing of things) {
    const beganMs = performance.now();
    yield thing;
    await giveWay?.(performance.now() - beganMs);
  }
}

/** An event that is not of the shape the flow expects must not stop its follower for ever. */
function given<T>(give: (happened: Happened) => T, happened: Happened): T | Refusal {
  try {
    return give(happened);
  } catch (error) {
    return refuse('malformed', `what is passed on could not be made of the event: ${(error as Error).message}`);
  }
}

async function pending(doors: Doors, name: string, event: string, beginsAt = name): Promise<Happened[]> {
  return doors.db.transaction(house.reads, async (tx) => nextOf(tx, event, await lockCursor(tx, name, beginsAt), limits.followBatchRows));
}

async function skip(doors: Doors, name: string, seq: number): Promise<void> {
  await doors.db.transaction(house.reads, async (tx) => void (await moveCursor(tx, name, seq)));
}

/** A hop that was refused is part of the history: nobody has to wonder why nothing came of an event. */
async function note(
  doors: Doors,
  name: string,
  happened: Happened,
  refusal: Refusal,
  as: 'flow.refused' | 'flow.parked' = 'flow.refused',
): Promise<void> {
  await doors.db.transaction(house.reads, async (tx) => {
    if (!(await moveCursor(tx, name, happened.seq))) return;
    const payload = { follower: name, seq: happened.seq, code: refusal.code, because: refusal.because };
    const salt = () => saltOf(doors);
    const event = { event: as, thing: happened.thing, label: happened.label, payload };
    await appendEntries(tx, { actor: house.id, at: doors.clock.now(), salt, events: [event] });
  });
}

/** Without `log` a Fault is thrown; with it, one that breaks does not keep the others from their hour. */
export async function runDues(doors: Doors, flow: Flow, log?: (problem: string, error: unknown) => void): Promise<void> {
  for (const due of flow.dues) {
    try {
      await act(doors, due, { who, input: {} });
    } catch (error) {
      if (!log) throw error;
      log(due.name, error);
    }
  }
}

/** Does one labour from beginning to end. Returns the refusal when it was done already or is gone. */
export async function labourOnce(doors: Doors, labour: AnyLabour, id: string): Promise<Refusal | undefined> {
  const spec = await act(doors, labour.begin, { who, input: { id } });
  if (isRefusal(spec)) return spec;
  const evidence = await watched(doors, labour, id, (watch) => labour.work(spec, doors, watch));
  if (isRefusal(evidence)) return evidence;
  const concluded = await act(doors, labour.conclude, { who, input: { id, evidence } });
  return isRefusal(concluded) ? concluded : undefined;
}

/** Follows until nothing moves any more, doing the labours in this process: for tests and for one-shot commands. */
export async function settle(doors: Doors, flow: Flow, maxRounds = 200): Promise<void> {
  const refused: string[] = [];
  for (let round = 0; round < maxRounds; round++) {
    const queue: { labour: AnyLabour; id: string }[] = [];
    await runDues(doors, flow);
    const moved = await followOnce(doors, flow, async (_tx, labour, id) => void queue.push({ labour, id }));
    for (const { labour, id } of queue) {
      const refusal = await labourOnce(doors, labour, id);
      if (refusal) refused.push(`${labour.name} ${id}: ${refusal.code} ${refusal.because}`);
    }
    if (moved === 0) {
      if (refused.length) throw new Error(`labours refused:\n${refused.join('\n')}`);
      return;
    }
  }
  throw new Error(`the flow did not settle within ${maxRounds} rounds`);
}
