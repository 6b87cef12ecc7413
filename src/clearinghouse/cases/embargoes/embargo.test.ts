import { describe, expect, test } from 'vitest';
import { day, hour, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import {
  answer,
  type Embargo,
  embargoMoves,
  embargoStates,
  exit,
  governing,
  lapse,
  openEmbargo,
  propose,
  withMerged,
  withPolicies,
} from './embargo.ts';
import { knownFor, knownNamed } from './policies/known.ts';
import type { Policy } from './policies/policy.ts';

const opened = '2026-11-21T09:00:00.000Z' as Instant;
const inDays = (days: number) => plusMs(opened, days * day);
const by = (org: string, days: number) => ({ byId: `psn_${org}`, byOrgId: `org_${org}`, endsAt: inDays(days), because: 'x', at: opened });
const reply = (org: string, days: number, over: object = {}) => ({ ...by(org, days), isLead: false, asked: [], ...over });
const policy = (over: object): Policy => ({ ...knownNamed('linux-distros')!, starts: 'opening', ...over });
const ok = (embargo: Embargo | { refused: true }): Embargo => {
  if (isRefusal(embargo)) throw new Error(embargo.because);
  return embargo as Embargo;
};
const none = openEmbargo(opened, []);
const agreed = (days: number) => ok(answer(ok(propose(none, by('a', days), opened)), 'accept', reply('b', 0), opened));

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
    expect(governing(withPolicies(over, opened, [policy({ max: 'P60D' })])).endsAt).toBe(inDays(3));
  });
});

describe('negotiation', () => {
  test('nobody answers their own proposal', () => {
    expect(answer(ok(propose(none, by('a', 30), opened)), 'accept', reply('a', 0), opened)).toMatchObject({ code: 'not_permitted' });
  });

  test('a counter is a proposal of the other side, to be accepted by the first', () => {
    const countered = ok(answer(ok(propose(none, by('a', 60), opened)), 'counter', reply('b', 30), opened));
    expect(countered.state).toBe('proposed');
    expect(answer(countered, 'accept', reply('b', 0), opened)).toMatchObject({ code: 'not_permitted' });
    expect(governing(ok(answer(countered, 'accept', reply('a', 0), opened))).endsAt).toBe(inDays(30));
  });

  test('a revision that is declined leaves what was agreed', () => {
    const revised = ok(propose(agreed(30), by('a', 60), opened));
    expect(revised.state).toBe('revise');
    expect(governing(ok(answer(revised, 'decline', reply('b', 0), opened))).endsAt).toBe(inDays(30));
  });

  test(`at most ${limits.embargoDays} days from the opening, never in the past`, () => {
    expect(propose(none, by('a', limits.embargoDays), opened)).toMatchObject({ state: 'proposed' });
    expect(propose(none, { ...by('a', 0), endsAt: plusMs(inDays(limits.embargoDays), 1) }, opened)).toMatchObject({ code: 'too_large' });
    expect(propose(none, { ...by('a', 0), endsAt: opened }, opened)).toMatchObject({ code: 'expired' });
    const late = { ...reply('b', 0), at: inDays(31) };
    expect(answer(ok(propose(none, by('a', 30), opened)), 'accept', late, opened)).toMatchObject({ code: 'expired' });
  });
});

test('every state can be left by exit but the last, and the table holds nothing else', () => {
  for (const from of embargoStates) expect(embargoMoves.some((m) => m.from === from && m.by === 'exit')).toBe(from !== 'exited');
  expect(embargoMoves.filter((m) => m.from === 'exited')).toEqual([]);
  expect(propose(exit(none, opened, 'x'), by('a', 30), opened)).toMatchObject({ code: 'wrong_state' });
});

describe('policies', () => {
  test('that the product brings along name where and when they were read', () => {
    const kernel = knownFor('pkg:deb/debian/linux')[0]!;
    expect(kernel).toMatchObject({ name: 'Linux kernel', url: expect.stringMatching(/^https:/), readAt: '2026-11-21T00:00:00.000Z' });
  });

  test('of the kernel counts from the fix, and before there is one the house default governs', () => {
    const waiting = openEmbargo(opened, knownFor('pkg:deb/debian/linux'));
    expect(governing(waiting).source).toBe('house-default');
    const ready = withPolicies({ ...waiting, fixReadyAt: inDays(3) }, opened, knownFor('pkg:deb/debian/linux'));
    expect(governing(ready)).toEqual({ source: 'project-policy', endsAt: inDays(10), because: 'Linux kernel caps at 7 days from the fix' });
  });

  test('of a list counts from the hour it was told; of a finder it cuts, and alone never lengthens', () => {
    const bind = (name: string, days: number) => ({ policy: knownNamed(name)!, since: inDays(days) });
    const told = (...bound: ReturnType<typeof bind>[]) => withPolicies({ ...none, bound }, opened, []);
    expect(governing(told(bind('linux-distros', 2)))).toMatchObject({ source: 'list-cap', endsAt: inDays(16) });
    expect(governing(told(bind('Google Project Zero', -80)))).toMatchObject({ source: 'reporter-policy', endsAt: inDays(10) });
    expect(governing(told(bind('Anthropic', 0)))).toMatchObject({ source: 'house-default' });
    expect(governing(told(bind('OpenAI', 0)))).toMatchObject({ source: 'house-default' });
  });

  test('a reporter who shortens once it is exploited counts from then', () => {
    const bound = [{ policy: knownNamed('Anthropic')!, since: opened }];
    const exploited = withPolicies({ ...none, bound, exploitedAt: inDays(5) }, opened, []);
    expect(governing(exploited)).toMatchObject({ endsAt: inDays(12), because: 'Anthropic caps at 7 days once exploited' });
  });

  test('where a case was taken over, the earlier end holds, and none read later drops it', () => {
    const merged = withPolicies(withMerged(withMerged(agreed(45), inDays(20)), inDays(30)), opened, [policy({ max: 'P60D' })]);
    expect(governing(merged)).toMatchObject({ source: 'elsewhere', endsAt: inDays(20) });
  });
});

describe('an answer in time', () => {
  const put = (days: number, over: { asked?: string[]; answerBy?: Instant; from?: Embargo } = {}) =>
    ok(propose(over.from ?? none, by('a', days), opened, over.asked ?? ['org_b', 'org_c'], over.answerBy));

  test('all who are asked have to agree; the coordinator settles it alone', () => {
    const half = ok(answer(put(30), 'accept', reply('b', 0), opened));
    expect(half).toMatchObject({ state: 'proposed', proposal: { accepted: ['org_b'] } });
    expect(ok(answer(half, 'accept', reply('b', 0), opened)).state).toBe('proposed');
    expect(ok(answer(half, 'accept', reply('c', 0), opened))).toMatchObject({ state: 'active', proposal: null });
    expect(ok(answer(put(30), 'accept', reply('desk', 0, { isLead: true }), opened)).state).toBe('active');
  });

  test('silence on an earlier end accepts it, on a later one declines it, and not a moment before', () => {
    const earlier = put(10);
    expect(earlier.proposal).toMatchObject({ silence: 'accept', answerBy: inDays(limits.answerDaysUsual) });
    expect(lapse(earlier, plusMs(earlier.proposal!.answerBy, -1))).toBeUndefined();
    expect(lapse(earlier, earlier.proposal!.answerBy)).toMatchObject({ silence: 'accept', embargo: { state: 'active' } });
    const later = put(60, { from: agreed(30) });
    expect(later.proposal!.silence).toBe('decline');
    const lapsed = lapse(later, later.proposal!.answerBy)!;
    expect(lapsed).toMatchObject({ silence: 'decline', embargo: { state: 'active', proposal: null } });
    expect(governing(lapsed.embargo).endsAt).toBe(inDays(30));
    expect(lapse(lapsed.embargo, inDays(80))).toBeUndefined();
  });

  test(`takes ${limits.answerHoursLeast} hours at least and ${limits.answerDaysMost} days at most, never beyond what governs`, () => {
    const until = (answerBy: Instant) => put(30, { answerBy }).proposal!.answerBy;
    expect(until(plusMs(opened, limits.answerHoursLeast * hour - 1))).toBe(plusMs(opened, limits.answerHoursLeast * hour));
    expect(until(plusMs(opened, limits.answerHoursLeast * hour + 1))).toBe(plusMs(opened, limits.answerHoursLeast * hour + 1));
    expect(until(inDays(limits.answerDaysMost))).toBe(inDays(limits.answerDaysMost));
    expect(until(plusMs(inDays(limits.answerDaysMost), 1))).toBe(inDays(limits.answerDaysMost));
    expect(put(3).proposal!.answerBy).toBe(inDays(3));
    expect(put(60, { from: agreed(2) }).proposal!.answerBy).toBe(inDays(2));
  });
});
