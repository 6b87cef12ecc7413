import type { RecipeFiles } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { type Pinned, prepare } from '../../lab/experiment.ts';
import { parseRecipe } from '../../lab/recipe.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Labour } from '../../trust/labour.ts';
import { isPoc } from '../findings/attachment.ts';
import { type Finding, isOver } from '../findings/finding.ts';
import { findingById } from '../findings/store.ts';
import { packageOf } from '../inventories/package-name.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { judge } from './judgement.ts';
import { type Spec, type TrialSpec, workValidation } from './labour.ts';
import * as store from './store.ts';
import { type Trial, type Validation, validationMoves } from './validation.ts';
import * as wire from './wire.ts';

export const request = action({
  name: 'validations.request',
  at: 'POST /api/validations',
  summary: 'Have a finding re-run in the lab.',
  by: ['coordinator'],
  internal: true,
  input: wire.byFinding,
  output: wire.validationOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  run: (ctx, _input, finding: Finding) => start(ctx, finding),
  present: wire.present,
});

export const repeat = action({
  name: 'validations.repeat',
  at: 'POST /api/validations/repeat',
  summary: 'Re-run a finding once more, for example after a recipe was added.',
  by: ['coordinator'],
  input: wire.byFinding,
  output: wire.validationOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const open = (await store.validationsOfFindings(ctx.tx, [input.id])).some((v) => v.state !== 'concluded');
    return open ? refuse('wrong_state', 'this finding is being re-run already') : start(ctx, finding);
  },
  present: wire.present,
});

export const get = action({
  name: 'validations.get',
  at: 'GET /api/validations/:id',
  summary: 'One validation, with every run.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.validationOut,
  on: (ctx, input) => store.validationById(ctx.tx, input.id),
  async run(_ctx, _input, validation: Validation) {
    return done(validation);
  },
  present: wire.present,
});

export const record = action({
  name: 'validations.record',
  at: 'GET /api/validations/:id/record',
  summary: 'The signed record (in-toto Statement in DSSE) with which anybody can repeat the experiment elsewhere.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.recordOut,
  on: (ctx, input) => store.validationById(ctx.tx, input.id),
  async run(_ctx, _input, validation: Validation) {
    return validation.record ? done(validation.record) : refuse('not_found', 'no experiment of this validation was recorded');
  },
});

export const list = action({
  name: 'validations.list',
  at: 'GET /api/validations',
  summary: 'Validations of your findings, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listValidations(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.presentListed),
});

export const begin = action({
  name: 'validations.begin',
  at: 'POST /api/validations/:id/begin',
  summary: 'Pin the experiments of a validation.',
  by: ['coordinator'],
  internal: true,
  input: wire.beginInput,
  output: wire.specOut,
  on: (ctx, input) => store.validationForChange(ctx.tx, input.id),
  async run(ctx, _input, validation: Validation) {
    const state = move(validationMoves, validation.state, 'begin');
    if (isRefusal(state)) return state;
    const specs = await specsOf(ctx, validation);
    const trials = validation.trials.map((trial, i) => ({ ...trial, experiment: digestOf(specs[i]!) }));
    await store.saveValidation(ctx.tx, { ...validation, state, trials });
    const spec: Spec = { trials: specs };
    return done(spec);
  },
});

export const conclude = action({
  name: 'validations.conclude',
  at: 'POST /api/validations/:id/conclude',
  summary: 'Decide what the evidence of a validation says.',
  by: ['coordinator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.validationOut,
  on: (ctx, input) => store.validationForChange(ctx.tx, input.id),
  async run(ctx, input, validation: Validation) {
    const state = move(validationMoves, validation.state, 'conclude');
    if (isRefusal(state)) return state;
    const judgement = judge(validation.trials, await specsOf(ctx, validation), wire.evidenceIn.safeParse(input.evidence).data);
    const record = judgement.seal?.(ctx.doors.keys.signer('records')) ?? null;
    const { trials, verdict, because, crashState, decided } = judgement;
    const concluded: Validation = { ...validation, state, trials, verdict, because, crashState, decided, record, concludedAt: ctx.now };
    await store.saveValidation(ctx.tx, concluded);
    return done(concluded, concludedEvent(concluded));
  },
  present: wire.present,
});

async function start(ctx: Ctx, finding: Finding) {
  if (isOver(finding.state)) return refuse('wrong_state', `this finding is ${finding.state}: nobody waits for a verdict on it`);
  const trials = trialsFor(ctx, finding);
  const impossible = typeof trials === 'string' ? trials : undefined;
  const validation: Validation = {
    ...{ id: ctx.id('val'), findingId: finding.id, package: finding.package, label: finding.label },
    ...{ trials: typeof trials === 'string' ? [] : trials, crashState: null, decided: null, record: null, requestedAt: ctx.now },
    ...(impossible === undefined
      ? { state: 'requested', verdict: null, because: null, concludedAt: null }
      : { state: 'concluded', verdict: 'could-not-tell', because: impossible, concludedAt: ctx.now }),
  };
  await store.insertValidation(ctx.tx, validation);
  const payload = { findingId: finding.id };
  const requested: Happening = { event: 'validation.requested', thing: validation.id, label: validation.label, payload };
  return done(validation, impossible === undefined ? requested : concludedEvent(validation));
}

/** Every PoC against every recipe of the package; or why nothing can be tried. */
function trialsFor(ctx: Ctx, finding: Finding): Trial[] | string {
  const pocs = finding.attachments.filter(isPoc);
  if (pocs.length === 0) return 'no proof of concept was handed in';
  const recipes = ctx.doors.recipes.all().flatMap((files) => (targetOf(files) === finding.package ? [files.id] : []));
  if (recipes.length === 0) return `this hub has no recipe for ${finding.package}`;
  const trials = recipes.flatMap((recipeId) =>
    pocs.map((poc): Trial => ({ recipeId, pocId: poc.id, pocSha256: poc.sha256, experiment: null, outcome: null })),
  );
  // Trying some of them would let silence pass for an answer.
  return trials.length > limits.trialsPerValidation
    ? `${pocs.length} inputs against ${recipes.length} recipes are more than ${limits.trialsPerValidation} trials; hand in fewer inputs`
    : trials;
}

/** The library is the same as long as the hub runs; reading all of it for every finding would cost more than all else that is done for one. */
const targets = new WeakMap<RecipeFiles, string | null>();

/** The package that a recipe is for; null when it is for none that can be told. */
function targetOf(files: RecipeFiles): string | null {
  const known = targets.get(files);
  if (known !== undefined) return known;
  const recipe = parseRecipe(files.text);
  const purl = isRefusal(recipe) ? recipe : canonicalPurl(recipe.target.purl);
  const target = isRefusal(purl) ? null : packageOf(purl);
  targets.set(files, target);
  return target;
}

async function specsOf(ctx: Ctx, validation: Validation): Promise<TrialSpec[]> {
  const specs: TrialSpec[] = [];
  for (const trial of validation.trials) specs.push(await specOf(ctx, trial));
  return specs;
}

async function specOf(ctx: Ctx, trial: Trial): Promise<Pinned | Refusal> {
  const files = ctx.doors.recipes.all().find((r) => r.id === trial.recipeId);
  if (!files) return refuse('not_found', `this hub no longer has the recipe ${trial.recipeId}`);
  const recipe = parseRecipe(files.text);
  if (isRefusal(recipe)) return recipe;
  const poc = await ctx.doors.blobs.get(trial.pocId);
  return isRefusal(poc) ? poc : prepare(recipe, poc, files);
}

const digestOf = (spec: TrialSpec) => (isRefusal(spec) ? null : spec.digest);

function concludedEvent(v: Validation): Happening {
  const { findingId, verdict, because, crashState, decided } = v;
  const payload = { findingId, verdict, because, crashState, recipeId: decided?.recipeId ?? null };
  return { event: 'validation.concluded', thing: v.id, label: v.label, payload };
}

export const validation: Labour<Spec, unknown> = { name: 'validation', begin, work: workValidation, conclude };

export const validationActions = [request, repeat, get, record, list, begin, conclude];
