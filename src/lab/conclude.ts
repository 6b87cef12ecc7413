import { type Evidence, evidenceSchema, type RunRecord } from './evidence.ts';
import { digestOfPlan, type Pinned, plannedRuns } from './experiment.ts';
import { see } from './see.ts';
import { decideVerdict, type Seen, type Verdict } from './verdict.ts';

/** The trusted half after the box: the spec is the pinned one, the evidence is hostile. */
export function conclude(spec: Pinned, evidence: unknown): Verdict {
  const counts = { vulnerable: { crashes: 0, of: 0 }, fixed: { crashes: 0, of: 0 }, control: { crashes: 0, of: 0 } };
  const unsure = (because: string): Verdict => ({ verdict: 'could-not-tell', because, counts });
  const { digest, ...plan } = spec;
  if (digestOfPlan(plan) !== digest) return unsure('the pinned experiment was altered');
  const parsed = evidenceSchema.safeParse(evidence);
  if (!parsed.success) return unsure(`the evidence is malformed at /${parsed.error.issues[0]?.path.join('/')}`);
  if (parsed.data.specDigest !== digest) return unsure('the evidence is of another experiment');
  if (parsed.data.failure) return unsure(`${parsed.data.failure.at} failed: ${parsed.data.failure.because}`);
  if (!isComplete(spec, parsed.data)) return unsure('the evidence is not of exactly the planned runs');
  return decideVerdict(observeAll(spec, parsed.data), spec.recipe.variants.fixed !== undefined, spec.needed);
}

/** Each planned run once, no other: neither a lucky run added nor an unlucky one left out. */
function isComplete(spec: Pinned, evidence: Evidence): boolean {
  const keyOf = (run: Pick<RunRecord, 'variant' | 'input' | 'index'>) => `${run.variant} ${run.input} ${run.index}`;
  const planned = plannedRuns(spec).map(keyOf).sort();
  const done = evidence.runs
    .filter((run) => !run.symbolized)
    .map(keyOf)
    .sort();
  return planned.length === done.length && planned.every((key, i) => key === done[i]);
}

/** What each run showed, by our own reading of its report files. */
function observeAll(spec: Pinned, evidence: Evidence): Seen[] {
  return evidence.runs.map((run) => ({
    variant: run.variant,
    input: run.input,
    symbolized: run.symbolized,
    observation: see(spec, run),
  }));
}
