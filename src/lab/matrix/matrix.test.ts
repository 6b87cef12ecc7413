import { describe, expect, test } from 'vitest';
import { type Arbitration, arbitrate, type Cell, type Column, type Matrix, type Reach, reachOf } from './matrix.ts';
import { tableOf } from './table.ts';

const crash: Cell = { saw: 'crash', crashes: 3, of: 3, because: 'overflow in f' };
const moved: Cell = { ...crash, because: 'overflow in g' };
const quiet: Cell = { saw: 'quiet', crashes: 0, of: 3, because: '' };
const unsure: Cell = { saw: 'could-not-tell', crashes: 1, of: 3, because: 'only some runs crash' };
const cells = { c: crash, m: moved, q: quiet, u: unsure };
type Letters = string;
const read = (letters: Letters) => [...letters].map((letter) => cells[letter as keyof typeof cells]);

const rows = [
  { name: 'p', of: 'A' },
  { name: 'q', of: 'B' },
];
const unpatched = (letters: Letters): Column => ({ name: 'unpatched', of: [], base: null, source: 's', void: null, cells: read(letters) });
const fix = (letters: Letters, of: string, over: Partial<Column> = {}): Column => {
  return { name: `fix-${of}-${letters}`, of: [...of], base: 0, source: `${of} ${letters}`, void: null, cells: read(letters), ...over };
};
const matrix = (base: Letters, ...fixes: Column[]): Matrix => ({ rows, columns: [unpatched(base), ...fixes] });
const relation = (base: Letters, ...fixes: Column[]) => arbitrate(matrix(base, ...fixes), 'A', 'B').relation;

describe('what each decides', () => {
  test.each<[Arbitration['relation'], string, Letters, Column[]]>([
    ['equivalent', 'each fix stops both', 'cc', [fix('qq', 'A'), fix('qq', 'B')]],
    ['equivalent', 'a fix of A, and one that both claim', 'cc', [fix('qq', 'A'), fix('qq', 'AB')]],
    ['could-not-tell', 'one fix that both claim: it may mend two flaws', 'cc', [fix('qq', 'AB')]],
    ['could-not-tell', 'two fixes, neither of them B’s', 'cc', [fix('qq', 'A'), fix('qq', 'A', { source: 'x' })]],
    ['could-not-tell', 'the same source behind two names', 'cc', [fix('qq', 'A', { source: 'x' }), fix('qq', 'B', { source: 'x' })]],
    ['separate', 'each fix stops its own', 'cc', [fix('qc', 'A'), fix('cq', 'B')]],
    ['separate', 'one way only', 'cc', [fix('qc', 'A')]],
    ['separate', 'one way, the other cannot be told', 'cc', [fix('qc', 'A'), fix('uq', 'B')]],
    ['subsumes', 'A’s fix stops both, B’s only its own', 'cc', [fix('qq', 'A'), fix('cq', 'B')]],
    ['could-not-tell', 'a fix that stops both and is nobody’s who contains', 'cc', [fix('qq', 'B'), fix('cq', 'B')]],
    ['could-not-tell', 'all three kinds', 'cc', [fix('qq', 'A'), fix('qc', 'A'), fix('cq', 'B')]],
    ['could-not-tell', 'A’s input does not trip the unpatched build', 'qc', [fix('qq', 'A'), fix('qq', 'B')]],
    ['could-not-tell', 'B’s input is flaky on it', 'cu', [fix('qq', 'A'), fix('qq', 'B')]],
    ['could-not-tell', 'a fix that stops nothing', 'cc', [fix('cc', 'A'), fix('cc', 'B')]],
    ['could-not-tell', 'the crash moved: a second flaw may lie behind the first', 'cc', [fix('qm', 'A')]],
    ['could-not-tell', 'no fix at all', 'cc', []],
    // The patch that switches the feature off.
    ['could-not-tell', 'both silent, but the tests fail', 'cc', [fix('qq', 'A', { void: 'fails' }), fix('qq', 'B')]],
    [
      'separate',
      'silence of a switched-off feature does not stand against two that work',
      'cc',
      [fix('qq', 'A', { void: 'fails' }), fix('cq', 'B')],
    ],
  ])('%s: %s', (expected, _, base, fixes) => {
    expect(relation(base, ...fixes)).toBe(expected);
  });

  test('who contains whom, and why, is said by name', () => {
    expect(arbitrate(matrix('cc', fix('qq', 'B'), fix('qc', 'A')), 'A', 'B')).toEqual({
      relation: 'subsumes',
      container: 'B',
      because: 'fix-B-qq stops both, fix-A-qc stops only A',
    });
    expect(arbitrate(matrix('cc', fix('qq', 'A', { void: 'the test "x" fails' })), 'A', 'B').because).toBe(
      'no fix is evidence (fix-A-qq: the test "x" fails)',
    );
  });
});

describe('reach', () => {
  test.each<[Reach, string, Letters, Letters]>([
    ['stops', 'an input that never tripped it is not counted', 'cq', 'qq'],
    ['leaves', 'one of two is left', 'cc', 'qc'],
    ['unknown', 'one of two cannot be told', 'cc', 'qu'],
    ['unknown', 'one that was silent before crashes now', 'cq', 'qc'],
    ['unknown', 'a flaky one that is flaky still', 'cu', 'qu'],
    ['stops', 'a flaky one that is silent now', 'cu', 'qq'],
    ['unknown', 'none of them tripped this base', 'qq', 'qq'],
    ['unknown', 'only flaky before', 'uu', 'qq'],
  ])('%s: %s', (expected, _, before, after) => {
    const both = matrix(before, fix(after, 'A'));
    expect(reachOf({ ...both, rows: rows.map((row) => ({ ...row, of: 'A' })) }, both.columns[1]!, 'A')).toBe(expected);
  });

  test('each fix is read against the build it was made from', () => {
    // B's source already holds A's fix, so that A's input says nothing about B's.
    const later: Column = { ...unpatched('qc'), name: 'unpatched later' };
    const columns = [unpatched('cc'), later, fix('qc', 'A'), fix('qq', 'B', { base: 1 })];
    expect(arbitrate({ rows, columns }, 'A', 'B')).toMatchObject({ relation: 'separate', because: 'fix-A-qc stops only A' });
    expect(reachOf({ rows, columns }, columns[3]!, 'A')).toBe('unknown');
  });
});

/** One input a side; none, one or two fixes with every claim, every cell, heard or not: against the rules said another way. */
describe('every small matrix', () => {
  const letters = [...'cmqu'];
  const pairs = letters.flatMap((x) => letters.map((y) => x + y));
  const owners = ['A', 'B', 'AB'];
  const fixes = pairs.flatMap((pair) => owners.flatMap((of) => [null, 'fails'].map((reason) => fix(pair, of, { void: reason }))));
  const swap = (m: Matrix): Matrix => ({
    rows: [rows[1]!, rows[0]!],
    columns: m.columns.map((column) => ({ ...column, cells: column.cells.toReversed() })),
  });
  const all = function* (): Generator<Matrix> {
    for (const base of pairs) {
      yield matrix(base);
      for (const [i, first] of fixes.entries()) {
        yield matrix(base, first);
        for (const second of fixes.slice(i)) yield matrix(base, first, { ...second, source: 'another' });
      }
    }
  };

  /** One letter a side: S stopped, L left as it was, ? neither. */
  const effects = ({ columns: [base, ...heard] }: Matrix) =>
    heard
      .filter((column) => column.void === null)
      .map(({ of, cells: after }) => ({
        of,
        effect: after
          .map((cell, i) => (base!.cells[i]!.saw !== 'crash' ? '?' : cell === quiet ? 'S' : cell === base!.cells[i] ? 'L' : '?'))
          .join(''),
      }));
  const expected = (m: Matrix): string => {
    const seen = effects(m);
    if (m.columns[0]!.cells.some((cell) => cell.saw !== 'crash')) return 'could-not-tell';
    const [both, first, second] = ['SS', 'SL', 'LS'].map((effect) => seen.filter((fixed) => fixed.effect === effect)) as [
      typeof seen,
      typeof seen,
      typeof seen,
    ];
    const kinds = [both, first, second].map((found) => Math.min(found.length, 1)).join('');
    const claimed = (side: string) => both.some(({ of }) => of.includes(side));
    const [one, other] = both;
    const claims = one && other ? [...one.of, ...other.of] : [];
    const isOfEach = claims.includes('A') && claims.includes('B');
    const decided: Record<string, string> = {
      '000': 'could-not-tell',
      '100': isOfEach ? 'equivalent' : 'could-not-tell',
      '010': 'separate',
      '001': 'separate',
      '011': 'separate',
      '110': claimed('B') ? 'subsumes' : 'could-not-tell',
      '101': claimed('A') ? 'subsumes' : 'could-not-tell',
      '111': 'could-not-tell',
    };
    return decided[kinds]!;
  };

  test('is decided as the rules say, the same from either side, and never by what is no evidence', () => {
    let [count, wrong, lopsided, bought] = [0, 0, 0, 0];
    for (const m of all()) {
      count++;
      const { relation, container } = arbitrate(m, 'A', 'B');
      if (relation !== expected(m)) wrong++;
      const mirrored = arbitrate(swap(m), 'B', 'A');
      if (mirrored.relation !== relation || mirrored.container !== container) lopsided++;
      const heard = { ...m, columns: m.columns.filter((column) => column.void === null) };
      if (arbitrate(heard, 'A', 'B').relation !== relation) bought++;
    }
    expect({ count: count > 70_000, wrong, lopsided, bought }).toEqual({ count: true, wrong: 0, lopsided: 0, bought: 0 });
  });
});

test('the table says what each build showed, and what is no evidence', () => {
  const columns = [unpatched('cc'), fix('qc', 'A'), fix('qu', 'B', { void: 'the test "x" fails: printed\nsomething else' })];
  expect(tableOf({ rows, columns })).toBe(
    [
      '           A          B',
      'unpatched  CRASH 3/3  CRASH 3/3',
      'fix-A-qc   quiet 0/3  CRASH 3/3',
      'fix-B-qu   quiet 0/3  unsure 1/3  no evidence: the test "x" fails: printed something else',
      '',
      'CRASH k/N: in all N runs, at one place · quiet: in none · unsure k/N: anything else',
      'no evidence: the build’s silence proves nothing, because it fails its tests, is blind, or is no build',
      'seen: overflow in f',
      'seen: only some runs crash',
    ].join('\n'),
  );
});
