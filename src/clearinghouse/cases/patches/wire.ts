import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireBase64, wireId, wireInstant, wireName, wireVerbatim } from '../../../base/wire.ts';
import { type Patch, patchStates, patchVerdicts, stopsAt, writers } from './patch.ts';

const ownTest = z.object({
  name: wireName,
  /** Run in the built tree, as the recipe's build steps are: `["make", "check"]`. */
  argv: z.array(wireVerbatim(limits.ownTestWordChars).min(1)).min(1).max(limits.ownTestWords),
  exit: z.int().min(0).max(0xff).default(0),
});

/** In standard base64; that it is no more than the limit in all is said by whoever reads it. */
const piece = wireBase64(limits.patchBytes).min(1);

export const submitInput = z
  .object({
    id: wireId('cas'),
    /** A unified diff, or mails of `git format-patch` one after the other. */
    patch: piece.optional(),
    /** The same in several pieces, in order. */
    series: z
      .array(piece)
      .min(1)
      .max(limits.patchesPerSeries + 1)
      .optional(),
    /** Which of the project's branches it is for; a push to it takes the place of the one before. */
    branch: wireName.default('main'),
    /** The project's own tests that come with it. */
    tests: z.array(ownTest).max(limits.ownTestsPerSeries).default([]),
    writtenBy: z.enum(writers).default('person'),
  })
  .refine(({ patch, series }) => (patch === undefined) !== (series === undefined), { message: 'a patch or a series', path: ['patch'] });
export const byPatch = z.object({ id: wireId('cas'), patchId: wireId('pat') });
export const beginInput = z.object({ id: wireId('pat') });
const step = z.object({
  step: z.string().max(64),
  of: z.string().max(limits.shownChars),
  at: z.int().optional(),
  total: z.int().optional(),
});
export const progressInput = z.object({ id: wireId('pat'), step: step.optional() });
export const progressOut = z.object({ state: z.enum(patchStates), progress: step.nullable() });
export const concludeInput = z.object({ id: wireId('pat'), evidence: z.object({ plan: z.string().max(64), seen: z.unknown() }) });

export const patchOut = z.object({
  id: wireId('pat'),
  caseId: wireId('cas'),
  sha256: z.string(),
  bytes: z.number(),
  state: z.enum(patchStates),
  branch: z.string(),
  patches: z.number(),
});
export const bytesOut = z.object({
  id: wireId('pat'),
  sha256: z.string(),
  data: z.string(),
  /** It has a line before its first file that names this copy; without it, it has the digest. */ isMarked: z.boolean(),
});
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();
export const judgedOut = z.object({ id: wireId('pat'), verdict: z.enum(patchVerdicts), because: z.string() });

export function present(patch: Patch): z.input<typeof patchOut> {
  const { id, caseId, sha256, bytes, state, branch, series } = patch;
  return { id, caseId, sha256, bytes, state, branch, patches: series.length };
}

/** A push in its case. Fix and timing are for tier 2: whether it holds; what was seen, which names crashes and inputs, is not. */
export const pushOut = z.object({
  id: wireId('pat'),
  state: z.enum(patchStates),
  /** Null: not judged yet, or it could not be told. */
  passed: z.boolean().nullable(),
  branch: z.string(),
  supersededById: wireId('pat').nullable(),
  sha256: z.string(),
  bytes: z.number(),
  submittedAt: wireInstant,
  series: z.array(
    z.object({
      author: z.string().nullable(),
      subject: z.string().nullable(),
      sha256: z.string(),
      bytes: z.number(),
      passed: z.boolean().nullable(),
    }),
  ),
  verdict: z.enum(patchVerdicts).nullish(),
  because: z.string().nullish(),
  /** Of each patch of a series, in order. */
  steps: z.array(z.object({ outcome: z.string(), tripped: z.number(), because: z.string().nullable() })).optional(),
  stopsAt: z.number().nullish(),
  ownTests: z.array(z.string()).optional(),
  writtenBy: z.enum(writers).optional(),
  answerableId: z.string().optional(),
});

const told = { stops: true, trips: false, 'does-not-apply': false, 'does-not-build': null, 'could-not-tell': null } as const;

export function presentPush(p: Patch, tier: number): z.input<typeof pushOut> {
  const { id, state, branch, supersededById, sha256, bytes, submittedAt, verdict } = p;
  const passed = verdict === null || verdict === 'could-not-tell' ? null : verdict === 'verified';
  const series = p.series.map(({ author, subject, sha256, bytes }, i) => {
    const step = p.steps[i];
    return { author, subject, sha256, bytes, passed: step ? told[step.outcome] : p.series.length === 1 ? passed : null };
  });
  const fix = { id, state, passed, branch, supersededById, sha256, bytes, submittedAt, series };
  if (tier > 1) return fix;
  const steps = p.steps.map(({ outcome, tripped, because }) => ({ outcome, tripped, because }));
  const seen = { verdict, because: p.because, steps, stopsAt: stopsAt(p)?.n ?? null, ownTests: p.ownTests.map((t) => t.name) };
  return { ...fix, ...seen, writtenBy: p.writtenBy, answerableId: p.answerableId };
}
