import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { decidePatch, type SeriesStep } from '../../../lab/fix.ts';
import type { PatchVerdict } from './patch.ts';

/** What a check is begun with, by digest; or why there is nothing to check with. */
export type CheckPlan =
  | {
      readonly recipeId: string;
      readonly recipeSha256: string;
      /** Of all patches, one after the other; and of each. */
      readonly patchSha256: string;
      readonly series: readonly string[];
      readonly pocs: readonly { readonly id: string; readonly sha256: string }[];
      readonly runs: number;
      /** How many functional tests and self-checks the recipe has. */
      readonly tests: number;
      readonly selfChecks: number;
      readonly ownTests: number;
      /** Whether the oracle is a sanitizer, that a patch might blind; whether the recipe names what no patch may change. */
      readonly isSanitized: boolean;
      readonly hasImmutable: boolean;
    }
  | { readonly impossible: string };

/** Of a check that held: what a signed statement may say of it. */
export interface Checked {
  readonly provider: string;
  /** The functional tests that pass on the patched build, by name. */
  readonly tests: readonly string[];
}

interface Judged {
  readonly verdict: PatchVerdict;
  readonly because: string;
  readonly checked?: Checked;
  readonly steps?: readonly SeriesStep[];
}

const text = z.string().max(limits.textChars);
const observation = z.discriminatedUnion('saw', [
  z.object({ saw: z.literal('quiet') }),
  z.object({ saw: z.literal('could-not-tell'), because: text }),
  // Which crash it was changes nothing for the verdict.
  z
    .object({ saw: z.literal('crash') })
    .transform(() => ({ saw: 'crash' as const, crash: { type: '', state: '', security: false, frames: [], fingerprint: '' } })),
]);
const test = z.object({ name: text, passed: z.boolean(), unsure: z.boolean(), because: text });
const observations = z.array(observation).max(100);
const tests = z.array(test).max(100);

const trial = z.object({ sha256: text, poc: text.nullable(), before: text.nullable(), after: text.nullable(), because: text.nullable() });
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

/** The lab's evidence of a patch (lab/fix.ts), as it comes back from a worker. */
const checkEvidence = z.union([
  z.object({ refused: text }),
  z.object({
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
  }),
]);

/** Hostile evidence against the plan: exactly the planned PoCs, runs and tests of exactly this patch, or it could not tell. */
export function judgeCheck(plan: CheckPlan, given: unknown): Judged {
  const unsure = (because: string): Judged => ({ verdict: 'could-not-tell', because });
  if ('impossible' in plan) return unsure(plan.impossible);
  const evidence = checkEvidence.safeParse(given).data;
  if (!evidence) return unsure('the evidence is malformed');
  if ('refused' in evidence) return unsure(evidence.refused);
  if (evidence.patch !== plan.patchSha256) return unsure('the evidence is of another patch');
  const { failure, ...seen } = evidence;
  const isWhole = plan.series.length > 1 ? seen.steps.length === plan.series.length : seen.steps.length === 0;
  // What each patch does is told in words only: it is kept where it is of exactly this series, and decides nothing.
  const steps = isWhole && seen.steps.every((s, i) => s.sha256 === plan.series[i]) ? seen.steps : [];
  if (failure !== undefined) return { ...unsure(failure), steps };
  const digests = (pocs: readonly { readonly sha256: string }[]) =>
    pocs
      .map((p) => p.sha256)
      .sort()
      .join();
  if (digests(seen.pocs) !== digests(plan.pocs)) return unsure('the evidence is not of exactly the planned PoCs');
  if (seen.pocs.some((poc) => poc.after.length !== plan.runs)) return unsure('the evidence is not of exactly the planned runs');
  if (seen.control.length !== 1 || seen.selfCheck.length !== plan.selfChecks) return unsure('control runs are missing');
  if (seen.testsBefore.length !== plan.tests || seen.testsAfter.length !== plan.tests) return unsure('functional tests are missing');
  if (seen.ownTests.length !== plan.ownTests) return unsure('tests that came with the patch are missing');
  if ((seen.sight === null) === plan.isSanitized) return unsure('whether the sanitizer still watches was not looked at');
  if ((seen.immutable === null) === plan.hasImmutable) return unsure('what no patch may change was not looked at');
  const decided = { ...decidePatch(seen), steps };
  if (decided.verdict !== 'verified') return decided;
  if (steps.length !== seen.steps.length || !isWhole) return unsure('the evidence is of another series');
  const { variants, attacks } = seen;
  if (variants.tried !== limits.patchVariants || attacks.tried !== limits.patchAttacks) return unsure('trials of other inputs are missing');
  return { ...decided, checked: { provider: seen.provider, tests: seen.testsAfter.filter((t) => t.passed).map((t) => t.name) } };
}
