import { z } from 'zod';
import { limits } from '../../base/limits.ts';

const text = z.string().max(limits.textChars);
const observation = z.discriminatedUnion('saw', [
  z.object({ saw: z.literal('quiet') }),
  z.object({ saw: z.literal('could-not-tell'), because: text, isOurs: z.boolean().optional() }),
  // Which crash it was changes nothing for the verdict.
  z
    .object({ saw: z.literal('crash') })
    .transform(() => ({ saw: 'crash' as const, crash: { type: '', state: '', security: false, frames: [], fingerprint: '' } })),
]);
const test = z.object({ name: text, passed: z.boolean(), unsure: z.boolean(), because: text });
const observations = z.array(observation).max(100);
const tests = z.array(test).max(100);

const trial = z.object({
  ...{ sha256: text, poc: text.nullable(), before: text.nullable(), after: text.nullable() },
  ...{ fixed: text.nullable().optional(), because: text.nullable(), isOurs: z.boolean().optional() },
});
const trials = z.object({
  tried: z.int().min(0),
  tripped: z.int().min(0),
  ended: z.enum(['all', 'time']),
  loud: z.array(trial).max(limits.loudTrials),
});

const step = z.object({
  sha256: text,
  outcome: z.enum(['stops', 'trips', 'does-not-apply', 'does-not-build', 'could-not-tell']),
  tripped: z.int().min(0),
  because: text.nullable(),
});
const names = z.array(text).max(limits.loudTrials);
const sight = z.object({
  watched: z.object({ before: z.int().min(0), after: z.int().min(0) }),
  lost: names,
  changed: names,
  failure: text.optional(),
});

/** What was seen of a patch (fix.ts), as it comes back from a worker: hostile, and read through this alone. */
export const patchEvidence = z.object({
  patch: z.string(),
  paths: z.array(text),
  provider: text,
  pocs: z.array(z.object({ sha256: z.string(), before: observation, after: observations })).max(1000),
  control: observations,
  selfCheck: observations,
  testsBefore: tests,
  testsAfter: tests,
  families: z.array(text).max(1000),
  variants: trials,
  attacks: trials,
  ownTests: tests,
  steps: z.array(step).max(limits.patchesPerSeries),
  immutable: z.object({ before: text, after: text }).nullable(),
  sight: sight.nullable(),
  failure: text.optional(),
  failedAt: z.enum(['ours', 'apply', 'build']).optional(),
});

/** How many of each there must be. */
interface PlannedTrials {
  readonly pocs: readonly { readonly sha256: string }[];
  readonly runs: number;
  readonly tests: number;
  readonly selfChecks: number;
  readonly ownTests: number;
  /** Whether the oracle is a sanitizer, that a patch might blind; whether the recipe names what no patch may change. */
  readonly isSanitized: boolean;
  readonly hasImmutable: boolean;
}

/** Why evidence is not of exactly the planned PoCs, runs and tests: neither a lucky one added nor an unlucky one left out. */
export function unplannedBecause(plan: PlannedTrials, seen: z.infer<typeof patchEvidence>): string | undefined {
  const digests = (pocs: readonly { readonly sha256: string }[]) =>
    pocs
      .map((p) => p.sha256)
      .sort()
      .join();
  if (digests(seen.pocs) !== digests(plan.pocs)) return 'the evidence is not of exactly the planned PoCs';
  if (seen.pocs.some((poc) => poc.after.length !== plan.runs)) return 'the evidence is not of exactly the planned runs';
  if (seen.control.length !== 1 || seen.selfCheck.length !== plan.selfChecks) return 'control runs are missing';
  if (seen.testsBefore.length !== plan.tests || seen.testsAfter.length !== plan.tests) return 'functional tests are missing';
  if (seen.ownTests.length !== plan.ownTests) return 'tests that came with the patch are missing';
  if ((seen.sight === null) === plan.isSanitized) return 'whether the sanitizer still watches was not looked at';
  if ((seen.immutable === null) === plan.hasImmutable) return 'what no patch may change was not looked at';
  return undefined;
}
