import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { defaultRuns, type Pinned, prepare } from '../../lab/experiment.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Labour } from '../../trust/labour.ts';
import { isPoc } from '../findings/attachment.ts';
import { type Finding, isOver } from '../findings/finding.ts';
import { labPriorityOf } from '../findings/queue/store.ts';
import { findingById } from '../findings/store.ts';
import { judge } from './judgement.ts';
import { type Spec, type TrialSpec, workValidation } from './labour.ts';
import { mendsOf, type Why } from './mending.ts';
import { queueActions } from './queue/actions.ts';
import { choicesFor, pinnedInput, recipeActions } from './recipes/actions.ts';
import { reportsOf } from './reports.ts';
import * as store from './store.ts';
import { isOpen, type KeptReport, type KeptValidation, type Trial, type Validation, validationMoves } from './validation.ts';
import * as wire from './wire.ts';

// A station's verbs are found in one place, wherever they are written.
export { cancel, cancelOfFinding, park, queue, reprioritise, retry } from './queue/actions.ts';
export { adoptRecipe, lookAtRecipe, recipeChoices } from './recipes/actions.ts';

export const request = action({
  name: 'validations.request',
  at: 'POST /api/validations',
  summary: 'Have a finding re-run in the lab.',
  by: ['coordinator'],
  internal: true,
  input: wire.byFinding,
  output: wire.validationOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  run: (ctx, _input, finding: Finding) => start(ctx, finding, {}),
  present: wire.present,
});

export const repeat = action({
  name: 'validations.repeat',
  at: 'POST /api/validations/repeat',
  summary: 'Re-run a finding once more: under all recipes there are for it, or those named, so many times.',
  by: ['coordinator'],
  input: wire.repeatInput,
  output: wire.validationOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const open = (await store.validationsOfFindings(ctx.tx, [input.id])).some((v) => isOpen(v.state));
    if (open) return refuse('wrong_state', 'this finding is being re-run already, or its re-run is parked');
    if ((input.needed ?? 1) > (input.runs ?? defaultRuns)) return refuse('malformed', 'more than all of the runs', '/needed');
    return start(ctx, finding, input);
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
  run: async (ctx, _input, validation: KeptValidation) => done(await shown(ctx, validation)),
  present: wire.present,
});

export const ofFinding = action({
  name: 'validations.ofFinding',
  at: 'GET /api/findings/:id/validations',
  summary: 'Every re-run of a finding, newest first.',
  by: 'signed-in',
  input: wire.byFinding,
  output: wire.ofFindingOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input) {
    const items: wire.Shown[] = [];
    for (const validation of (await store.validationsOfFindings(ctx.tx, [input.id])).toReversed().slice(0, limits.pageRows))
      items.push(await shown(ctx, validation));
    return done({ items });
  },
  present: presentItems(wire.present),
});

export const progress = action({
  name: 'validations.progress',
  at: 'GET /api/validations/:id/progress',
  summary: 'What a validation is doing at this moment; GET /api/validations/:id/events tells it as it happens.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.progressOut,
  on: (ctx, input) => store.validationById(ctx.tx, input.id),
  run: async (_ctx, _input, { state, progress: said }: KeptValidation) => done({ state, progress: state === 'running' ? said : null }),
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

export const recordKey = action({
  name: 'validations.recordKey',
  at: 'GET /api/validation-key',
  summary: 'The public key that signs this hub’s records; whoever relies on it asks for it by another way as well.',
  by: 'anyone',
  input: wire.nothing,
  output: wire.recordKeyOut,
  async run(ctx) {
    const { name, publicKey } = ctx.doors.keys.signer('records');
    return done({ name, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
  },
});

export const report = action({
  name: 'validations.report',
  at: 'GET /api/validations/:id/reports/:reportId',
  summary: 'A report that a run left behind, such as a sanitizer’s: hostile text, scrubbed of what could act on a terminal.',
  by: 'signed-in',
  input: wire.byReport,
  output: wire.reportOut,
  on: (ctx, input) => store.validationById(ctx.tx, input.id),
  async run(ctx, input, validation: Validation) {
    const kept = validation.reports.find((r) => r.id === input.reportId);
    if (!kept) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(kept.id);
    return isRefusal(bytes) ? bytes : done({ name: kept.name, sha256: kept.sha256, text: Buffer.from(bytes).toString('utf8') });
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
    const { attempts } = validation;
    await store.saveValidation(ctx.tx, { ...validation, state, trials, attempts: attempts + 1, begunAt: ctx.now });
    const spec: Spec = { trials: specs };
    return done(spec);
  },
});

/** Told again and again while the work lasts, with no entry in the log: what was said before is of no use to anybody. */
export const sayProgress = action({
  name: 'validations.sayProgress',
  at: 'POST /api/validations/:id/progress',
  summary: 'Show how far a validation is; refused when nobody waits for it any more.',
  by: ['coordinator'],
  internal: true,
  input: wire.progressInput,
  output: wire.specOut,
  async run(ctx, { id, step }) {
    const goesOn = await store.saveProgress(ctx.tx, id, step);
    return goesOn ? done({}) : refuse('wrong_state', 'this validation is not running any more');
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
  async run(ctx, input, validation: KeptValidation) {
    const state = move(validationMoves, validation.state, 'conclude');
    if (isRefusal(state)) return state;
    const { seal, evidence, ...judged } = judge(
      validation.trials,
      await specsOf(ctx, validation),
      wire.evidenceIn.safeParse(input.evidence).data,
    );
    const sealed = seal?.(ctx.doors.keys.signer('records')) ?? null;
    const reports = await keep(ctx, reportsOf(evidence));
    const concluded = { ...validation, ...judged, reports, state, record: sealed, concludedAt: ctx.now };
    await store.saveValidation(ctx.tx, concluded);
    return done({ validation: concluded, before: null }, concludedEvent(concluded));
  },
  present: wire.present,
});

/** The bytes are durable before the row that names them. */
async function keep(ctx: Ctx, found: ReturnType<typeof reportsOf>): Promise<KeptReport[]> {
  const kept: KeptReport[] = [];
  for (const { text, ...of } of found) {
    const id = ctx.id('blb');
    await ctx.doors.blobs.put(id, Buffer.from(text));
    kept.push({ id, ...of });
  }
  return kept;
}

/** Its place among those that wait tells of others: only the clearinghouse, which sees all of them, is told. */
async function shown(ctx: Ctx, validation: KeptValidation): Promise<wire.Shown> {
  const isTold = validation.state === 'requested' && ctx.actor.roles.includes('coordinator');
  return { validation, before: isTold ? await store.countBefore(ctx.tx, validation) : null };
}

interface Asked {
  readonly recipes?: readonly string[] | undefined;
  readonly runs?: number | undefined;
  readonly needed?: number | undefined;
}

async function start(ctx: Ctx, finding: Finding, asked: Asked) {
  if (isOver(finding.state)) return refuse('wrong_state', `this finding is ${finding.state}: nobody waits for a verdict on it`);
  const trials = await trialsFor(ctx, finding, asked.recipes);
  if (isRefusal(trials)) return trials;
  const impossible = 'why' in trials ? trials : undefined;
  const runs = asked.runs ?? defaultRuns;
  const validation: KeptValidation = {
    ...{ id: ctx.id('val'), findingId: finding.id, package: finding.package, label: finding.label },
    ...{
      runs,
      needed: asked.needed ?? runs,
      priority: await labPriorityOf(ctx.tx, finding.id),
      attempts: 0,
      begunAt: null,
      progress: null,
    },
    ...{
      trials: 'why' in trials ? [] : trials,
      crashState: null,
      facts: null,
      decided: null,
      reports: [],
      record: null,
      requestedAt: ctx.now,
    },
    ...(impossible
      ? { ...impossible, state: 'concluded', verdict: 'could-not-tell', mends: mendsOf(impossible.why), concludedAt: ctx.now }
      : { state: 'requested', verdict: null, because: null, why: null, mends: [], concludedAt: null }),
  };
  await store.insertValidation(ctx.tx, validation);
  const payload = { findingId: finding.id };
  const requested: Happening = { event: 'validation.requested', thing: validation.id, label: validation.label, payload };
  return done({ validation, before: null }, impossible ? concludedEvent(validation) : requested);
}

interface Impossible {
  readonly why: Why;
  readonly because: string;
}

/** Every PoC against every recipe of the package, or those that were named; or why nothing can be tried. */
async function trialsFor(ctx: Ctx, finding: Finding, named: readonly string[] | undefined): Promise<Trial[] | Impossible | Refusal> {
  const choices = await choicesFor(ctx, finding);
  const known = new Set(choices.map(({ id }) => id));
  if (named?.some((id) => !known.has(id))) return refuse('not_found', 'this finding cannot be re-run under such a recipe', '/recipes');
  const recipes = named ? choices.filter(({ id }) => named.includes(id)) : choices;
  // A recipe is no input, whatever its finder called it.
  const pocs = finding.attachments.filter((file) => isPoc(file) && !known.has(file.id));
  if (pocs.length === 0) return { why: 'no-input', because: 'no proof of concept was handed in' };
  if (recipes.length === 0) return { why: 'no-recipe', because: `this hub has no recipe for ${finding.package}` };
  const trials = recipes.flatMap(({ id: recipeId, adopted }) =>
    pocs.map((poc): Trial => {
      const blank = { pocId: poc.id, pocSha256: poc.sha256, experiment: null, outcome: null };
      return adopted ? { recipeId, adopted, ...blank } : { recipeId, ...blank };
    }),
  );
  if (trials.length <= limits.trialsPerValidation) return trials;
  // Trying some of them would let silence pass for an answer.
  const because = `${pocs.length} inputs against ${recipes.length} recipes are more than ${limits.trialsPerValidation} trials; hand in fewer inputs`;
  return { why: 'too-many-trials', because };
}

async function specsOf(ctx: Ctx, validation: Validation): Promise<TrialSpec[]> {
  const specs: TrialSpec[] = [];
  for (const trial of validation.trials) specs.push(await specOf(ctx, trial, validation));
  return specs;
}

async function specOf(ctx: Ctx, trial: Trial, { runs, needed }: Validation): Promise<Pinned | Refusal> {
  const found = await pinnedInput(ctx, trial);
  return isRefusal(found) ? found : prepare(found.recipe, found.poc, { ...found.beside, runs, needed });
}

const digestOf = (spec: TrialSpec) => (isRefusal(spec) ? null : spec.digest);

function concludedEvent(v: Validation): Happening {
  const { findingId, verdict, because, crashState, decided } = v;
  const payload = { findingId, verdict, because, crashState, recipeId: decided?.recipeId ?? null };
  return { event: 'validation.concluded', thing: v.id, label: v.label, payload };
}

export const validation: Labour<Spec, unknown> = { name: 'validation', begin, work: workValidation, progress: sayProgress, conclude };

export const validationActions = [
  ...[request, repeat, get, ofFinding, progress, record, recordKey, report, list, begin, sayProgress, conclude],
  ...queueActions,
  ...recipeActions,
];
