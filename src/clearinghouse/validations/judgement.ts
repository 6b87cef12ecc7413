import type { z } from 'zod';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Envelope, Signer } from '../../base/signature.ts';
import { conclude } from '../../lab/conclude.ts';
import { type Evidence, evidenceSchema } from '../../lab/evidence.ts';
import { factsOf } from '../../lab/facts.ts';
import { recordOf, sealRecord } from '../../lab/record.ts';
import type { Verdict } from '../../lab/verdict.ts';
import type { TrialSpec } from './labour.ts';
import { mendsOf, type Why, whyOf } from './mending.ts';
import { decisiveTrial, isEnough, type Trial, type Validation } from './validation.ts';
import type { evidenceIn } from './wire.ts';

type Judged = Pick<Validation, 'trials' | 'verdict' | 'because' | 'why' | 'mends' | 'crashState' | 'facts' | 'decided'>;
type Judgement = Judged & {
  /** Of each trial that left some, by index. */
  readonly evidence: readonly (Evidence | undefined)[];
  /** Signs the record of the trial that decided, where it left evidence. */
  readonly seal?: (signer: Signer) => Envelope;
};

const nothing = { crashes: 0, of: 0 };
const unsure = (because: string): Verdict => ({
  verdict: 'could-not-tell',
  because,
  counts: { vulnerable: nothing, fixed: nothing, control: nothing },
});

/** What a worker brought back from a box that held; `malformed` when it is nothing of that, `unavailable` when there was no such box. */
export function boxed<E extends Pick<z.output<typeof evidenceIn>, 'probe'>>(given: E | undefined): E | Refusal {
  if (!given) return refuse('malformed', 'the evidence is malformed');
  const { usable, missing } = given.probe;
  return usable ? given : refuse('unavailable', `no box to run it in: ${missing.join('; ') || 'the box is not usable'}`);
}

/** Reads hostile evidence against what was pinned when the work began; anything out of place could not tell. */
export function judge(trials: readonly Trial[], specs: readonly TrialSpec[], given: z.output<typeof evidenceIn> | undefined): Judgement {
  const say = (why: Why, because: string, first: readonly string[] = []): Judgement => {
    const unknown = { crashState: null, facts: null, decided: null, evidence: [] };
    return { trials, verdict: 'could-not-tell', because, why, mends: mendsOf(why, first), ...unknown };
  };
  const evidence = boxed(given);
  if (isRefusal(evidence)) return say(given ? 'no-box' : 'evidence', evidence.because, given?.probe.missing);
  if (evidence.trials.length > trials.length) return say('evidence', 'the evidence is of more trials than were planned');
  const verdicts = evidence.trials.map((given, i) => verdictOf(trials[i]!, specs[i]!, given));
  const names = verdicts.map((v) => v.verdict);
  if (!isEnough(trials.length, names)) return say('evidence', 'the evidence is of fewer trials than were planned');
  const at = decisiveTrial(names);
  const [verdict, trial, spec] = [verdicts[at], trials[at], specs[at]];
  if (!verdict || !trial || !spec) return say('evidence', 'nothing was tried');
  const parsed = evidence.trials.map((given) => evidenceSchema.safeParse(given).data);
  const decided = parsed[at];
  const why = isRefusal(spec) ? (spec.at === 'poc' ? 'input' : 'recipe') : whyOf(verdict, decided);
  return {
    trials: trials.map((t, i) => ({ ...t, outcome: outcomeOf(verdicts[i], parsed[i]) })),
    verdict: verdict.verdict,
    because: trial.adopted ? `under the finder’s own recipe, which a coordinator adopted: ${verdict.because}` : verdict.because,
    why: why ?? null,
    mends: why ? mendsOf(why) : [],
    crashState: verdict.crash?.state ?? null,
    facts: decided && !isRefusal(spec) && verdict.verdict !== 'could-not-tell' ? factsOf(spec, decided) : null,
    decided: { recipeId: trial.recipeId, pocId: trial.pocId, pocSha256: trial.pocSha256 },
    evidence: parsed,
    ...(decided && !isRefusal(spec)
      ? { seal: (signer: Signer) => sealRecord(signer, recordOf(spec, decided, verdict, evidence.probe)) }
      : {}),
  };
}

function verdictOf(trial: Trial, spec: TrialSpec, given: unknown): Verdict {
  if (isRefusal(spec)) return unsure(spec.because);
  if (spec.digest !== trial.experiment) return unsure('the recipe was changed while it ran');
  return conclude(spec, given);
}

function outcomeOf(verdict: Verdict | undefined, given: Evidence | undefined): Trial['outcome'] {
  if (!verdict) return null;
  const runs = given?.runs ?? [];
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
