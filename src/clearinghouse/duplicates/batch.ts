import { limits } from '../../base/limits.ts';
import { calibration } from './calibration.ts';
import { groupsOf, type Pair } from './groups.ts';
import { keysOf } from './keys.ts';
import type { Calibration } from './model.ts';
import type { Decided } from './same.ts';
import { decidePair } from './score.ts';
import type { Traits } from './traits.ts';

interface Sorted {
  /** Pairs that are the same or that a person should look at; `a` < `b` are indices. A pair that is not here is distinct. */
  readonly pairs: readonly (Pair & Pick<Decided, 'reasons'>)[];
  /** Disjoint groups of indices. */
  readonly groups: readonly (readonly number[])[];
}

/** Sorts many findings at once: candidates by key, each pair decided, groups under vetoes. */
export function sortOut(findings: readonly Traits[], by: Calibration = calibration): Sorted {
  const decided = candidatesOf(findings).map(([a, b]) => ({ a, b, ...decidePair(findings[a]!, findings[b]!, by) }));
  const groups = groupsOf(findings.length, decided);
  const groupOf = new Map(groups.flatMap((members, group) => members.map((m) => [m, group] as const)));
  // What one group holds is settled by the group.
  const inOneGroup = (p: Pair) => groupOf.has(p.a) && groupOf.get(p.a) === groupOf.get(p.b);
  return { pairs: decided.filter((p) => p.decision === 'same' || (p.decision === 'unsure' && !inOneGroup(p))), groups };
}

/**
 * Pairs that share a key: for each finding at most `limits.comparedFindings` that came before it, those first that share the rarest keys.
 * Under one key the newest `limits.findingsPerKey` are looked at, so that a flood of one flaw still finds itself.
 */
export function candidatesOf(findings: readonly Traits[]): [number, number][] {
  const holders = new Map<string, number[]>();
  const pairs: [number, number][] = [];
  for (const [i, finding] of findings.entries()) {
    const likeness = new Map<number, number>();
    for (const key of keysOf(finding)) {
      const list = holders.get(key) ?? [];
      if (list.length === 0) holders.set(key, list);
      for (const other of list.slice(-limits.findingsPerKey)) likeness.set(other, (likeness.get(other) ?? 0) + 1 / list.length);
      list.push(i);
    }
    const best = [...likeness].sort((x, y) => y[1] - x[1] || y[0] - x[0]).slice(0, limits.comparedFindings);
    for (const [other] of best) pairs.push([other, i]);
  }
  return pairs;
}
