import { z } from 'zod';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { conclude } from '../conclude.ts';
import { evidenceSchema, runRecord, sha256Text } from '../evidence.ts';
import { type Pinned, withSource } from '../experiment.ts';
import { familyOf } from '../family.ts';
import { judgeTest } from '../fix.ts';
import { sourceSchema } from '../recipe.ts';
import type { Told } from './search.ts';

const triedPoint = z.strictObject({
  at: z.int().min(0).max(limits.historyPoints),
  /** Of the whole experiment on this point alone. */
  experiment: evidenceSchema,
  /** The functional tests, where the PoC was silent. */
  tests: z.array(runRecord).max(64),
});

/** What a worker brings back; `concludeBisect` reads it through this and believes nothing else. */
export const bisectEvidenceSchema = z.strictObject({
  bisectDigest: sha256Text,
  /** Oldest first. */
  points: z.array(sourceSchema as unknown as z.ZodType<Source>).max(limits.historyPoints),
  tried: z.array(triedPoint).max(limits.bisectTries),
  failure: z.string().max(8192).nullable(),
});

export type BisectEvidence = z.infer<typeof bisectEvidenceSchema>;
export type TriedPoint = z.infer<typeof triedPoint>;

export interface Answer {
  readonly told: Told;
  readonly because: string;
  readonly family: string | null;
}

/** What one point's evidence says. `wanted`: the family of the recipe's own version, null while that is what is asked. */
export function answerOf(spec: Pinned, point: Source, tried: TriedPoint, wanted: string | null): Answer {
  const say = (told: Told, because: string, family: string | null = null): Answer => ({ told, because, family });
  const verdict = conclude(withSource(spec, point), tried.experiment);
  if (tried.experiment.failure && tried.experiment.failure.at !== 'run') return say('skipped', verdict.because);
  if (verdict.verdict === 'reproduced') {
    const family = (verdict.crash && (familyOf(verdict.crash) ?? verdict.crash.type)) ?? '';
    const isSame = wanted === null || family === wanted;
    return isSame ? say('affected', family, family) : say('could-not-tell', `it crashes elsewhere: ${family}`, family);
  }
  if (verdict.verdict !== 'not-reproduced') return say('could-not-tell', verdict.because);
  const { tests } = spec.recipe;
  if (tried.tests.length !== tests.length) return say('could-not-tell', 'functional tests are missing');
  // Silence of a package that does not do its work says nothing.
  const failed = tests.map((test, i) => judgeTest(test, tried.tests[i]!)).find((outcome) => !outcome.passed);
  return failed
    ? say('could-not-tell', `silent, but the test "${failed.name}" fails: ${failed.because}`)
    : say('unaffected', verdict.because);
}
