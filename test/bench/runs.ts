import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { labourOnce } from '../../src/app/worker.ts';
import type { Box, BoxSpec, Doors } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import { type Models, noTokens } from '../../src/base/model-door.ts';
import { insist, isRefusal } from '../../src/base/refusal.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import { runsOfPlan } from '../../src/reviews/runs/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { actorById, insertOrg, insertPerson } from '../../src/trust/orgs/store.ts';
import type { TestHub } from '../hub.ts';
import { agree, freeze, offer } from '../review.ts';
import { line, type Measured, median } from './measure.ts';

const calls = 40;

/** A turn of a run (the answer written down, one command in its box, what came of it written down, the next call written down) beside the same box alone. */
export async function benchRuns(given: Doors): Promise<string> {
  const probe = await given.box.probe();
  if (!probe.usable) return `runs: could-not-tell: ${probe.missing.join('; ')}`;
  const turns: { readonly turnMs: number; readonly withinMs: number; readonly bareMs: number }[] = [];
  let [answeredMs, withinMs]: (number | undefined)[] = [];
  let spec: BoxSpec | undefined;
  const box: Box = {
    ...given.box,
    async run(asked, signal) {
      const beganMs = performance.now();
      const result = await given.box.run(asked, signal);
      if (asked.profile === 'agent') [spec, withinMs] = [asked, performance.now() - beganMs];
      return result;
    },
  };
  /** A model that takes no time; before it answers, the box of the last turn is run once more by itself. */
  const models: Models = {
    ...given.models,
    async chat() {
      const turnMs = answeredMs === undefined ? undefined : performance.now() - answeredMs;
      const beganMs = performance.now();
      if (spec) await given.box.run(spec);
      const bareMs = performance.now() - beganMs;
      if (turnMs !== undefined && withinMs !== undefined) turns.push({ turnMs, withinMs, bareMs });
      const call = { id: 'c', name: 'shell', arguments: JSON.stringify({ command: 'true' }) };
      const reply = {
        message: { role: 'assistant', content: '', toolCalls: [call] },
        stop: 'tools',
        use: noTokens,
        model: 'instant',
      } as const;
      answeredMs = performance.now();
      return reply;
    },
  };
  const doors: Doors = { ...given, box, models };
  const refused = await labourOnce(doors, runs.runLabour, await oneRun(doors));
  if (isRefusal(refused) || turns.length < 2) return `runs: could-not-tell: ${refused?.because ?? 'the run did not get to its turns'}`;
  const ratios = turns.map((t) => t.turnMs / t.bareMs).sort((a, b) => a - b);
  const measured: Measured = {
    ...{ name: 'a turn of a run with one command', peer: 'its box alone' },
    ...{ oursMs: median(turns.map((t) => t.turnMs)), peerMs: median(turns.map((t) => t.bareMs)) },
    ratio: [median(ratios), ratios[0]!, ratios.at(-1)!],
  };
  const beyond = turns.map((t) => t.turnMs - t.withinMs).sort((a, b) => a - b);
  const p95 = beyond[Math.floor(beyond.length * 0.95)]!;
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  return `${line(measured)}\nbeyond its box a call took ${median(beyond).toFixed(1)} ms (p95 ${p95.toFixed(1)} ms) of ${beyond.length} calls; load ${load}`;
}

async function oneRun(doors: Doors): Promise<string> {
  const again = async (actor: Actor) =>
    (await doors.db.transaction(house.reads, (tx) => actorById(tx, actor.id, actor.scopes, doors.clock.now())))!;
  const hub = {
    ...{ doors, clock: doors.clock, again },
    do: async (as: Actor, verb: Parameters<typeof act>[1], input: unknown) => insist(await act(doors, verb, { who: { actor: as }, input })),
  } as unknown as TestHub;
  const join = async (name: string, role: 'developer' | 'evaluator') => {
    const createdAt = doors.clock.now();
    const id = <K extends 'org' | 'psn'>(kind: K) => makeId(kind, epochMs(createdAt), randomBytes(10));
    const [orgId, personId] = [id('org'), id('psn')];
    await doors.db.transaction(house.reads, async (tx) => {
      await insertOrg(tx, { id: orgId, name, roles: [role], createdAt });
      await insertPerson(tx, { id: personId, orgId, name, email: `${personId}@example.org`, createdAt });
    });
    return again({ id: personId, scopes: ['*'] } as unknown as Actor);
  };
  const [developer, agency] = [await join('Bench Lab', 'developer'), await join('Bench Agency', 'evaluator')];
  const model = await offer(hub, developer, (await agree(hub, developer, agency)).id);
  const task = { id: 'one', recipeId: 'cjson-CVE-2023-53154', skill: 'reproduce', prompt: 'words', disclosedAt: '2026-06-01T00:00:00Z' };
  const budgets = [calls, calls + 1].map((turns) => ({ turns, tokens: 1_000_000 }));
  const tasks = [{ ...task, canary: 'canary-of-the-bench-0123456789' }];
  const { plan } = await freeze(hub, agency, model.id, tasks, { epochs: 1, seeds: [1], budgets });
  await hub.do(house, runs.queue, { id: plan.id });
  await hub.do(house, runs.queueDue, {});
  return (await doors.db.transaction(house.reads, (tx) => runsOfPlan(tx, plan.id as `pln_${string}`)))[0]!.id;
}
