import { z } from 'zod';
import type { Probe } from '../../base/doors.ts';
import type { Evidence } from '../evidence.ts';
import type { Pinned } from '../experiment.ts';
import { familyOf } from '../family.ts';
import type { Verdict } from '../verdict.ts';

const text = z.string().max(8192);
const count = z.object({ crashes: z.int(), of: z.int() });

/** Of a validation's record (record.ts), what a replay compares; hostile until its signature was checked, and parsed all the same. */
const recordSchema = z.object({
  predicateType: z.literal('urn:breakwater:validation:1'),
  predicate: z.object({
    experiment: text,
    recipe: z.object({ id: text, sha256: text }),
    builds: z.array(z.object({ variant: text, source: text, tree: text })).max(2),
    inputs: z.record(text, text),
    runsAsked: z.int().min(1).max(100),
    runsNeeded: z.int().min(1).max(100).optional(),
    salt: text.optional(),
    provider: z.object({ probe: z.object({ tools: z.record(text, text).optional() }) }),
    verdict: z.object({
      verdict: text,
      counts: z.object({ vulnerable: count, fixed: count, control: count }),
      crash: z.object({ type: text, state: text, fingerprint: text }).optional(),
    }),
  }),
});

type Recorded = z.infer<typeof recordSchema>['predicate'];

/** The statement of an envelope whose signature holds; undefined when it is no record of a validation. */
export function readRecord(payload: Uint8Array): Recorded | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8'))).data?.predicate;
  } catch {
    return undefined;
  }
}

interface Replayed {
  readonly outcome: 'same' | 'differs' | 'could-not-tell';
  /** Each part that is not as recorded. */
  readonly differences: readonly string[];
  /** What is other and explains itself: it decides nothing. */
  readonly notes: readonly string[];
}

/** A record beside what came of doing the same again. How: `prepare` with the record's own `runsAsked` → `runExperiment` → `conclude` → this. */
export function compareReplay(
  recorded: Recorded,
  spec: Pinned,
  evidence: Evidence,
  verdict: Verdict,
  probe: Pick<Probe, 'tools'>,
): Replayed {
  if (recorded.inputs.poc !== spec.poc.sha256) return unsure('the PoC is not the one of the record');
  if (recorded.experiment !== spec.digest)
    return unsure(`the recipe ${recorded.recipe.id}, its files or the limits are not those of the record`);
  if (verdict.verdict === 'could-not-tell' && recorded.verdict.verdict !== 'could-not-tell') return unsure(verdict.because);
  const differences: string[] = [];
  const notes = otherTools(recorded.provider.probe.tools, probe.tools);
  let isRebuilt = false;
  for (const was of recorded.builds) {
    const now = evidence.builds.find((build) => build.variant === was.variant);
    if (now?.source !== was.source) differences.push(`the ${was.variant} source: ${was.source}, now ${now?.source ?? 'none'}`);
    else if (now.tree !== was.tree) {
      isRebuilt = true;
      notes.push(`the ${was.variant} build is of other bytes: another compiler, or a build that is never the same twice`);
    }
  }
  if (verdict.verdict !== recorded.verdict.verdict) differences.push(`the verdict: ${recorded.verdict.verdict}, now ${verdict.verdict}`);
  for (const part of ['vulnerable', 'fixed', 'control'] as const) {
    const [was, now] = [recorded.verdict.counts[part], verdict.counts[part]];
    if (was.crashes !== now.crashes || was.of !== now.of)
      differences.push(`${part}: ${was.crashes} of ${was.of}, now ${now.crashes} of ${now.of}`);
  }
  const [was, now] = [recorded.verdict.crash, verdict.crash];
  const place = (crash: typeof was) => (crash ? (familyOf(crash) ?? crash.type) : 'no crash');
  if (place(was) !== place(now)) differences.push(`the crash: ${place(was)}, now ${place(now)}`);
  else if (was?.state !== now?.state) differences.push('the frames of the crash below the first');
  else if (was?.fingerprint !== now?.fingerprint) (isRebuilt ? notes : differences).push('the addresses of the crash');
  return { outcome: differences.length > 0 ? 'differs' : 'same', differences, notes };
}

/** A record from before they were kept names none. */
function otherTools(was: Probe['tools'], now: Probe['tools']): string[] {
  if (!was || !now) return [];
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])].sort();
  return names.filter((name) => was[name] !== now[name]).map((name) => `${name}: ${was[name] ?? 'none'}, now ${now[name] ?? 'none'}`);
}

const unsure = (because: string): Replayed => ({ outcome: 'could-not-tell', differences: [because], notes: [] });
