import type { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { prepareBisect, type Bisection as Searched } from '../../../lab/bisect/bisect.ts';
import { concludeBisect } from '../../../lab/bisect/conclude.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { type Finding, isOver } from '../../findings/finding.ts';
import { findingById } from '../../findings/store.ts';
import { boxed } from '../judgement.ts';
import { pinnedInput } from '../recipes/actions.ts';
import { validationsOfFindings } from '../store.ts';
import { isOpen, reproductionsIn, validationMoves } from '../validation.ts';
import { searchIn } from '../wire.ts';
import type { Bisection } from './bisection.ts';
import { type BisectSpec, workBisect } from './labour.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

const internal = { by: ['coordinator'], internal: true } as const;

export const request = action({
  name: 'bisections.request',
  at: 'POST /api/findings/:id/bisections',
  summary: 'Search the history of the target for where the flaw came in and where it went; every build is kept for the next search.',
  by: ['coordinator'],
  input: wire.byFinding,
  output: wire.bisectionOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, { id }, finding: Finding) {
    if (isOver(finding.state)) return refuse('wrong_state', `this finding is ${finding.state}`);
    const decided = reproductionsIn(await validationsOfFindings(ctx.tx, [id])).at(-1);
    if (!decided) return refuse('wrong_state', 'this finding was not reproduced: there is no crash to look for');
    const [newest] = await store.bisectionsOf(ctx.tx, id, 1);
    if (newest && isOpen(newest.state)) return refuse('wrong_state', 'its history is being searched already');
    const bisection: Bisection = {
      ...{ id: ctx.id('bis'), findingId: finding.id, ...decided, state: 'requested', experiment: null, progress: null },
      ...{ outcome: null, because: null, found: null },
      ...{ requestedBy: ctx.actor.id, requestedAt: ctx.now, concludedAt: null, label: finding.label },
    };
    await store.insertBisection(ctx.tx, bisection);
    return done(bisection, happened(bisection, 'bisection.requested'));
  },
  present: wire.present,
});

export const get = action({
  name: 'bisections.get',
  at: 'GET /api/bisections/:id',
  summary: 'One search of a history, and what came of it.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.bisectionOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  run: async (_ctx, _input, bisection: Bisection) => done(bisection),
  present: wire.present,
});

export const list = action({
  name: 'bisections.list',
  at: 'GET /api/findings/:id/bisections',
  summary: 'The searches of the history of a finding, newest first.',
  by: 'signed-in',
  input: wire.byFinding,
  output: wire.ofFindingOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  run: async (ctx, { id }) => done({ items: await store.bisectionsOf(ctx.tx, id, limits.pageRows) }),
  present: presentItems(wire.present),
});

export const begin = action({
  ...internal,
  name: 'bisections.begin',
  at: 'POST /api/bisections/:id/begin',
  summary: 'Pin a search of a history.',
  input: wire.byId,
  output: wire.specOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  async run(ctx, _input, bisection: Bisection) {
    const state = move(validationMoves, bisection.state, 'begin');
    if (isRefusal(state)) return state;
    const spec = await pinned(ctx, bisection);
    await store.saveBisection(ctx.tx, { ...bisection, state, experiment: isRefusal(spec) ? null : spec.digest });
    return done(spec);
  },
});

export const sayProgress = action({
  ...internal,
  name: 'bisections.sayProgress',
  at: 'POST /api/bisections/:id/progress',
  summary: 'Show how far a search is; refused when nobody waits for it any more.',
  input: wire.progressInput,
  output: wire.specOut,
  async run(ctx, { id, step }) {
    const bisection = await store.bisectionById(ctx.tx, id);
    if (bisection?.state !== 'running') return refuse('wrong_state', 'this search is not running any more');
    if (step) await store.saveBisection(ctx.tx, { ...bisection, progress: step });
    return done({});
  },
});

export const conclude = action({
  ...internal,
  name: 'bisections.conclude',
  at: 'POST /api/bisections/:id/conclude',
  summary: 'Decide what the evidence of a search says.',
  input: wire.concludeInput,
  output: wire.bisectionOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  async run(ctx, input, bisection: Bisection) {
    const state = move(validationMoves, bisection.state, 'conclude');
    if (isRefusal(state)) return state;
    const found = await judged(ctx, bisection, searchIn.safeParse(input.evidence).data);
    const isSaid = typeof found !== 'string';
    const concluded: Bisection = {
      ...{ ...bisection, state, concludedAt: ctx.now, outcome: isSaid ? found.outcome : 'could-not-tell' },
      because: (isSaid ? found.because : found).slice(0, limits.becauseChars).toWellFormed(),
      found: isSaid && found.outcome !== 'could-not-tell' ? foundIn(found) : null,
    };
    await store.saveBisection(ctx.tx, concluded);
    return done(concluded, happened(concluded, 'bisection.concluded'));
  },
  present: wire.present,
});

export const park = action({
  ...internal,
  name: 'bisections.park',
  at: 'POST /api/bisections/:id/park',
  summary: 'Say of a search that the hub gave up on it.',
  input: wire.parkInput,
  output: wire.bisectionOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  run: (ctx, { tries }, bisection: Bisection) =>
    changed(ctx, bisection, 'park', `it broke the hub's worker ${tries} times in a row`, 'bisection.parked'),
  present: wire.present,
});

export const retry = action({
  name: 'bisections.retry',
  at: 'POST /api/bisections/:id/retry',
  summary: 'Take up a parked search again.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.bisectionOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  run: (ctx, _input, bisection: Bisection) => changed(ctx, bisection, 'retry', null, 'bisection.requested'),
  present: wire.present,
});

export const cancel = action({
  name: 'bisections.cancel',
  at: 'POST /api/bisections/:id/cancel',
  summary: 'End a search that nobody waits for, with the reason: what runs is stopped.',
  by: ['coordinator'],
  input: wire.cancelInput,
  output: wire.bisectionOut,
  on: (ctx, input) => store.bisectionById(ctx.tx, input.id),
  run: (ctx, { because }, bisection: Bisection) => changed(ctx, bisection, 'cancel', because, 'bisection.cancelled'),
  present: wire.present,
});

async function changed(ctx: Ctx, of: Bisection, by: 'park' | 'retry' | 'cancel', because: string | null, event: Happening['event']) {
  const state = move(validationMoves, of.state, by);
  if (isRefusal(state)) return state;
  const after: Bisection = { ...of, state, because };
  await store.saveBisection(ctx.tx, after);
  return done(after, happened(after, event));
}

async function pinned(ctx: Ctx, bisection: Bisection): Promise<BisectSpec> {
  const found = await pinnedInput(ctx, bisection);
  return isRefusal(found) ? found : prepareBisect(found.recipe, found.poc, found.beside);
}

/** Hostile evidence, read against what was pinned when the work began; a text where nothing can be said. */
async function judged(ctx: Ctx, bisection: Bisection, given: z.output<typeof searchIn> | undefined): Promise<Searched | string> {
  const evidence = boxed(given);
  if (isRefusal(evidence)) return evidence.because;
  const spec: BisectSpec | Refusal = await pinned(ctx, bisection);
  if (isRefusal(spec)) return spec.because;
  if (spec.digest !== bisection.experiment) return 'the recipe was changed while it ran';
  return concludeBisect(spec, evidence.search);
}

function foundIn({ points, ranges, family, measured, interpolated }: Searched): NonNullable<Bisection['found']> {
  // What a build printed may be long, and none of it is needed to read the ranges.
  const short = (text: string) => text.slice(0, limits.becauseChars).toWellFormed();
  return { points: points.map((p) => ({ ...p, because: short(p.because) })), ranges, family, measured, interpolated };
}

function happened({ id, findingId, label, outcome, found }: Bisection, event: Happening['event']): Happening {
  return { event, thing: id, label, payload: { findingId, ...(outcome ? { outcome, ranges: found?.ranges ?? [] } : {}) } };
}

export const bisection: Labour<BisectSpec, unknown> = {
  ...{ name: 'bisection', begin, work: workBisect, progress: sayProgress, conclude },
};

export const bisectionActions = [request, get, list, begin, sayProgress, conclude, park, retry, cancel];
