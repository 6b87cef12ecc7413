import { limits } from '../../base/limits.ts';
import { calibration } from './calibration.ts';
import { groupsOf, joins, type Pair } from './groups.ts';
import { keysOf } from './keys.ts';
import type { Calibration } from './model.ts';
import type { Decided } from './same.ts';
import { decidePair, isWorthALook } from './score.ts';
import type { Traits } from './traits.ts';

interface Line extends Pair, Decided {}

interface Sorted {
  /** Pairs that are the same or that a person should look at; `a` < `b` are indices. A pair that is not here is distinct. */
  readonly pairs: readonly Line[];
  /** Disjoint groups of indices. */
  readonly groups: readonly (readonly number[])[];
}

/** Sorts many findings out at once: candidates by key, each pair decided, groups under vetoes. */
export function sortOut(findings: readonly Traits[], by: Calibration = calibration): Sorted {
  const lines: Line[] = [];
  // Flat, because there are many of them and few matter.
  const apart: number[] = [];
  for (const [a, b] of candidatesOf(findings)) {
    const decided = decidePair(findings[a]!, findings[b]!, by);
    if (decided.decision === 'distinct') apart.push(a, b);
    else if (isWorthALook(decided)) lines.push({ a, b, ...decided });
  }
  const groups = groupsOf(findings.length, [...lines, ...vetoes(lines, apart)]);
  const groupOf = new Map(groups.flatMap((members, group) => members.map((m) => [m, group] as const)));
  // What one group holds is settled by the group.
  const inOneGroup = (p: Pair) => groupOf.has(p.a) && groupOf.get(p.a) === groupOf.get(p.b);
  return { pairs: lines.filter((p) => p.decision === 'same' || !inOneGroup(p)), groups };
}

/** Distinct pairs of findings that may come into a group at all. */
function vetoes(lines: readonly Pair[], apart: readonly number[]): Pair[] {
  const joinable = new Set(lines.filter(joins).flatMap((p) => [p.a, p.b]));
  const found: Pair[] = [];
  for (let i = 0; i < apart.length; i += 2) {
    const [a, b] = [apart[i]!, apart[i + 1]!];
    if (joinable.has(a) && joinable.has(b)) found.push({ a, b, decision: 'distinct', score: 0 });
  }
  return found;
}

/**
 * Pairs that share a key: for each finding at most `limits.comparedFindings` that came before it, those first that share the rarest keys.
 * Under one key the newest `limits.findingsPerKey` are looked at, so that a flood of one flaw still finds itself.
 */
export function* candidatesOf(findings: readonly Traits[]): Generator<[number, number]> {
  const holders = new Map<string, number[]>();
  for (const [i, finding] of findings.entries()) {
    const lists = keysOf(finding).map((key) => {
      const list = holders.get(key) ?? [];
      if (list.length === 0) holders.set(key, list);
      return list;
    });
    const likeness = new Map<number, number>();
    for (const list of lists.toSorted((x, y) => x.length - y.length)) {
      if (likeness.size >= limits.comparedFindings) break;
      for (let at = Math.max(0, list.length - limits.findingsPerKey); at < list.length; at++)
        likeness.set(list[at]!, (likeness.get(list[at]!) ?? 0) + 1 / list.length);
    }
    for (const list of lists) list.push(i);
    const best = [...likeness].sort((x, y) => y[1] - x[1] || y[0] - x[0]).slice(0, limits.comparedFindings);
    for (const [other] of best) yield [other, i];
  }
}
