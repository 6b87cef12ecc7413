import type { Decision } from './same.ts';

/** A pair that was compared: indices into one list of findings. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly decision: Decision;
  readonly score: number;
}

/**
 * Disjoint groups of the findings 0 … count − 1, of two or more each, by their pairs: surest first, two groups join when a pair is `same` and
 * no pair between them is `distinct`. A chain alone joins nothing that was found distinct. The pairs' order does not matter; near-linear in them.
 */
export function groupsOf(count: number, pairs: readonly Pair[]): number[][] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const members = parent.map((i) => [i]);
  const vetoes = parent.map(() => new Set<number>());
  const rootOf = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (const { a, b, decision } of pairs)
    if (decision === 'distinct') {
      vetoes[a]!.add(b);
      vetoes[b]!.add(a);
    }
  const same = pairs.filter((p) => p.decision === 'same');
  same.sort((p, q) => q.score - p.score || Math.min(p.a, p.b) - Math.min(q.a, q.b) || Math.max(p.a, p.b) - Math.max(q.a, q.b));
  for (const pair of same) {
    let [into, from] = [rootOf(pair.a), rootOf(pair.b)];
    if (into === from) continue;
    // The smaller side is walked and moved, so that no finding is moved more than log(count) times.
    if (members[into]!.length + vetoes[into]!.size < members[from]!.length + vetoes[from]!.size) [into, from] = [from, into];
    if (vetoes[from]!.values().some((other) => rootOf(other) === into)) continue;
    parent[from] = into;
    for (const m of members[from]!) members[into]!.push(m);
    for (const v of vetoes[from]!) vetoes[into]!.add(v);
    members[from] = [];
    vetoes[from] = new Set();
  }
  return members
    .filter((group) => group.length > 1)
    .map((group) => group.sort((x, y) => x - y))
    .sort((x, y) => x[0]! - y[0]!);
}
