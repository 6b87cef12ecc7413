import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage } from '../../base/wire.ts';
import { type Validation, validationStates, verdicts } from './validation.ts';

export const byFinding = z.object({ id: wireId('fnd') });
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
  })
  .strict();

/** What the worker brings back; each trial's own evidence is read by the lab, against what was pinned. */
export const evidenceIn = z.object({
  probe: probeIn,
  trials: z.array(z.unknown()).max(limits.trialsPerValidation),
});

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
const trialOut = z.object({
  recipeId: z.string(),
  pocId: wireId('blb'),
  pocSha256: z.string(),
  experiment: z.string().nullable(),
  verdict: z.enum(verdicts).nullable(),
  because: z.string().nullable(),
  counts: z.object({ vulnerable: count, fixed: count, control: count }).nullable(),
  runs: z.array(run),
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
export const validationOut = listed.extend({ trials: z.array(trialOut) });
export const listOut = z.object({ items: z.array(listed) });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();
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

export function present(v: Validation): z.input<typeof validationOut> {
  const trials = v.trials.map(({ recipeId, pocId, pocSha256, experiment, outcome }) => {
    const said = { verdict: outcome?.verdict ?? null, because: outcome?.because ?? null, counts: outcome?.counts ?? null };
    return { recipeId, pocId, pocSha256, experiment, ...said, runs: (outcome?.runs ?? []).map((r) => ({ ...r })) };
  });
  return { ...presentListed(v), trials };
}
