import { expect, test } from 'vitest';
import { changesBetween } from './revision.ts';

test('members and nested members, each by its pointer', () => {
  const before = { title: 'a', cve: null, ssvc: { decision: 'track', points: { x: '1' } }, change: 'First.' };
  const after = { title: 'b', cve: 'CVE-2026-1234', ssvc: { decision: 'act', points: { x: '1' } }, aiUse: { patch: true } };
  expect(changesBetween(before, after)).toEqual([
    { at: '/aiUse', after: { patch: true } },
    { at: '/change', before: 'First.' },
    { at: '/cve', before: null, after: 'CVE-2026-1234' },
    { at: '/ssvc/decision', before: 'track', after: 'act' },
    { at: '/title', before: 'a', after: 'b' },
  ]);
});

test('a list loses and gains elements wherever they stood; of equal ones as many as there are', () => {
  const range = (fixed: string) => ({ package: 'pkg:npm/a', fixed });
  expect(changesBetween({ affected: [range('1'), range('2')] }, { affected: [range('3'), range('2')] })).toEqual([
    { at: '/affected', before: range('1') },
    { at: '/affected', after: range('3') },
  ]);
  expect(changesBetween([1, 1, 2], [1, 2])).toEqual([{ at: '', before: 1 }]);
});

test('the order of a list counts: who was first is said by it', () => {
  expect(changesBetween({ credits: ['a', 'b'] }, { credits: ['b', 'a'] })).toEqual([
    { at: '/credits', before: ['a', 'b'], after: ['b', 'a'] },
  ]);
});

test('the same is no change, whatever the order of members', () => {
  expect(changesBetween({ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 })).toEqual([]);
});

test('a member’s name is escaped as RFC 6901 has it', () => {
  expect(changesBetween({ 'a/b~': 1 }, { 'a/b~': 2 })[0]?.at).toBe('/a~1b~0');
});
