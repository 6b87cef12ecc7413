import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { flakeOf } from './flake.ts';
import { whys } from './mending.ts';
import { decisive, type KeptValidation, type Trial, type Validation, validationStates, verdicts } from './validation.ts';

export const byFinding = z.object({ id: wireId('fnd') });
export const repeatInput = z.object({
  id: wireId('fnd'),
  /** Which recipes to try, by id; all there are for it, where none is named. */
  recipes: z.array(wireText(limits.nameChars)).min(1).max(limits.trialsPerValidation).optional(),
  /** k of N: `needed` of `runs` must show it. */
  runs: z.coerce.number().int().min(1).max(limits.experimentRuns).optional(),
  needed: z.coerce.number().int().min(1).max(limits.experimentRuns).optional(),
});
export const byReport = z.object({ id: wireId('val'), reportId: wireId('blb') });
export const byId = z.object({ id: wireId('val') });
export const page = wirePage;
export const beginInput = z.object({ id: wireId('val') });
export const concludeInput = z.object({ id: wireId('val'), evidence: z.unknown() });

export const probeIn = z
  .object({
    usable: z.boolean(),
    isolation: z.enum(['process', 'userspace-kernel', 'vm', 'none']),
    enforced: z.object({
      memory: z.boolean(),
      pids: z.boolean(),
      cpu: z.boolean(),
      disk: z.boolean(),
      net: z.boolean(),
      seccomp: z.boolean(),
    }),
    missing: z.array(z.string().max(limits.becauseChars)).max(32),
    tools: z
      .partialRecord(z.enum(['cc', 'clang', 'ld', 'make', 'cmake', 'ldd', 'python3', 'node']), z.string().max(limits.nameChars))
      .optional(),
  })
  .strict();

/** What a worker brings back from a search; the search itself is read by the lab, against what was pinned. */
export const searchIn = z.object({ probe: probeIn, search: z.unknown() });

/** What the worker brings back; each trial's own evidence is read by the lab, against what was pinned. */
export const evidenceIn = z.object({
  probe: probeIn,
  trials: z.array(z.unknown()).max(limits.trialsPerValidation),
});

export const stepIn = z.object({
  step: z.string().max(limits.nameChars),
  of: z.string().max(limits.nameChars),
  at: z.int().nonnegative().exactOptional(),
  total: z.int().nonnegative().exactOptional(),
});
export const progressInput = z.object({ id: wireId('val'), step: stepIn.optional() });
export const progressOut = z.object({ state: z.enum(validationStates), progress: stepIn.nullable() });

const count = z.object({ crashes: z.number(), of: z.number() });
const run = z.object({
  variant: z.string(),
  input: z.string(),
  index: z.number(),
  symbolized: z.boolean(),
  end: z.string(),
  exit: z.number().nullable(),
  wallMs: z.number(),
});
const recipeBy = z.object({
  origin: z.enum(['library', 'finder']),
  /** Of a finder's own: who looked at it and took it; the clearinghouse's staff is not named to others. */
  adoptedBy: z.string().nullable(),
  adoptedAt: wireInstant.nullable(),
});
const trialOut = z.object({
  recipeId: z.string(),
  recipeBy,
  pocId: wireId('blb'),
  pocSha256: z.string(),
  experiment: z.string().nullable(),
  verdict: z.enum(verdicts).nullable(),
  because: z.string().nullable(),
  counts: z.object({ vulnerable: count, fixed: count, control: count }).nullable(),
  /** How often it did not show on the vulnerable build, with the bounds of the true share at 95 %. */
  flake: z.object({ quiet: z.number(), of: z.number(), low: z.number(), high: z.number() }).nullable(),
  runs: z.array(run),
});
const factsOut = z.object({
  crashClass: z.string(),
  access: z.enum(['read', 'write']).nullable(),
  accessBytes: z.number().nullable(),
  region: z.object({ bytes: z.number(), distanceBytes: z.number(), side: z.enum(['before', 'after', 'inside']) }).nullable(),
  isSecurityRelevant: z.boolean(),
  reportSha256: z.string().nullable(),
});
const reportEntry = z.object({
  id: wireId('blb'),
  trial: z.number(),
  variant: z.string(),
  input: z.string(),
  index: z.number(),
  symbolized: z.boolean(),
  name: z.string(),
  sha256: z.string(),
  bytes: z.number(),
});
const listed = z.object({
  id: wireId('val'),
  findingId: wireId('fnd'),
  package: z.string(),
  state: z.enum(validationStates),
  verdict: z.enum(verdicts).nullable(),
  because: z.string().nullable(),
  crashState: z.string().nullable(),
  recipeId: z.string().nullable(),
  requestedAt: wireInstant,
  concludedAt: wireInstant.nullable(),
});
export const validationOut = listed.extend({
  runs: z.number(),
  needed: z.number(),
  recipeBy: recipeBy.nullable(),
  attempts: z.number(),
  begunAt: wireInstant.nullable(),
  progress: stepIn.nullable(),
  /** How many go before it; to the clearinghouse alone, because it tells of others. */
  before: z.number().nullable(),
  why: z.enum(whys).nullable(),
  /** What would mend it: for the clearinghouse. */
  mends: z.array(z.string()),
  facts: factsOut.nullable(),
  reports: z.array(reportEntry),
  trials: z.array(trialOut),
});
export const listOut = z.object({ items: z.array(listed) });
export const ofFindingOut = z.object({ items: z.array(validationOut) });
export const reportOut = z.object({ name: z.string(), sha256: z.string(), text: z.string() });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();
export const nothing = z.object({});
export const recordKeyOut = z.object({ name: z.string(), pem: z.string() });
export const recordOut = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});

export function presentListed(v: Validation): z.input<typeof listed> {
  const { id, findingId, package: name, state, verdict, because, crashState, decided, requestedAt, concludedAt } = v;
  return {
    id,
    findingId,
    package: name,
    state,
    verdict,
    because,
    crashState,
    recipeId: decided?.recipeId ?? null,
    requestedAt,
    concludedAt,
  };
}

/** A validation with what only looking at all the others tells. */
export interface Shown {
  readonly validation: KeptValidation;
  readonly before: number | null;
}

export function present({ validation: v, before }: Shown, viewer: Actor): z.input<typeof validationOut> {
  const isStaff = viewer.roles.includes('coordinator');
  const trial = decisive(v);
  return {
    ...presentListed(v),
    ...{ runs: v.runs, needed: v.needed, recipeBy: trial ? origin(trial, isStaff) : null, attempts: v.attempts, begunAt: v.begunAt },
    ...{ progress: v.state === 'running' ? v.progress : null, before, why: v.why, mends: isStaff ? [...v.mends] : [] },
    ...{ facts: v.facts, reports: v.reports.map((r) => ({ ...r })) },
    trials: v.trials.map((t) => presentTrial(t, isStaff)),
  };
}

function presentTrial(trial: Trial, isStaff: boolean): z.input<typeof trialOut> {
  const { recipeId, pocId, pocSha256, experiment, outcome } = trial;
  const said = { verdict: outcome?.verdict ?? null, because: outcome?.because ?? null, counts: outcome?.counts ?? null };
  const flake = outcome && flakeOf(outcome.counts.vulnerable);
  const runs = (outcome?.runs ?? []).map((r) => ({ ...r }));
  return { recipeId, recipeBy: origin(trial, isStaff), pocId, pocSha256, experiment, ...said, flake, runs };
}

function origin({ adopted }: Trial, isStaff: boolean): z.input<typeof recipeBy> {
  if (!adopted) return { origin: 'library', adoptedBy: null, adoptedAt: null };
  return { origin: 'finder', adoptedBy: isStaff ? adopted.by : null, adoptedAt: adopted.at };
}
