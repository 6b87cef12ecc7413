import type { z } from 'zod';
import { isRefusal } from '../../base/refusal.ts';
import type { Envelope, Signer } from '../../base/signature.ts';
import { conclude } from '../../lab/conclude.ts';
import { evidenceSchema } from '../../lab/evidence.ts';
import { recordOf, sealRecord } from '../../lab/record.ts';
import type { Verdict } from '../../lab/verdict.ts';
import type { TrialSpec } from './labour.ts';
import { decisiveTrial, isEnough, type Trial, type Validation } from './validation.ts';
import type { evidenceIn } from './wire.ts';

type Judgement = Pick<Validation, 'trials' | 'verdict' | 'because' | 'crashState' | 'decided'> & {
  /** Signs the record of the trial that decided, where it left evidence. */
  readonly seal?: (signer: Signer) => Envelope;
};

const nothing = { crashes: 0, of: 0 };
const unsure = (because: string): Verdict => ({
  verdict: 'could-not-tell',
  because,
  counts: { vulnerable: nothing, fixed: nothing, control: nothing },
});

/** Reads hostile evidence against what was pinned when the work began; anything out of place could not tell. */
export function judge(trials: readonly Trial[], specs: readonly TrialSpec[], evidence: z.output<typeof evidenceIn> | undefined): Judgement {
  const say = (because: string): Judgement => ({ trials, verdict: 'could-not-tell', because, crashState: null, decided: null });
  if (!evidence) return say('the evidence is malformed');
  if (!evidence.probe.usable) return say(`no box to run it in: ${evidence.probe.missing.join('; ') || 'the box is not usable'}`);
  if (evidence.trials.length > trials.length) return say('the evidence is of more trials than were planned');
  const verdicts = evidence.trials.map((given, i) => verdictOf(trials[i]!, specs[i]!, given));
  if (
    !isEnough(
      trials.length,
      verdicts.map((v) => v.verdict),
    )
  )
    return say('the evidence is of fewer trials than were planned');
  const at = decisiveTrial(verdicts.map((v) => v.verdict));
  const [verdict, trial, spec, given] = [verdicts[at], trials[at], specs[at], evidenceSchema.safeParse(evidence.trials[at]).data];
  if (!verdict || !trial || !spec) return say('nothing was tried');
  return {
    trials: trials.map((t, i) => ({ ...t, outcome: outcomeOf(verdicts[i], evidence.trials[i]) })),
    verdict: verdict.verdict,
    because: verdict.because,
    crashState: verdict.crash?.state ?? null,
    decided: { recipeId: trial.recipeId, pocId: trial.pocId, pocSha256: trial.pocSha256 },
    ...(given && !isRefusal(spec) ? { seal: (signer: Signer) => sealRecord(signer, recordOf(spec, given, verdict, evidence.probe)) } : {}),
  };
}

function verdictOf(trial: Trial, spec: TrialSpec, given: unknown): Verdict {
  if (isRefusal(spec)) return unsure(spec.because);
  if (spec.digest !== trial.experiment) return unsure('the recipe was changed while it ran');
  return conclude(spec, given);
}

function outcomeOf(verdict: Verdict | undefined, given: unknown): Trial['outcome'] {
  if (!verdict) return null;
  const runs = evidenceSchema.safeParse(given).data?.runs ?? [];
  return {
    verdict: verdict.verdict,
    because: verdict.because,
    counts: verdict.counts,
    runs: runs.map(({ variant, input, index, symbolized, end, exit, wallMs }) => ({
      variant,
      input,
      index,
      symbolized,
      end,
      exit,
      wallMs,
    })),
  };
}
