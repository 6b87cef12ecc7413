import { expect, test } from 'vitest';
import { label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { houseLabel, surestHomes } from '../duplicate.ts';
import { pairsMet } from '../regroupings/regrouping.ts';
import type { Decision } from '../same.ts';
import { type Traits, traitsOfRecord } from '../traits.ts';
import { acrossPackages, labelOfPair, sideBySide, turnOf, type Weighed, worthKeeping } from './pair.ts';

const traits = (more: Partial<Traits> = {}): Traits => ({ ...traitsOfRecord({}), package: 'pkg:npm/a', ...more });
const crash = (...state: string[]): Traits['crash'] => ({ sanitizer: null, type: 'UAF', state, from: 'verdict' });
const candidate = (findingId: Candidate['findingId'], more: Partial<Candidate> = {}): Candidate => ({
  ...{ findingId, state: 'valid', traits: traits(), label: label('RED', 'org_a', 'hou_clearinghouse') },
  ...more,
});
const mine = candidate('fnd_0', { traits: traits({ crash: crash('f') }) });
const weighed = (no: number, decision: Decision, more: Partial<Weighed> = {}): Weighed => ({
  ...{ decision, score: 0.5, reasons: ['x'], other: candidate(`fnd_${no}`), turn: no, known: null },
  ...more,
});
const many = (n: number, decision: Decision) => Array.from({ length: n }, (_, i) => weighed(i + 1, decision));

test('replayed goes before the likelier, and the likelier before the rest', () => {
  const [valid, received] = [candidate('fnd_1'), candidate('fnd_2', { state: 'received' })];
  const turns = [turnOf(valid, valid, 0), turnOf(valid, received, 1), turnOf(valid, received, 0.5), turnOf(received, received, 1)];
  expect(turns).toEqual(turns.toSorted((a, b) => a - b));
  expect(new Set(turns).size).toBe(4);
});

test('of the same and of the undecided so many are kept, the first in turn', () => {
  for (const decision of ['same', 'unsure'] as const) {
    expect(worthKeeping(mine, many(limits.keptPerFinding, decision))).toHaveLength(limits.keptPerFinding);
    const kept = worthKeeping(mine, many(limits.keptPerFinding + 1, decision).toReversed());
    expect(Math.max(...kept.map((w) => w.turn))).toBe(limits.keptPerFinding);
  }
});

test('distinct is kept where both were replayed in one package, or where it was decided otherwise before', () => {
  const replayed = candidate('fnd_1', { traits: traits({ crash: crash('g') }) });
  const elsewhere = candidate('fnd_2', { traits: traits({ crash: crash('g'), package: 'pkg:npm/b' }) });
  const known = { decision: 'unsure', reasons: ['x'], turn: 3, binding: false } as const;
  const kept = worthKeeping(mine, [
    weighed(1, 'distinct', { other: replayed }),
    weighed(2, 'distinct', { other: elsewhere }),
    weighed(3, 'distinct', { known }),
    weighed(4, 'distinct', { known: { ...known, binding: true } }),
  ]);
  expect(kept.map((w) => w.turn)).toEqual([1, 3]);
});

test('what says what was said before is not said again', () => {
  const known = { decision: 'unsure', reasons: ['x'], turn: 1, binding: false } as const;
  expect(worthKeeping(mine, [weighed(1, 'unsure', { known })])).toEqual([]);
  expect(worthKeeping(mine, [weighed(1, 'unsure', { known: { ...known, turn: 2 } })])).toHaveLength(1);
  expect(worthKeeping(mine, [weighed(1, 'unsure', { known: { ...known, reasons: ['y'] } })])).toHaveLength(1);
});

test('the same in two packages is undecided; what is distinct stays so', () => {
  const [a, b] = [traits(), traits({ package: 'pkg:npm/b' })];
  const decided = (decision: Decision) => ({ decision, score: 1, reasons: [] });
  expect(acrossPackages(a, b, decided('same')).decision).toBe('unsure');
  expect(acrossPackages(a, a, decided('same')).decision).toBe('same');
  expect(acrossPackages(a, b, decided('distinct')).decision).toBe('distinct');
});

test('a pair lies under what both lie under', () => {
  const other = { label: label('RED', 'org_b') };
  expect(labelOfPair(mine, other).compartments).toEqual([...houseLabel.compartments, 'org_a', 'org_b']);
});

test('side by side: what both say alike and otherwise; of the words so many', () => {
  const text = (n: number) => ({ ...traits().text, words: Array.from({ length: n }, (_, i) => `w${i}`) });
  const a = traits({ weakness: 'CWE-1', file: 'a.c', crash: crash('f', 'main'), text: text(limits.wordsShown + 1) });
  const b = traits({ weakness: 'CWE-2', crash: crash('f', 'start'), text: text(limits.wordsShown + 1) });
  const { common, differing } = sideBySide(a, b);
  expect(common.slice(0, 3)).toEqual(['package: pkg:npm/a', 'frames: f', 'crash: UAF']);
  expect(differing).toEqual(['weakness: CWE-1 | CWE-2']);
  expect(common.at(-1)!.split(' ')).toHaveLength(limits.wordsShown + 1);
  expect(sideBySide(a, { ...b, text: text(limits.wordsShown) }).common).toEqual(common);
});

test('of very many pairs that a person speaks of, so many are kept, the oldest members first', () => {
  const members = Array.from({ length: limits.comparedFindings + 1 }, (_, i) => i);
  expect(pairsMet([-1], members.slice(1))).toHaveLength(limits.comparedFindings);
  expect(pairsMet([-1], members).at(-1)).toEqual([limits.comparedFindings - 1, -1]);
});

test('so many vulnerabilities are looked at, those of the surest first', () => {
  const ids = Array.from({ length: limits.weighedHomes + 1 }, (_, i) => `fnd_${i}`);
  const places = new Map(ids.map((id) => [id, id.replace('fnd', 'vul') as `vul_${string}`]));
  expect(surestHomes(ids.slice(1), places)).toHaveLength(limits.weighedHomes);
  expect(surestHomes(ids, places)).toEqual(ids.slice(0, -1).map((id) => places.get(id)));
  expect(surestHomes(['fnd_0', 'fnd_9', 'fnd_0'], places)).toEqual(['vul_0']);
});
