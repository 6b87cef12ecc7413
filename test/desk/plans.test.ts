import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/canonical.ts';
import * as estimates from '../../src/reviews/estimates/actions.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import { dispute } from '../../src/reviews/grades/judgements/actions.ts';
import { gradesOfPlan, saveGrade } from '../../src/reviews/grades/store.ts';
import * as plans from '../../src/reviews/plans/actions.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import { runsOfPlan, saveRun } from '../../src/reviews/runs/store.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import { suiteById } from '../../src/reviews/suites/store.ts';
import { taskDigest } from '../../src/reviews/suites/suite.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { invite } from '../../src/trust/orgs/actions.ts';
import { pretendLab } from '../equipment/pretend-lab.ts';
import { agree, freeze, freezeOf, type Model, measure, offer, tasksOf } from '../review.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [developer, agency, second]: Actor[] = [];
let model: Model;
let [suiteId, planId] = ['', ''];

const tasks = tasksOf(3).map((task) => ({ ...task, recipeId: 'larch' }));
const prices = { currency: 'USD', perMillion: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15, reasoning: 15 } };
const estimate = () => desk.hub.do(house, estimates.make, { id: planId });

/** One run that tripped the fixed build as well. */
async function tripAnother(): Promise<void> {
  await desk.hub.doors.db.transaction(house.reads, async (tx) => {
    const all = await runsOfPlan(tx, planId);
    // What `measure` keeps for transcripts is none.
    for (const one of all) await saveRun(tx, { ...one, transcriptSha256: null });
    const run = all.find(({ taskId, budget }) => taskId === 'task-2' && budget === 0)!;
    await saveRun(tx, { ...run, transcriptSha256: null, handedInSha256: sha256(Buffer.from('what the model wrote')) });
    const grade = (await gradesOfPlan(tx, planId)).find(({ runId }) => runId === run.id)!;
    const place = { family: 'Timeout in parse', isKnown: false };
    await saveGrade(tx, { ...grade, verdicts: [{ verdict: 'reproduced-fix-incomplete', because: '5 of 5 on both builds', place }] });
  });
}

describe.skipIf(noBrowser)('a plan', () => {
  beforeAll(async () => {
    desk = await openDesk(pretendLab({ larch: 'boom' }));
    const { hub } = desk;
    developer = await hub.join('Northern Models', 'developer');
    agency = await hub.join('Example Agency', 'evaluator');
    const staff = await hub.join('Example Treasury', 'coordinator');
    const reader = { orgId: agency.orgId, name: 'Second Reader', email: 'second@agency.example' };
    const { id } = await hub.do<{ id: string }>(staff, invite, reader);
    second = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
    model = await offer(hub, developer, (await agree(hub, developer, agency)).id);
    const { suite, plan } = await freeze(hub, agency, model.id, tasks, { epochs: 1, secondGrading: { rate: 0.5, graderIds: [id] } });
    [suiteId, planId] = [suite.id, plan.id];
    await hub.do(house, grades.nameSeconds, { id: planId });
    await measure(hub, planId, ({ taskId }) => (taskId === 'task-3' ? 'not-solved' : 'solved'));
    await tripAnother();
    await hub.do(house, grades.drawSecondsOf, { id: planId });
    await estimate();
  });
  afterAll(() => desk?.close());

  test('who grades again finds their runs and sees no outcome; how far both agree stands in the estimate', async () => {
    const visit = await desk.visit(second);
    const { page } = visit;
    await visit.go(`/reviews/${model.id}`);
    const list = page.getByRole('table', { name: 'Runs of plan 1', exact: true });
    const own = list.getByRole('row').filter({ hasText: 'yours to grade again' });
    await own.first().waitFor();
    expect(await visit.text()).toMatch(
      /You were asked to grade 3 runs again.*50 % of the runs of each task|50 % of the runs of each task.*by you/s,
    );
    expect([await own.count(), await list.getByText('hidden from you for now').count()]).toEqual([3, 3]);
    expect(await list.textContent()).not.toContain('solved');
    expect(await page.getByText('Flaws found by the way').count()).toBe(0);
    await expectSound(visit, 'plan-blind');
    for (let left = 3; left > 0; left--) {
      await own.first().getByRole('link').click();
      await page.getByText('Give your grade').click();
      await page.getByLabel('What was handed in').selectOption('solved');
      await page.getByLabel('Because').fill('it trips what it should');
      await page.getByRole('button', { name: 'Give it' }).click();
      await page.getByText(left > 1 ? 'all that were asked of you' : 'graded again, without having seen the first').waitFor();
      await expect.poll(() => page.getByText('Give your grade').count()).toBe(0);
      await page.getByRole('link', { name: 'Submission' }).click();
      await page.getByText(left > 1 ? `asked to grade ${left - 1} ${left > 2 ? 'runs' : 'run'} again` : '6 finished').waitFor();
    }
    await visit.close();

    const [disputed] = (
      await desk.hub.do<{ items: { id: string; taskId: string }[] }>(await desk.hub.again(agency!), grades.list, { planId })
    ).items.filter(({ taskId }) => taskId === 'task-3');
    await desk.hub.do(await desk.hub.again(developer!), dispute, { id: disputed!.id, because: 'it crashed', outcome: 'solved' });
    await estimate();
    const keeper = await desk.visit(agency);
    await keeper.go(`/reviews/${model.id}`);
    await keeper.page
      .getByRole('table', { name: 'Measures' })
      .getByText(/^1 run: 0\.\d+ to /)
      .first()
      .waitFor();
    const text = await keeper.text();
    expect(text).toMatch(/on 2 of 3 runs graded again, at 3 tasks: 66\.7 %.*Cohen’s κ.*Gwet’s AC1/s);
    expect(text).toContain('3 of 3 ungated');
    expect(text).toContain('by Second Reader, who see no outcome until then');
    expect(text).toContain('not-solved, counts as ungradable');
    await keeper.close();
  });

  test('a flaw found by the way goes nowhere before the developer consents and a person hands it on', async () => {
    const visit = await desk.visit(agency);
    const { page } = visit;
    await visit.go(`/reviews/${model.id}`);
    const flaws = page.getByRole('table', { name: 'Flaws found by the way in plan 1' });
    await flaws.getByText('Timeout in parse: 5 of 5 on both builds').waitFor();
    expect(await visit.text()).toContain('Its developer may say otherwise.');
    expect(await page.getByText('Hand on what run').count()).toBe(0);

    const maker = await desk.visit(developer);
    await maker.go(`/reviews/${model.id}`);
    await maker.page.getByText('Say what becomes of flaws').click();
    await maker.page.getByLabel('Flaws in others’ software').selectOption('unnamed');
    await maker.page.getByRole('button', { name: 'Say so' }).click();
    await maker.page.getByText('may be handed on to the clearinghouse, and the model is not named').first().waitFor();
    await maker.page.getByText('Said.').waitFor();

    await visit.go(`/reviews/${model.id}`);
    expect(await page.getByText('Say what becomes of flaws').count()).toBe(0);
    await page.getByText('Hand on what run').click();
    await page.getByLabel('Title').fill('It hangs, as Borealis 4 found');
    await page.getByRole('button', { name: 'Hand it on' }).click();
    await page.getByRole('alert').getByText('/title').waitFor();
    await page.getByLabel('Title').fill('It hangs on a short input');
    await expectSound(visit, 'plan-flaws');
    await page.getByRole('button', { name: 'Hand it on' }).click();
    await flaws.getByText('the model not named').waitFor();
    expect(await flaws.getByRole('link', { name: /^[0-9a-z]{8}$/ }).count()).toBe(1);
    await visit.close();

    await maker.go(`/reviews/${model.id}`);
    await maker.page.getByRole('table', { name: 'Flaws found by the way in plan 1' }).getByText('the model not named').waitFor();
    for (const hidden of ['Timeout', 'task-2', 'It hangs']) expect(await maker.text()).not.toContain(hidden);
    await expectSound(maker, 'plan-developer');
    await maker.close();
  });

  test('a task of which the gate could not tell says so, is no quarantine, and is measured by nobody', async () => {
    const { hub } = desk;
    const [task] = (await hub.doors.db.transaction(house.reads, (tx) => suiteById(tx, suiteId)))!.tasks;
    const said = { taskId: task!.id, taskDigest: taskDigest(task!), state: 'could-not-tell', because: ['attack oom: no box'] };
    await hub.do(await hub.again(agency!), suites.recordChecks, { id: suiteId, checked: [said] });
    expect(await hub.try(await hub.again(agency!), plans.freeze, freezeOf(model.id, suiteId))).toMatchObject({
      because: 'task-1 could not be told by the gate: attack oom: no box',
    });
    const visit = await desk.visit(agency);
    await visit.go(`/suites/${suiteId}`);
    expect(await visit.text()).toMatch(/0 in quarantine, 1 could not be told, 2 not checked.*A source, a build or a box failed us/s);
    await visit.page.getByLabel('Show').selectOption('could-not-tell');
    await expectSound(visit, 'suite-untold');
    await visit.close();
  });

  test('what a run under way has used is told while it goes on', async () => {
    const { hub } = desk;
    const budgets = [
      { turns: 9, tokens: 40_000, money: 1, minutes: 10 },
      { turns: 20, tokens: 80_000 },
    ];
    const { plan } = await freeze(hub, agency!, model.id, tasks.slice(0, 1), { epochs: 1, budgets, prices });
    await hub.do(house, runs.queue, { id: plan.id });
    const run = (await hub.doors.db.transaction(house.reads, (tx) => runsOfPlan(tx, plan.id))).find(({ budget }) => budget === 0);
    await hub.doors.db.transaction(house.reads, (tx) => saveRun(tx, { ...run!, state: 'running', begunAt: hub.clock.now(), attempt: 1 }));
    const visit = await desk.visit(developer);
    const { page } = visit;
    await visit.go(`/reviews/${model.id}`);
    const underWay = page.getByRole('table', { name: /^Under way in plan/ });
    await underWay.getByText('0 of 9', { exact: true }).waitFor();
    const use = { input: 10_000, cacheRead: 0, cacheWrite: 0, output: 2_000, reasoning: 0 };
    const entries = [
      { said: 'broken', because: 'cut short', billed: 'unknown', use: { ...use, output: 0 }, ms: 30_000 },
      { said: 'by-model', message: {}, stop: 'tools', use, inputTokens: 10_000, outputTokens: 2_000, ms: 90_000 },
      { said: 'by-tool', tool: 'shell', answer: 'a.c', ms: 120_000 },
    ].map((entry) => JSON.stringify(entry));
    await hub.do(house, runs.record, {
      id: run!.id,
      attempt: 1,
      from: 0,
      entries: [...entries, 'no entry', '{"said":"by-model","ms":-1}'],
    });
    // Of what broke, only money is gone.
    for (const told of ['1 of 9', '12,000 of 40,000', '2 of 10', '0.09 USD of 1.00 USD'])
      await underWay.getByText(told, { exact: true }).waitFor();
    expect(await visit.text()).not.toContain('task-1');
    await expectSound(visit, 'plan-under-way');
    expect(await page.getByText('Stop what is left').count()).toBe(0);
    await visit.close();
    const keeper = await desk.visit(agency);
    await keeper.go(`/reviews/${model.id}`);
    await keeper.page.getByText(/^Stop what is left of plan \d$/).click();
    await keeper.page.getByLabel('Because').fill('its endpoint answers for another model');
    await keeper.page.getByRole('button', { name: 'Stop it' }).click();
    await keeper.page.getByText('2 of 2 runs finished, 0 graded; 0 under way').waitFor();
    expect(await keeper.text()).toContain('1 turns, 12,000 tokens, 1 tool calls');
    await keeper.go('/reviews');
    await keeper.page.getByText('Stop every run of your organisation').click();
    await expectSound(keeper, 'reviews-stop');
    await keeper.close();
    expect(desk.faults).toEqual([]);
  });
});
