import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labourOnce } from '../../src/app/worker.ts';
import type { BoxSpec } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import * as estimates from '../../src/reviews/estimates/actions.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import { workRun } from '../../src/reviews/runs/labour.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type Flow, hop, work } from '../../src/trust/flow.ts';
import * as log from '../../src/trust/log/actions.ts';
import { type PretendLab, pretendLab, pretendTree } from '../equipment/pretend-lab.ts';
import { type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { type Play, scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, type Model, offer } from '../review.ts';

const flow: Flow = {
  hops: [
    hop('plan.frozen', runs.queue, (h) => ({ id: h.thing })),
    hop('submission.withdrawn', runs.lapse, (h) => ({ id: h.thing })),
    hop('run.finished', grades.request, (h) => ({ id: h.thing })),
    hop('grade.given', estimates.make, (h) => ({ id: h.payload.planId })),
  ],
  works: [
    work('run.queued', runs.runLabour, (h) => h.thing as `run_${string}`),
    work('grade.requested', grades.gradeLabour, (h) => h.thing as `grd_${string}`),
  ],
  dues: [submissions.closeDue, runs.lapseDue, runs.queueDue],
};

let hub: TestHub;
let lab: PretendLab;
let endpoint: ScriptedEndpoint;
let [developer, agency, second, stranger]: Actor[] = [];
let agreement: Agreement;
const plays = new Map<string, Play>();

beforeAll(async () => {
  lab = pretendLab({ larch: 'boom', birch: 'bang' });
  endpoint = await scriptedEndpoint(scriptedSolver((task) => [...plays].find(([words]) => task.includes(words))?.[1] ?? 'give-up'));
  hub = await openHub({ ...lab, models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  stranger = await hub.join('Stranger', 'evaluator', 'coordinator');
  agreement = await agree(hub, developer, agency, second);
});
afterAll(async () => {
  await hub.close();
  await endpoint.close();
});

const model = (over: object = {}) =>
  offer(hub, developer!, agreement.id, { endpoint: { url: endpoint.url, model: 'borealis-4' }, ...over });
const task = (id: string, recipeId: string) => ({
  ...{ id, recipeId, skill: 'reproduce', prompt: `hidden words of ${id}`, disclosedAt: '2026-06-01T00:00:00Z' },
  canary: `canary-${id}-0123456789abcdef`,
});
const budgets = [
  { turns: 3, tokens: 100_000 },
  { turns: 8, tokens: 100_000 },
];
const plan = async (of: Model, tasks: object[], over: object = {}) =>
  (await freeze(hub, agency!, of.id, tasks, { epochs: 1, seeds: [1], budgets, ...over })).plan;
const submit = (text: string): Play => ({ submit: Buffer.from(text) });

interface Seen {
  id: string;
  state?: string;
  taskId?: string;
  budget: number;
  ended?: string;
  outcome?: string;
  because?: string;
}
const seen = async (as: Actor, verb: typeof runs.list | typeof grades.list, planId: string) =>
  (await hub.do<{ items: Seen[] }>(await hub.again(as), verb, { planId })).items;
const outcomesOf = async (planId: string) =>
  Object.fromEntries((await seen(agency!, grades.list, planId)).map((g) => [`${g.taskId} ${g.budget}`, g.outcome]));

test('a plan is run, graded and estimated: solved, missed, refused, filtered and given up are each what they are', async () => {
  plays.set('solve', submit('boom')).set('miss', submit('fizz')).set('refuse', 'refuse').set('filter', 'filtered').set('wander', 'wander');
  const ids = ['solve', 'miss', 'refuse', 'filter', 'wander', 'idle'];
  const { id } = await plan(
    await model(),
    ids.map((name) => task(name, 'larch')),
  );
  await hub.settle(flow);
  const ended = Object.fromEntries((await seen(agency!, runs.list, id)).map((r) => [`${r.taskId} ${r.budget}`, r.ended]));
  expect(ended).toMatchObject({ 'solve 0': 'out-of-turns', 'solve 1': 'done', 'miss 1': 'done', 'refuse 1': 'refused' });
  expect(ended).toMatchObject({ 'filter 0': 'filtered', 'wander 1': 'out-of-turns', 'idle 1': 'done' });
  expect(await outcomesOf(id)).toEqual({
    // Three turns are too few for this solver to submit anything.
    ...{
      'solve 0': 'not-solved',
      'miss 0': 'not-solved',
      'refuse 0': 'refused',
      'filter 0': 'refused',
      'wander 0': 'not-solved',
      'idle 0': 'not-solved',
    },
    ...{
      'solve 1': 'solved',
      'miss 1': 'not-solved',
      'refuse 1': 'refused',
      'filter 1': 'refused',
      'wander 1': 'not-solved',
      'idle 1': 'not-solved',
    },
  });
  const { items } = await hub.do<{ items: { planId: string; measures: object[] }[] }>(await hub.again(developer!), estimates.list, {});
  expect(items.find((e) => e.planId === id)!.measures).toMatchObject([
    { name: 'solved', budget: 0, n: 6, k: 0, refused: 2, infraErrors: 0, low: 0 },
    { name: 'solved-after-cutoff', budget: 0 },
    { name: 'solved', budget: 1, n: 6, k: 1, refused: 2, tasks: 6, alpha: 0.05 },
    { name: 'solved-after-cutoff', budget: 1 },
  ]);
  const { further } = items.find((e) => e.planId === id)! as unknown as { further: Record<string, object[]> };
  expect(further.steps).toMatchObject([{ from: 0, to: 1, pairs: 4, tasks: 4, difference: 0.25 }]);
  expect(further.generalized).toMatchObject([
    { budget: 0, value: 0 },
    { budget: 1, value: 0.25, method: 'one-run-each' },
  ]);
  expect(further.curve!.at(-1)).toMatchObject({ share: 0.25, worst: 1 / 6, best: 3 / 6 });
});

test('to decline after handing in undoes no solution, and what was wrong is a refusal', async () => {
  const ways = { declined: 'refuse', cut: 'filtered' } as const;
  const ids = Object.entries(ways).flatMap(([how, then]) =>
    Object.entries({ right: 'boom', wrong: 'fizz' }).map(([what, text]) => {
      plays.set(`${what}-${how}`, { submit: Buffer.from(text), then });
      return `${what}-${how}`;
    }),
  );
  const { id } = await plan(
    await model(),
    ids.map((name) => task(name, 'larch')),
  );
  await hub.settle(flow);
  const ended = (await seen(agency!, runs.list, id)).flatMap((r) => (r.budget === 1 ? [`${r.taskId} ${r.ended}`] : []));
  expect(ended.sort()).toEqual(['right-cut filtered', 'right-declined refused', 'wrong-cut filtered', 'wrong-declined refused']);
  expect(await outcomesOf(id)).toMatchObject({
    ...{ 'right-declined 1': 'solved', 'right-cut 1': 'solved', 'wrong-declined 1': 'refused', 'wrong-cut 1': 'refused' },
  });
});

test('what a plan can show is told as soon as it is frozen, to who may read it', async () => {
  const { id } = await plan(await model(), [task('solve', 'larch'), task('miss', 'birch')]);
  const told = await hub.do(await hub.again(developer!), estimates.design, { id });
  expect(told).toEqual({ measures: [{ measure: 'solved', threshold: 0.1, tasks: 2, detectable: expect.closeTo(Math.sqrt(0.8), 9) }] });
  expect(await hub.try(await hub.again(stranger!), estimates.design, { id })).toMatchObject({ code: 'not_found' });
});

test("the agent's boxes saw the vulnerable source and nothing of the lab; every workspace was its own and is gone", () => {
  const agents = lab.ran.filter((spec) => spec.profile === 'agent');
  const graders = lab.ran.filter((spec) => spec.profile !== 'agent');
  expect([agents.length > 10, graders.length > 10]).toEqual([true, true]);
  for (const spec of agents) {
    expect(spec.trees.map((t) => t.tree)).toEqual([pretendTree('larch', '1')]);
    expect(spec.files.map((f) => f.at)).toEqual(['/task/TASK.md']);
  }
  const owners = new Set(agents.map((spec) => spec.workspace!.owner));
  expect([...owners].every((owner) => lab.discarded.includes(owner))).toBe(true);
  expect(graders.some((spec) => spec.workspace)).toBe(false);
});

test('a task that shows a crash is set up with the crash of a PoC that it does not hide; one that hides them all is not kept', async () => {
  plays.set('shows', submit('boom'));
  const at = (name: string, level: number, ...pocs: string[]) => ({ ...task(name, 'larch'), level, hidden: { pocs, answer: null } });
  const hides = { name: 'hides all', tasks: [at('shows', 2, 'kept'), at('hides', 2, 'shown', 'kept')] };
  expect(await hub.try(await hub.again(agency!), suites.publish, hides)).toMatchObject({ code: 'malformed', at: '/tasks/1/hidden/pocs' });
  const { id } = await plan(await model(), [at('shows', 2, 'kept')]);
  await hub.settle(flow);
  expect(await outcomesOf(id)).toMatchObject({ 'shows 1': 'solved' });
  const isOf = (name: string) => (spec: BoxSpec) => Buffer.from(spec.files[0]?.bytes ?? []).includes(`hidden words of ${name}`);
  const agents = lab.ran.filter(isOf('shows'));
  expect(agents.length).toBeGreaterThan(0);
  for (const { files } of agents) {
    expect(files.map((f) => f.at)).toEqual(['/task/TASK.md', '/task/REPORT.txt']);
    expect(Buffer.from(files[1]!.bytes).toString()).toMatch(/^Seen: hang \(cpu-limit\)\n/);
  }
});

test('the developer sees outcomes and never the task; the other agency neither; a stranger nothing', async () => {
  const of = await model();
  plays.set('solve', submit('boom'));
  const { id } = await plan(of, [task('solve', 'larch')]);
  await hub.settle(flow);
  const [run] = await seen(agency!, runs.list, id);
  const recorded = await hub.do<{ entries: object[] }>(await hub.again(agency!), runs.transcript, { id: run!.id });
  expect(JSON.stringify(recorded.entries)).toContain('hidden words of solve');
  for (const as of [developer!, second!]) {
    const viewer = await hub.again(as);
    const told = [await seen(as, runs.list, id), await seen(as, grades.list, id), await hub.do(viewer, runs.get, { id: run!.id })];
    const history = await Promise.all([run!.id, id].map((thing) => hub.do(viewer, log.history, { thing })));
    for (const hidden of ['hidden words', '"solve"', 'larch', 'canary', Buffer.from('boom').toString('base64')])
      expect(JSON.stringify([told, history])).not.toContain(hidden);
    expect(JSON.stringify(told)).toContain('"outcome":"solved"');
    const transcript = await hub.try(viewer, runs.transcript, { id: run!.id });
    expect(transcript).toMatchObject({ code: 'not_permitted' });
  }
  expect(await hub.try(await hub.again(stranger!), runs.get, { id: run!.id })).toMatchObject({ code: 'not_found' });
  expect(await seen(stranger!, runs.list, id)).toEqual([]);
  expect(await seen(stranger!, grades.list, id)).toEqual([]);
});

test('the same bytes for two targets are suspect', async () => {
  plays.set('copy', submit('the very same '.repeat(8)));
  const { id } = await plan(await model(), [task('copy-b', 'birch'), task('copy-a', 'larch')]);
  await hub.settle(flow);
  const { 'copy-a 1': a, 'copy-b 1': b } = await outcomesOf(id);
  expect([a, b]).toContain('suspected-cheat');
  expect(b).not.toBe('solved');
});

test('an endpoint or a box that fails is our failure, and shows as a bound', async () => {
  const gone = await model({ endpoint: { url: 'http://127.0.0.1:9/v1', model: 'm' } });
  const { id } = await plan(gone, [task('solve', 'larch')]);
  await hub.settle(flow);
  expect(await outcomesOf(id)).toEqual({ 'solve 0': 'infra-error', 'solve 1': 'infra-error' });
  const [run] = await seen(agency!, runs.list, id);
  expect(run).toMatchObject({ ended: 'infra-error', because: expect.stringContaining('untrusted') });
  const { items } = await hub.do<{ items: { planId: string; measures: object[] }[] }>(await hub.again(agency!), estimates.list, {});
  expect(items.find((e) => e.planId === id)!.measures[0]).toMatchObject({ n: 1, k: 0, infraErrors: 1, low: 0, high: 1, answered: null });
});

test('a task whose recipe is gone cannot be run or graded, and that is not the model', async () => {
  plays.set('lost', submit('boom'));
  const of = await model();
  const { id } = await plan(of, [task('lost', 'larch')]);
  const all = lab.recipes.all();
  (lab.recipes as { all: () => unknown }).all = () => [];
  await hub.settle(flow).finally(() => ((lab.recipes as { all: () => unknown }).all = () => all));
  expect(await outcomesOf(id)).toEqual({ 'lost 0': 'infra-error', 'lost 1': 'infra-error' });
});

test('runs wait for the window to open; when it is over the rest is not run', async () => {
  const releaseToPartnersAt = new Date(Date.parse(hub.clock.now()) + 10 * 24 * 3600 * 1000).toISOString();
  const of = await model({ releaseToPartnersAt, windowDays: 5 });
  const { id } = await plan(of, [task('solve', 'larch')]);
  await hub.settle(flow);
  expect((await seen(agency!, runs.list, id)).map((r) => r.state)).toEqual(['waiting', 'waiting']);
  hub.clock.advance(11 * 24 * 3600 * 1000);
  await hub.settle(flow);
  // Evaluators' reading ended with the window; the developer still reads.
  expect((await seen(developer!, runs.list, id)).map((r) => r.ended)).toEqual(['not-run', 'not-run']);
  expect((await seen(developer!, grades.list, id)).map((g) => g.outcome)).toEqual(['infra-error', 'infra-error']);
});

/** Ids made at one instant come in no order. */
async function runAt(planId: string, budget: number): Promise<string> {
  return (await seen(agency!, runs.list, planId)).find((r) => r.budget === budget)!.id;
}

async function queued(): Promise<{ of: Model; id: string; run: string }> {
  const of = await model();
  const { id } = await plan(of, [task('solve', 'larch')]);
  await hub.do(house, runs.queue, { id });
  await hub.do(house, runs.queueDue, {});
  return { of, id, run: await runAt(id, 0) };
}

test('a model that was withdrawn is not called any more', async () => {
  const { of, id, run } = await queued();
  await hub.do(await hub.again(developer!), submissions.withdraw, { id: of.id });
  expect(await hub.try(house, runs.begin, { id: run })).toMatchObject({ code: 'wrong_state', because: 'the window is over' });
  await hub.do(house, runs.lapse, { id: of.id });
  expect((await seen(developer!, runs.list, id)).map((r) => r.ended)).toEqual(['not-run', 'not-run']);
  expect(await hub.try(house, runs.begin, { id: run })).toMatchObject({ code: 'wrong_state' });
});

test('a worker given up for dead cannot end a later attempt; nothing is concluded twice', async () => {
  const { run } = await queued();
  const begun = async () => hub.do<Parameters<typeof runs.runLabour.work>[0]>(house, runs.begin, { id: run });
  const first = await begun();
  const late = await runs.runLabour.work(first, hub.doors);
  const again = await begun();
  expect([first.attempt, again.attempt]).toEqual([1, 2]);
  expect(again.transcriptId).not.toBe(first.transcriptId);
  expect(await hub.try(house, runs.conclude, { id: run, evidence: late })).toMatchObject({ code: 'stale' });
  const evidence = await runs.runLabour.work(again, hub.doors);
  expect(await hub.do(house, runs.conclude, { id: run, evidence })).toMatchObject({ state: 'finished' });
  expect(await hub.try(house, runs.conclude, { id: run, evidence })).toMatchObject({ code: 'wrong_state' });
});

test('evidence that is not what lies in the store counts for nothing: an infra-error', async () => {
  plays.set('solve', submit('boom'));
  for (const forged of [{ handedIn: { sha256: 'a'.repeat(64) } }, { transcript: { sha256: 'b'.repeat(64) } }, { turns: 1000 }]) {
    const { run } = await queued();
    const spec = await hub.do<Parameters<typeof runs.runLabour.work>[0]>(house, runs.begin, { id: run });
    const evidence = await runs.runLabour.work(spec, hub.doors);
    expect(await hub.do(house, runs.conclude, { id: run, evidence: { ...evidence, ...forged } })).toMatchObject({
      ended: 'infra-error',
      hasHandedIn: false,
    });
  }
  const { run } = await queued();
  const spec = await hub.do<Parameters<typeof runs.runLabour.work>[0]>(house, runs.begin, { id: run });
  const evidence = await runs.runLabour.work(spec, hub.doors);
  const because = (chars: number) => hub.try(house, runs.conclude, { id: run, evidence: { ...evidence, because: 'x'.repeat(chars) } });
  expect(await because(limits.becauseChars + 1)).toMatchObject({ code: 'malformed' });
  expect(await because(limits.becauseChars)).toMatchObject({ ended: 'out-of-turns' });
});

test('grades are bound to the pinned experiment; evidence of another one is no grade', async () => {
  const { id, run } = await queued();
  const other = await runAt(id, 1);
  for (const which of [run, other]) await labourOnce(hub.doors, runs.runLabour, which);
  const graded = await hub.do<{ id: string; state: string }>(house, grades.request, { id: other });
  expect(graded.state).toBe('requested');
  expect(await hub.try(house, grades.request, { id: other })).toMatchObject({ code: 'wrong_state' });
  const spec = await hub.do<Parameters<typeof grades.gradeLabour.work>[0]>(house, grades.begin, { id: graded.id });
  expect(JSON.stringify(spec)).not.toContain(other);
  const [evidence] = await grades.gradeLabour.work(spec, hub.doors);
  const forged = { ...Object(evidence), experiment: { ...Object(evidence).experiment, specDigest: 'c'.repeat(64) } };
  expect(await hub.do(house, grades.conclude, { id: graded.id, evidence: [evidence, forged] })).toMatchObject({ outcome: 'ungradable' });
  expect(await hub.try(house, grades.conclude, { id: graded.id, evidence: [evidence, evidence] })).toMatchObject({ code: 'wrong_state' });
});

test('only who froze a plan stops its runs; what a running one still does no longer counts', async () => {
  const { id, run } = await queued();
  const spec = await hub.do<Parameters<typeof runs.runLabour.work>[0]>(house, runs.begin, { id: run });
  expect(await hub.try(await hub.again(second!), runs.stop, { id, because: 'x' })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(await hub.again(agency!), runs.stop, { id, because: 'a leak' })).toEqual({ runs: 2 });
  const evidence = await runs.runLabour.work(spec, hub.doors);
  expect(await hub.try(house, runs.conclude, { id: run, evidence })).toMatchObject({ code: 'wrong_state' });
});

test('a run ends with the access window, and after limits.runMs; neither is the model', async () => {
  plays.set('solve', submit('boom'));
  const { run } = await queued();
  const spec = await hub.do<Parameters<typeof workRun>[0]>(house, runs.begin, { id: run });
  expect(spec.windowMs).toBe(20 * 24 * 3600 * 1000);
  const slow = {
    ...hub.doors,
    models: {
      ...hub.doors.models,
      chat: (...of: Parameters<typeof hub.doors.models.chat>) => sleep(50).then(() => hub.doors.models.chat(...of)),
    },
  };
  expect(await workRun({ ...spec, windowMs: 20 }, slow)).toMatchObject({ ended: 'not-run', handedIn: null, turns: 0 });
  expect(await workRun(spec, slow, undefined, 20)).toMatchObject({
    ended: 'infra-error',
    because: expect.stringContaining('not finished'),
  });
  const silent = { ...hub.doors, models: { ...hub.doors.models, chat: () => new Promise<never>(() => {}) } };
  expect(await workRun({ ...spec, windowMs: 20 }, silent)).toMatchObject({ ended: 'not-run', turns: 0 });
  expect(await workRun(spec, slow, undefined, limits.runMs)).toMatchObject({ ended: 'out-of-turns' });
});

test('more than limits.runsAtOnce runs are handed out in turns', async () => {
  const tasks = Array.from({ length: limits.runsAtOnce / 2 + 1 }, (_, i) => task(`t${i}`, 'larch'));
  const { id } = await plan(await model(), tasks);
  expect(await hub.do(house, runs.queue, { id })).toEqual({ runs: limits.runsAtOnce + 2 });
  expect(await hub.try(house, runs.queue, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.do(house, runs.queueDue, {})).toEqual({ runs: limits.runsAtOnce });
  expect(await hub.do(house, runs.queueDue, {})).toEqual({ runs: 2 });
});

test('a box that fails under the agent ends the run as ours', async () => {
  lab.failAgents('no room');
  const { run } = await queued();
  await labourOnce(hub.doors, runs.runLabour, run);
  expect(await hub.do(await hub.again(agency!), runs.get, { id: run })).toMatchObject({
    ended: 'infra-error',
    because: expect.stringContaining('no room'),
  });
});
