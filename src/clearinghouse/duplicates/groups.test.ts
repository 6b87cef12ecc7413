import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { sortOut } from './batch.ts';
import { groupsOf, type Pair } from './groups.ts';
import { traitsOfRecord } from './traits.ts';

const pair = (a: number, b: number, decision: Pair['decision'], score = 0.5): Pair => ({ a, b, decision, score });

test('a chain alone joins nothing, agreement does; a DISTINCT keeps the surer half', () => {
  expect(groupsOf(3, [pair(0, 1, 'same', 0.95), pair(1, 2, 'same', 0.9)])).toEqual([[0, 1]]);
  expect(groupsOf(3, [pair(0, 1, 'same', 0.95), pair(1, 2, 'same', 0.9), pair(0, 2, 'unsure', 0.75)])).toEqual([[0, 1, 2]]);
  expect(groupsOf(3, [pair(0, 1, 'same', 0.95), pair(1, 2, 'same', 1), pair(0, 2, 'distinct', 0.9)])).toEqual([[1, 2]]);
  expect(groupsOf(3, [pair(0, 1, 'unsure', 0.9)])).toEqual([]);
});

const pairs = fc.uniqueArray(
  fc.record({
    a: fc.nat(14),
    b: fc.nat(14),
    decision: fc.constantFrom<Pair['decision']>('same', 'distinct', 'unsure'),
    score: fc.constantFrom(0.25, 0.5, 0.75, 1),
  }),
  { maxLength: 100, selector: ({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}` },
);

test('property: no group holds a DISTINCT pair, groups are disjoint, the order does not matter', () => {
  fc.assert(
    fc.property(pairs, fc.infiniteStream(fc.nat()), (given, order) => {
      const list = given.filter((p) => p.a !== p.b);
      const groups = groupsOf(15, list);
      expect(new Set(groups.flat()).size).toBe(groups.flat().length);
      for (const group of groups)
        expect(list.filter((p) => p.decision === 'distinct' && group.includes(p.a) && group.includes(p.b))).toEqual([]);
      const turned = list
        .map((p) => ({ p, at: order.next().value! }))
        .sort((x, y) => x.at - y.at)
        .map(({ p }) => ({ ...p, a: p.b, b: p.a }));
      expect(groupsOf(15, turned)).toEqual(groups);
    }),
  );
});

test('under one key only the newest are looked at, and a flood of one flaw is one group all the same', () => {
  const flood = (n: number) => Array.from({ length: n }, () => traitsOfRecord({ function: 'f', cwe: 'CWE-787' }));
  for (const n of [limits.findingsPerKey + 1, limits.findingsPerKey + 2]) {
    const { pairs, groups } = sortOut(flood(n));
    expect(groups.map((group) => group.length)).toEqual([n]);
    expect(Math.max(...pairs.map((p) => p.b - p.a))).toBe(limits.findingsPerKey);
  }
});
