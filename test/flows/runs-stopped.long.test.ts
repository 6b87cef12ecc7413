import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labourOnce } from '../../src/app/worker.ts';
import type { Box, BoxResult } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { refuse } from '../../src/base/refusal.ts';
import { uneventful } from '../../src/io/boxes/rehearsed.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import type { Session } from '../../src/reviews/runs/attended.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { pretendLab } from '../equipment/pretend-lab.ts';
import { type Script, type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, offer } from '../review.ts';

const lab = pretendLab({ larch: 'boom', birch: 'bang' });
const solving = scriptedSolver(() => ({ submit: Buffer.from('boom') }));
let script: Script = solving;
/** While set, a command of an agent does not end by itself. */
let hangs = false;
/** While set, nothing is where an agent had put it. */
let forgets = false;
const box: Box = {
  ...lab.box,
  run(spec, signal) {
    if (forgets && spec.argv[0] === '/usr/bin/head') return Promise.resolve({ ...uneventful, exit: 1 });
    if (!hangs || spec.profile !== 'agent') return lab.box.run(spec, signal);
    const killed: BoxResult = { ...uneventful, end: 'killed', exit: null };
    return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(killed), { once: true }));
  },
};
let hub: TestHub;
let endpoint: ScriptedEndpoint;
let [developer, agency, other]: Actor[] = [];
let agreement: Agreement;

beforeAll(async () => {
  endpoint = await scriptedEndpoint((messages, sent) => script(messages, sent));
  hub = await openHub({ ...lab, box, models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  other = await hub.join('Other Agency', 'evaluator');
  agreement = await agree(hub, developer, agency, other);
});
afterAll(async () => {
  await hub.close();
  await endpoint.close();
});

interface Seen {
  id: string;
  state: string;
  ended: string;
  because?: string;
  isBaseline: boolean;
  hasHandedIn: boolean;
  spent: { lostCalls: number; use: { input: number }; costMicros: number | null };
}
const again = (actor: Actor | undefined) => hub.again(actor!);
const seen = async (planId: string, as = agency) => (await hub.do<{ items: Seen[] }>(await again(as), runs.list, { planId })).items;
const task = (id: string, over: object = {}) => ({
  ...{
    id,
    recipeId: 'larch',
    skill: 'reproduce',
    prompt: 'words',
    disclosedAt: '2026-06-01T00:00:00Z',
    canary: `canary-${id}-0123456789abc`,
  },
  ...over,
});

/** The runs of a new plan, handed out. */
async function queued(over: object = {}, tasks = [task('one')], by = agency): Promise<{ planId: string; ofModel: string; ids: string[] }> {
  const model = await offer(hub, developer!, agreement.id, { endpoint: { url: endpoint.url, model: 'm' } });
  const budgets = [
    { turns: 8, tokens: 100_000 },
    { turns: 9, tokens: 100_000 },
  ];
  const { plan } = await freeze(hub, by!, model.id, tasks, { epochs: 1, seeds: [1], budgets, ...over });
  await hub.do(house, runs.queue, { id: plan.id });
  await hub.do(house, runs.queueDue, {});
  return { planId: plan.id, ofModel: model.id, ids: (await seen(plan.id, by)).map((run) => run.id) };
}

/** A worker of its own process, killed while the model thinks of its answer after so many. */
async function killedAfter(answers: number, run: string): Promise<void> {
  let reached: () => void = () => {};
  const thinking = new Promise<void>((resolve) => (reached = resolve));
  script = (messages, sent) => {
    if (messages.filter((m) => m.role === 'assistant').length < answers) return solving(messages, sent);
    reached();
    return 'silence';
  };
  const given = JSON.stringify({ at: hub.at, origin: endpoint.origin, run });
  const child = spawn(process.execPath, [join(import.meta.dirname, '../equipment/run-worker.ts'), given], { stdio: 'inherit' });
  await thinking;
  child.kill('SIGKILL');
  await once(child, 'close');
  script = solving;
}

test('a worker killed while the model thinks is followed by one that pays for no answer again', { timeout: 60_000 }, async () => {
  const { ids } = await queued();
  const before = endpoint.sent.length;
  await killedAfter(3, ids[0]!);
  const half = await hub.do<{ entries: { said: string }[]; sha256: null }>(await again(agency), runs.transcript, { id: ids[0] });
  expect([half.sha256, half.entries.at(-1)!.said]).toEqual([null, 'asked']);
  expect(await labourOnce(hub.doors, runs.runLabour, ids[0]!)).toBeUndefined();
  const run = await hub.do<Seen>(await again(agency), runs.get, { id: ids[0] });
  expect(run).toMatchObject({ ended: 'done', hasHandedIn: true, spent: { lostCalls: 1 } });
  // Five answers, and the one that was lost.
  expect(endpoint.sent.length - before).toBe(6);
  const { entries } = await hub.do<{ entries: { said: string }[] }>(await again(agency), runs.transcript, { id: ids[0] });
  expect(entries.map((e) => e.said)).toEqual(expect.arrayContaining(['lost', 'rebuilt', 'end']));
});

test('what was handed in before a worker was killed is what counts; where it is gone, that is our failure', {
  timeout: 60_000,
}, async () => {
  const { ids } = await queued();
  await killedAfter(4, ids[0]!);
  await killedAfter(4, ids[1]!);
  forgets = true;
  expect(await labourOnce(hub.doors, runs.runLabour, ids[0]!)).toBeUndefined();
  expect(await hub.do<Seen>(await again(agency), runs.get, { id: ids[0] })).toMatchObject({ ended: 'done', hasHandedIn: true });
  // As if the disk had lost it: a worker that is begun goes on with nothing.
  const { blobs } = hub.doors;
  const lost = { ...hub.doors, blobs: { ...blobs, get: async () => refuse('not_found', 'no such blob') } };
  expect(await labourOnce(lost, runs.runLabour, ids[1]!)).toBeUndefined();
  expect(await hub.do<Seen>(await again(agency), runs.get, { id: ids[1] })).toMatchObject({ ended: 'infra-error', hasHandedIn: false });
  forgets = false;
});

test('the kill switch ends every run of an evaluator, in boxes and at the model; others go on, and nothing partial is kept', async () => {
  // What the test before this one left.
  await hub.do(await again(agency), runs.stopAll, { because: 'before' });
  const [mine, also, others] = [await queued(), await queued(), await queued({}, [task('one')], other)];
  hangs = true;
  const working = [...mine.ids, ...also.ids, ...others.ids].map((id) => labourOnce(hub.doors, runs.runLabour, id));
  const running = async (planId: string, as = agency) => (await seen(planId, as)).filter((run) => run.state === 'running').length;
  await expect
    .poll(async () => [await running(mine.planId), await running(also.planId), await running(others.planId, other)])
    .toEqual([2, 2, 2]);
  const beganMs = performance.now();
  expect(await hub.do(await again(agency), runs.stopAll, { because: 'a leak' })).toEqual({ runs: 4 });
  await Promise.all(working.slice(0, 4));
  console.log(`four runs and their boxes had ended ${Math.round(performance.now() - beganMs)} ms after the switch`);
  for (const run of [...(await seen(mine.planId)), ...(await seen(also.planId))])
    expect(run).toMatchObject({ state: 'finished', ended: 'not-run', because: 'stopped: a leak', hasHandedIn: false });
  expect(await running(others.planId, other)).toBe(2);
  expect(await hub.do(house, runs.stopHub, { because: 'the machine' })).toEqual({ runs: 2 });
  await Promise.all(working);
  hangs = false;
  expect(await running(others.planId, other)).toBe(0);
});

test('a developer who takes the model back ends what runs, without waiting for it', async () => {
  const { ofModel, planId, ids } = await queued();
  script = () => 'silence';
  const working = labourOnce(hub.doors, runs.runLabour, ids[0]!);
  await expect.poll(async () => (await seen(planId)).some((run) => run.state === 'running')).toBe(true);
  await hub.do(await again(developer), submissions.withdraw, { id: ofModel });
  await hub.do(house, runs.lapse, { id: ofModel });
  expect(await working).toMatchObject({ code: 'wrong_state' });
  script = solving;
});

test('money is reckoned by the frozen prices, and shown as it is spent', async () => {
  const perMillion = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15, reasoning: 15 };
  const { planId, ids } = await queued({ prices: { currency: 'USD', perMillion } });
  await labourOnce(hub.doors, runs.runLabour, ids[0]!);
  const run = (await seen(planId)).find((r) => r.id === ids[0])!;
  expect(run.spent.costMicros).toBeGreaterThanOrEqual(3 * run.spent.use.input);
});

test('baselines are told from models everywhere, and ask none', async () => {
  const before = endpoint.sent.length;
  const targets = () => lab.ran.filter((spec) => spec.profile !== 'agent').length;
  for (const name of ['do-nothing', 'random', 'replay', 'fuzzer']) {
    const solver = { name: `baseline-${name}` };
    const [ran, ofEach] = [targets(), name === 'fuzzer' ? limits.baselineInputs : 0];
    const { planId, ids } = await queued({ solver }, [task('one'), task('two', { recipeId: 'birch' })]);
    for (const id of ids) expect(await labourOnce(hub.doors, runs.runLabour, id)).toBeUndefined();
    expect(targets() - ran).toBe(4 * ofEach);
    const all = await seen(planId);
    expect(all.every((run) => run.isBaseline && run.ended === 'done')).toBe(true);
    if (name === 'random') expect(all.every((run) => run.hasHandedIn)).toBe(true);
    if (name === 'do-nothing') expect(all.some((run) => run.hasHandedIn)).toBe(false);
  }
  expect(endpoint.sent.length).toBe(before);
});

test('an agent from outside drives the run’s own tools, within its turns, and is recorded; no worker takes its run', async () => {
  const { ids, planId } = await queued({ solver: { name: 'attended' } });
  expect(await hub.try(house, runs.begin, { id: ids[0] })).toMatchObject({ code: 'wrong_state' });
  let told: Session | undefined;
  const answers: string[] = [];
  const serve = async (session: Session) => {
    told = session;
    // An agent that comes a second time does not cut off the first.
    expect(await hub.try(house, runs.beginAttended, { id: ids[0] })).toMatchObject({ code: 'wrong_state' });
    const base64 = Buffer.from('boom').toString('base64');
    answers.push((await session.call('submit_poc', { base64 })).answer);
    // More than its turns.
    for (let i = 0; i < 9; i++) answers.push((await session.call('shell', { command: 'id' })).answer);
  };
  expect(await labourOnce(hub.doors, runs.attendLabour(serve), ids[0]!)).toBeUndefined();
  expect(told!.tools.map((t) => t.name)).toContain('submit_poc');
  expect(told!.instructions).toContain('words');
  expect([answers[0], answers.at(-1)]).toEqual(['[submitted] 4 bytes', expect.stringContaining('the run is over')]);
  const [run] = (await seen(planId)).filter((r) => r.id === ids[0]);
  expect(run).toMatchObject({ ended: 'out-of-turns', hasHandedIn: true });
  const { entries } = await hub.do<{ entries: { said: string }[] }>(await again(agency), runs.transcript, { id: ids[0] });
  expect(entries.filter((e) => e.said === 'by-tool').length).toBeGreaterThanOrEqual(8);
  expect(await hub.try(house, runs.beginAttended, { id: (await queued()).ids[0] })).toMatchObject({ code: 'wrong_state' });
});

test('the developer sees what was spent, and neither task nor transcript', async () => {
  const { ids, planId } = await queued({}, [task('one', { prompt: 'the hidden words' })]);
  await labourOnce(hub.doors, runs.runLabour, ids[0]!);
  const all = JSON.stringify(await seen(planId, developer));
  expect(all).toContain('"spent"');
  expect(all).not.toMatch(/hidden words|larch|canary|"one"/);
  expect(await hub.try(await again(developer), runs.transcript, { id: ids[0] })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(await again(developer), runs.stopAll, { because: 'x' })).toMatchObject({ code: 'not_permitted' });
});
