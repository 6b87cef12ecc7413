import { expect, test } from 'vitest';
import { sourceFiles } from './tree.ts';

const deciding = sourceFiles('src').filter((f) => !f.path.endsWith('.test.ts') && f.path !== 'src/base/label.ts');

// docs/decisions/0005: whatever lies under the public label, anybody reads in the log.
test('the public label is given by the releases and what they bring, and by what opens a commitment once the flaw is public', () => {
  const giving = deciding.filter((f) => /label: publicLabel|label\('CLEAR'/.test(f.code));
  expect(giving.map((f) => [f.path, f.code.match(/label: publicLabel/g)?.length])).toEqual([
    ['src/clearinghouse/findings/amendments/actions.ts', 1],
    ['src/clearinghouse/releases/actions.ts', 2],
    ['src/clearinghouse/releases/artefacts/actions.ts', 1],
    // The collection of what was published.
    ['src/clearinghouse/releases/feeds/feed.ts', 1],
  ]);
});

test('no event is for all members', () => {
  expect(deciding.filter((f) => /label\('GREEN'|\bmembers\b.*compartments/.test(f.code)).map((f) => f.path)).toEqual([]);
});

test('what a case tells the log lies under the ledger, not under the case that every tier reads', () => {
  const ofCases = deciding.filter((f) => /^src\/clearinghouse\/(cases|priorities|advisories)\/.*actions\.ts$/.test(f.path));
  expect(ofCases.length).toBeGreaterThan(4);
  const events = ofCases.flatMap((f) =>
    [...f.code.matchAll(/\bevent: [^,]+, thing: [^,]+, label: ([^,]+(?:\([^)]*\))?)/g)].map((m) => m[1]!),
  );
  expect(events.length).toBeGreaterThan(5);
  // What is told of a project tells of no case; what becomes of mail is the clearinghouse's, as the ledger is.
  expect(events.filter((label) => !/^(ledger|project)Label\(|^noticeLabel$/.test(label))).toEqual([]);
});

test('nobody but act() sets what a transaction reads', () => {
  const setting = deciding.filter((f) => /\.setReads\(/.test(f.code)).map((f) => f.path);
  expect(setting).toEqual(['src/trust/act.ts']);
});
