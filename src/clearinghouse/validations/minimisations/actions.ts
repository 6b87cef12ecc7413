import type { z } from 'zod';
import { sha256 } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { concludeMinimise } from '../../../lab/minimise/conclude.ts';
import { type Minimised, prepareMinimise } from '../../../lab/minimise/minimise.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { type Finding, isOver } from '../../findings/finding.ts';
import { findingById } from '../../findings/store.ts';
import { boxed } from '../judgement.ts';
import { pinnedInput } from '../recipes/actions.ts';
import { validationsOfFindings } from '../store.ts';
import { isOpen, reproductionsIn, validationMoves } from '../validation.ts';
import { searchIn } from '../wire.ts';
import { type MinimiseSpec, workMinimise } from './labour.ts';
import type { Minimisation } from './minimisation.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

const internal = { by: ['coordinator'], internal: true } as const;

export const request = action({
  name: 'minimisations.request',
  at: 'POST /api/findings/:id/minimisations',
  summary: 'Search for a smaller input with the same crash, from the one that reproduced; it is kept beside it.',
  by: ['coordinator'],
  input: wire.byFinding,
  output: wire.minimisationOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, { id }, finding: Finding) {
    if (isOver(finding.state)) return refuse('wrong_state', `this finding is ${finding.state}`);
    const decided = reproductionsIn(await validationsOfFindings(ctx.tx, [id])).at(-1);
    if (!decided) return refuse('wrong_state', 'this finding was not reproduced: there is no crash to keep');
    const [newest] = await store.minimisationsOf(ctx.tx, id, 1);
    if (newest && isOpen(newest.state)) return refuse('wrong_state', 'its input is being made smaller already');
    const minimisation: Minimisation = {
      ...{ id: ctx.id('min'), findingId: finding.id, ...decided, state: 'requested', experiment: null, progress: null },
      ...{ outcome: null, because: null, found: null, bytes: null, ended: null, tries: null },
      ...{ requestedBy: ctx.actor.id, requestedAt: ctx.now, concludedAt: null, label: finding.label },
    };
    await store.insertMinimisation(ctx.tx, minimisation);
    return done(minimisation, happened(minimisation, 'minimisation.requested'));
  },
  present: wire.present,
});

export const get = action({
  name: 'minimisations.get',
  at: 'GET /api/minimisations/:id',
  summary: 'One search for a smaller input, and what came of it.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.minimisationOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  run: async (_ctx, _input, minimisation: Minimisation) => done(minimisation),
  present: wire.present,
});

export const list = action({
  name: 'minimisations.list',
  at: 'GET /api/findings/:id/minimisations',
  summary: 'The searches for a smaller input of a finding, newest first.',
  by: 'signed-in',
  input: wire.byFinding,
  output: wire.ofFindingOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  run: async (ctx, { id }) => done({ items: await store.minimisationsOf(ctx.tx, id, limits.pageRows) }),
  present: presentItems(wire.present),
});

export const poc = action({
  name: 'minimisations.poc',
  at: 'GET /api/minimisations/:id/poc',
  summary: 'The smaller input itself, in base64.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.pocOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  async run(ctx, _input, { found }: Minimisation) {
    if (!found) return refuse('not_found', 'no smaller input was found');
    const bytes = await ctx.doors.blobs.get(found.blobId);
    return isRefusal(bytes) ? bytes : done({ sha256: found.sha256, data: Buffer.from(bytes).toString('base64') });
  },
});

export const begin = action({
  ...internal,
  name: 'minimisations.begin',
  at: 'POST /api/minimisations/:id/begin',
  summary: 'Pin a search for a smaller input.',
  input: wire.byId,
  output: wire.specOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  async run(ctx, _input, minimisation: Minimisation) {
    const state = move(validationMoves, minimisation.state, 'begin');
    if (isRefusal(state)) return state;
    const spec = await pinned(ctx, minimisation);
    await store.saveMinimisation(ctx.tx, { ...minimisation, state, experiment: isRefusal(spec) ? null : spec.digest });
    return done(spec);
  },
});

export const sayProgress = action({
  ...internal,
  name: 'minimisations.sayProgress',
  at: 'POST /api/minimisations/:id/progress',
  summary: 'Show how far a search is; refused when nobody waits for it any more.',
  input: wire.progressInput,
  output: wire.specOut,
  async run(ctx, { id, step }) {
    const minimisation = await store.minimisationById(ctx.tx, id);
    if (minimisation?.state !== 'running') return refuse('wrong_state', 'this search is not running any more');
    if (step) await store.saveMinimisation(ctx.tx, { ...minimisation, progress: step });
    return done({});
  },
});

export const conclude = action({
  ...internal,
  name: 'minimisations.conclude',
  at: 'POST /api/minimisations/:id/conclude',
  summary: 'Decide what the evidence of a search says.',
  input: wire.concludeInput,
  output: wire.minimisationOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  async run(ctx, input, minimisation: Minimisation) {
    const state = move(validationMoves, minimisation.state, 'conclude');
    if (isRefusal(state)) return state;
    const found = await judged(ctx, minimisation, searchIn.safeParse(input.evidence).data);
    const isSaid = typeof found !== 'string';
    const concluded: Minimisation = {
      ...{ ...minimisation, state, concludedAt: ctx.now, outcome: isSaid ? found.outcome : 'could-not-tell' },
      because: (isSaid ? found.because : found).slice(0, limits.becauseChars).toWellFormed(),
      ...(isSaid ? { bytes: found.bytes, ended: found.ended, tries: found.tries, found: await kept(ctx, found.poc) } : {}),
    };
    await store.saveMinimisation(ctx.tx, concluded);
    return done(concluded, happened(concluded, 'minimisation.concluded'));
  },
  present: wire.present,
});

export const park = action({
  ...internal,
  name: 'minimisations.park',
  at: 'POST /api/minimisations/:id/park',
  summary: 'Say of a search that the hub gave up on it.',
  input: wire.parkInput,
  output: wire.minimisationOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  run: (ctx, { tries }, minimisation: Minimisation) =>
    changed(ctx, minimisation, 'park', `it broke the hub's worker ${tries} times in a row`, 'minimisation.parked'),
  present: wire.present,
});

export const retry = action({
  name: 'minimisations.retry',
  at: 'POST /api/minimisations/:id/retry',
  summary: 'Take up a parked search again.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.minimisationOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  run: (ctx, _input, minimisation: Minimisation) => changed(ctx, minimisation, 'retry', null, 'minimisation.requested'),
  present: wire.present,
});

export const cancel = action({
  name: 'minimisations.cancel',
  at: 'POST /api/minimisations/:id/cancel',
  summary: 'End a search that nobody waits for, with the reason: what runs is stopped.',
  by: ['coordinator'],
  input: wire.cancelInput,
  output: wire.minimisationOut,
  on: (ctx, input) => store.minimisationById(ctx.tx, input.id),
  run: (ctx, { because }, minimisation: Minimisation) => changed(ctx, minimisation, 'cancel', because, 'minimisation.cancelled'),
  present: wire.present,
});

async function changed(ctx: Ctx, of: Minimisation, by: 'park' | 'retry' | 'cancel', because: string | null, event: Happening['event']) {
  const state = move(validationMoves, of.state, by);
  if (isRefusal(state)) return state;
  const after: Minimisation = { ...of, state, because };
  await store.saveMinimisation(ctx.tx, after);
  return done(after, happened(after, event));
}

async function pinned(ctx: Ctx, minimisation: Minimisation): Promise<MinimiseSpec> {
  const found = await pinnedInput(ctx, minimisation);
  return isRefusal(found) ? found : prepareMinimise(found.recipe, found.poc, found.beside);
}

/** Hostile evidence, read against what was pinned when the work began; a text where nothing can be said. */
async function judged(ctx: Ctx, minimisation: Minimisation, given: z.output<typeof searchIn> | undefined): Promise<Minimised | string> {
  const evidence = boxed(given);
  if (isRefusal(evidence)) return evidence.because;
  const spec: MinimiseSpec | Refusal = await pinned(ctx, minimisation);
  if (isRefusal(spec)) return spec.because;
  if (spec.digest !== minimisation.experiment) return 'the recipe was changed while it ran';
  return concludeMinimise(spec, evidence.search);
}

/** The bytes are durable before the row that names them. */
async function kept(ctx: Ctx, bytes: Uint8Array | null): Promise<Minimisation['found']> {
  if (!bytes) return null;
  const blobId = ctx.id('blb');
  await ctx.doors.blobs.put(blobId, bytes);
  return { blobId, sha256: sha256(bytes) };
}

function happened({ id, findingId, label, outcome, bytes }: Minimisation, event: Happening['event']): Happening {
  return { event, thing: id, label, payload: { findingId, ...(outcome ? { outcome, bytes } : {}) } };
}

export const minimisation: Labour<MinimiseSpec, unknown> = {
  ...{ name: 'minimisation', begin, work: workMinimise, progress: sayProgress, conclude },
};

export const minimisationActions = [request, get, list, poc, begin, sayProgress, conclude, park, retry, cancel];
