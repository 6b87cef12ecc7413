import { describe, expect, test } from 'vitest';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import {
  answer,
  type Embargo,
  type EmbargoPolicy,
  embargoMoves,
  embargoStates,
  exit,
  governing,
  openEmbargo,
  propose,
  withPolicies,
} from './embargo.ts';

const opened = '2026-11-21T09:00:00.000Z' as Instant;
const inDays = (days: number) => plusMs(opened, days * day);
const by = (org: string, days: number) => ({ byId: `psn_${org}`, byOrgId: `org_${org}`, endsAt: inDays(days), because: 'x', at: opened });
const policy = (over: Partial<EmbargoPolicy>): EmbargoPolicy => ({
  package: 'pkg:npm/x',
  source: 'list-cap',
  name: 'linux-distros',
  maxDays: 14,
  url: 'https://example.org',
  readAt: opened,
  ...over,
});
const ok = (embargo: Embargo | { refused: true }): Embargo => {
  if (isRefusal(embargo)) throw new Error(embargo.because);
  return embargo as Embargo;
};
const none = openEmbargo(opened, []);
const agreed = (days: number) => ok(answer(ok(propose(none, by('a', days), opened)), 'accept', by('b', 0), opened));

describe('which window governs', () => {
  test('the house default, when nobody else has said anything', () => {
    expect(governing(none)).toEqual({ source: 'house-default', endsAt: inDays(limits.houseEmbargoDays), because: 'house default 21 days' });
  });

  test('what was agreed goes before the house default, even when it is longer', () => {
    expect(governing(agreed(45))).toMatchObject({ source: 'negotiated', endsAt: inDays(45) });
  });

  test('the shortest of those that bind, with its reason', () => {
    const capped = withPolicies(agreed(45), opened, [policy({})]);
    expect(governing(capped)).toEqual({ source: 'list-cap', endsAt: inDays(14), because: 'linux-distros caps at 14 days' });
    expect(governing(withPolicies(agreed(7), opened, [policy({})]))).toMatchObject({ source: 'negotiated', endsAt: inDays(7) });
  });

  test('a tie goes to the higher precedence', () => {
    const both = openEmbargo(opened, [policy({}), policy({ source: 'project-policy', name: 'the project' })]);
    expect(governing(both).because).toBe('the project caps at 14 days');
  });

  test('once it is over it is over, and it cannot be prolonged by what is read later', () => {
    const over = exit(agreed(45), inDays(3), 'public');
    expect(governing(over)).toMatchObject({ endsAt: inDays(3), because: 'public' });
    expect(governing(exit(over, inDays(9), 'later')).endsAt).toBe(inDays(3));
    expect(governing(withPolicies(over, opened, [policy({ maxDays: 60 })])).endsAt).toBe(inDays(3));
  });
});

describe('negotiation', () => {
  test('nobody answers their own proposal', () => {
    expect(answer(ok(propose(none, by('a', 30), opened)), 'accept', by('a', 0), opened)).toMatchObject({ code: 'not_permitted' });
  });

  test('a counter is a proposal of the other side, to be accepted by the first', () => {
    const countered = ok(answer(ok(propose(none, by('a', 60), opened)), 'counter', by('b', 30), opened));
    expect(countered.state).toBe('proposed');
    expect(answer(countered, 'accept', by('b', 0), opened)).toMatchObject({ code: 'not_permitted' });
    expect(governing(ok(answer(countered, 'accept', by('a', 0), opened))).endsAt).toBe(inDays(30));
  });

  test('a revision that is declined leaves what was agreed', () => {
    const revised = ok(propose(agreed(30), by('a', 60), opened));
    expect(revised.state).toBe('revise');
    expect(governing(ok(answer(revised, 'decline', by('b', 0), opened))).endsAt).toBe(inDays(30));
  });

  test(`at most ${limits.embargoDays} days from the opening, never in the past`, () => {
    expect(propose(none, by('a', limits.embargoDays), opened)).toMatchObject({ state: 'proposed' });
    expect(propose(none, { ...by('a', 0), endsAt: plusMs(inDays(limits.embargoDays), 1) }, opened)).toMatchObject({ code: 'too_large' });
    expect(propose(none, { ...by('a', 0), endsAt: opened }, opened)).toMatchObject({ code: 'expired' });
    const late = { ...by('b', 0), at: inDays(31) };
    expect(answer(ok(propose(none, by('a', 30), opened)), 'accept', late, opened)).toMatchObject({ code: 'expired' });
  });
});

test('every state can be left by exit but the last, and the table holds nothing else', () => {
  for (const from of embargoStates) expect(embargoMoves.some((m) => m.from === from && m.by === 'exit')).toBe(from !== 'exited');
  expect(embargoMoves.filter((m) => m.from === 'exited')).toEqual([]);
  expect(propose(exit(none, opened, 'x'), by('a', 30), opened)).toMatchObject({ code: 'wrong_state' });
});
