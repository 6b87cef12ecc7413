import { digestOf } from '../../base/canonical.ts';
import { label, ownOf } from '../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { parseRecipe } from '../../lab/recipe.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import { contamination } from './contamination/actions.ts';
import { importSummary, summaries } from './sealed/actions.ts';
import { insertKey } from './sealed/store.ts';
import * as store from './store.ts';
import { type Checked, type Suite, suiteDigest, type Task, taskDigest } from './suite.ts';
import * as wire from './wire.ts';

export const publish = action({
  name: 'suites.publish',
  at: 'POST /api/suites',
  summary: 'Keep a suite of tasks, each on a target that this hub has a recipe for.',
  by: ['evaluator'],
  input: wire.publishInput,
  output: wire.suiteOut,
  async run(ctx, input) {
    const known = new Set(ctx.doors.recipes.all().map((r) => r.id));
    const missing = input.tasks.findIndex((t) => !known.has(t.recipeId));
    if (missing >= 0)
      return refuse('not_found', `this hub has no recipe "${input.tasks[missing]?.recipeId}"`, `/tasks/${missing}/recipeId`);
    const fault = misplaced(ctx, input.tasks);
    if (fault) return fault;
    const { name, tasks } = input;
    const suite = suiteOf(ctx, { name, tasks, count: tasks.length, digest: suiteDigest(tasks), custodian: null });
    await store.insertSuite(ctx.tx, suite);
    return done(suite, published(suite));
  },
  present: wire.present,
});

/** What is hidden must be there to be hidden, and what is shown there to be shown; of recipes that hide nothing nothing is read. */
function misplaced(ctx: Ctx, tasks: readonly Task[]): Refusal | undefined {
  for (const [i, { recipeId, hidden, level }] of tasks.entries()) {
    if (hidden.pocs.length === 0) continue;
    const recipe = parseRecipe(ctx.doors.recipes.all().find((r) => r.id === recipeId)?.text ?? '');
    const at = `/tasks/${i}/hidden/pocs`;
    if (isRefusal(recipe) || hidden.pocs.some((name) => !recipe.pocs.includes(name)))
      return refuse('not_found', 'what it hides is none of the PoCs of its recipe', at);
    if (level >= 2 && recipe.pocs.every((name) => hidden.pocs.includes(name)))
      return refuse('malformed', 'it shows a crash, and hides every PoC that could make it', at);
  }
  return undefined;
}

export const recordChecks = action({
  name: 'suites.recordChecks',
  at: 'POST /api/suites/:id/checks',
  summary: 'Keep what the gate of tasks (`breakwater suites check`) said of tasks of a suite; a plan takes none that is in quarantine.',
  by: ['evaluator'],
  input: wire.checkedInput,
  output: wire.suiteOut,
  on: (ctx, input) => store.suiteById(ctx.tx, input.id),
  async run(ctx, input, suite: Suite) {
    const digests = new Set(suite.tasks.map(taskDigest));
    const other = input.checked.findIndex(({ taskDigest }) => !digests.has(taskDigest));
    if (other >= 0) return refuse('stale', 'the suite has no task of this digest', `/checked/${other}/taskDigest`);
    const checks = digestOf(input.checked);
    const fresh = new Map<string, Checked>(input.checked.map((said) => [said.taskDigest, { ...said, checkedAt: ctx.now, checks }]));
    const checked = [...suite.checked.filter(({ taskDigest }) => !fresh.has(taskDigest)), ...fresh.values()];
    const now = { ...suite, checked };
    await store.saveChecked(ctx.tx, now);
    const [passed, quarantined] = [count(input.checked, 'passed'), count(input.checked, 'quarantined')];
    const payload = { digest: suite.digest, checks, passed, quarantined, couldNotTell: input.checked.length - passed - quarantined };
    return done(now, { event: 'suite.checked', thing: suite.id, label: suite.label, payload });
  },
  present: wire.present,
});

const count = (checked: readonly { readonly state: string }[], of: string) => checked.filter(({ state }) => state === of).length;

export const seal = action({
  name: 'suites.seal',
  at: 'POST /api/suites/sealed',
  summary: 'Announce a suite that its custodian keeps to itself: a digest and a count.',
  by: ['evaluator'],
  input: wire.sealInput,
  output: wire.suiteOut,
  async run(ctx, input) {
    const { custodianKey, ...said } = input;
    const suite = suiteOf(ctx, { ...said, tasks: [] });
    await store.insertSuite(ctx.tx, suite);
    if (custodianKey !== undefined) await insertKey(ctx.tx, suite.id, custodianKey, suite.label);
    return done(suite, published(suite));
  },
  present: wire.present,
});

export const get = action({
  name: 'suites.get',
  at: 'GET /api/suites/:id',
  summary: 'One suite of your own, with its tasks.',
  by: ['evaluator'],
  input: wire.byId,
  output: wire.suiteOut,
  on: (ctx, input) => store.suiteById(ctx.tx, input.id),
  async run(_ctx, _input, suite: Suite) {
    return done(suite);
  },
  present: wire.present,
});

export const list = action({
  name: 'suites.list',
  at: 'GET /api/suites',
  summary: 'The suites your organisation keeps, oldest first.',
  by: ['evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listSuites(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

function suiteOf(ctx: Ctx, of: Pick<Suite, 'name' | 'tasks' | 'count' | 'digest' | 'custodian'>): Suite {
  const orgId = ctx.actor.orgId as Suite['orgId'];
  return { id: ctx.id('sui'), orgId, ...of, checked: [], label: label('AMBER+STRICT', ownOf(orgId)), publishedAt: ctx.now };
}

/** The digest is in the log before any model is measured with it; the tasks are not. */
function published(suite: Suite): Happening {
  return { event: 'suite.published', thing: suite.id, label: suite.label, payload: { digest: suite.digest, count: suite.count } };
}

export const suiteActions = [publish, seal, recordChecks, contamination, importSummary, summaries, get, list];
