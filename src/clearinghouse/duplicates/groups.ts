import { limits } from '../../base/limits.ts';
import type { Decision } from './same.ts';

/** A pair that was compared: indices into one list of findings. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly decision: Decision;
  readonly score: number;
}

/** A group is a merge, and acts on what was never compared too: it takes more than one pair that is likelier the same than not. */
const joinFrom = 0.8;
/** Scores are added as whole millionths: sums of fractions would depend on their order. */
const millionths = (score: number) => Math.round(score * 1e6);

/** The compared pairs between two groups. */
interface Between {
  readonly pairs: number;
  readonly sum: number;
  readonly distinct: boolean;
}

/**
 * Disjoint groups of the findings 0 … count − 1, of two or more each. Surest pairs first, two groups join when the mean score of all pairs
 * between them is `joinFrom` or more and none of them is DISTINCT: a chain alone joins nothing. A pair never compared counts as 0; but in a
 * flood nobody is compared with everybody, so no more than `limits.findingsPerKey` pairs are asked for.
 * Each pair is given at most once; their order does not matter. Near-linear in them: the side with fewer neighbours is moved.
 */
export function groupsOf(count: number, pairs: readonly Pair[]): number[][] {
  const members = Array.from({ length: count }, (_, i) => [i]);
  const rootOf = members.map((_, i) => i);
  const between = neighbours(count, pairs);
  for (const pair of surestFirst(pairs)) {
    let [into, from] = [rootOf[pair.a]!, rootOf[pair.b]!];
    if (into === from) continue;
    const link = between[into]!.get(from)!;
    const asked = Math.min(members[into]!.length * members[from]!.length, limits.findingsPerKey);
    if (link.distinct || link.sum < millionths(joinFrom) * Math.max(link.pairs, asked)) continue;
    if (between[into]!.size + members[into]!.length < between[from]!.size + members[from]!.length) [into, from] = [from, into];
    for (const m of members[from]!) rootOf[m] = into;
    members[into]!.push(...members[from]!);
    members[from] = [];
    moveNeighbours(between, from, into);
  }
  return members
    .filter((group) => group.length > 1)
    .map((group) => group.sort((x, y) => x - y))
    .sort((x, y) => x[0]! - y[0]!);
}

function neighbours(count: number, pairs: readonly Pair[]): Map<number, Between>[] {
  const between = Array.from({ length: count }, () => new Map<number, Between>());
  for (const { a, b, score, decision } of pairs) {
    const link = { pairs: 1, sum: millionths(score), distinct: decision === 'distinct' };
    between[a]!.set(b, link);
    between[b]!.set(a, link);
  }
  return between;
}

/** Whether a pair may bring two groups together. */
export function joins(pair: Pair): boolean {
  return pair.decision === 'same' && pair.score >= joinFrom;
}

function surestFirst(pairs: readonly Pair[]): Pair[] {
  const [low, high] = [(p: Pair) => Math.min(p.a, p.b), (p: Pair) => Math.max(p.a, p.b)];
  return pairs.filter(joins).sort((p, q) => q.score - p.score || low(p) - low(q) || high(p) - high(q));
}

function moveNeighbours(between: Map<number, Between>[], from: number, into: number): void {
  between[into]!.delete(from);
  between[from]!.delete(into);
  for (const [other, link] of between[from]!) {
    const known = between[into]!.get(other);
    const sum = known ? { pairs: link.pairs + known.pairs, sum: link.sum + known.sum, distinct: link.distinct || known.distinct } : link;
    between[into]!.set(other, sum);
    between[other]!.delete(from);
    between[other]!.set(into, sum);
  }
  between[from]!.clear();
}
