import { describe, expect, test } from 'vitest';
import { day, hour, type Instant } from '../../../base/instant.ts';
import type { Vfdpxa } from '../vfdpxa.ts';
import { decideEligibility, type EligibilityRule, eligibilityRules, type Judged } from './eligibility.ts';
import { opensFastTrack, terminationNames, terminations } from './ends/ending.ts';
import { faultOfPreference, overlapOf } from './parties/party.ts';
import { type Duration, durationMs, inWords } from './policies/duration.ts';
import { knownNamed, knownPolicies } from './policies/known.ts';

const report = (over: object = {}) => ({ toolingAccess: null, discoveryMethod: null, discoveryModel: null, ...over });
const confidential = report({ toolingAccess: 'confidential', discoveryMethod: 'ai-assisted' });
const byHand = report({ discoveryMethod: 'manual' });
const kernel = [knownNamed('Linux kernel')!];
const at = '2026-11-21T09:00:00.000Z' as Instant;
const judge = (rule: EligibilityRule, holds: boolean): Judged => ({ rule, holds, because: 'as told', byId: 'psn_1', at, endsAt: null });
const decide = (reports: object[], over: object = {}) =>
  decideEligibility({ reports: reports as never, policies: [], vfdpxa: 'Vfdpxa' as Vfdpxa, judged: [], ...over });
const row = (of: ReturnType<typeof decide>, rule: EligibilityRule) => of.rows.find((r) => r.rule === rule)?.holds;

describe('whether an embargo is to be had', () => {
  test('yes, where all that could speak against it is known not to', () => {
    expect(decide([confidential, byHand])).toMatchObject({ verdict: 'available' });
    expect(decide([byHand], { policies: kernel }).verdict).toBe('available');
  });

  test.each([
    ['one of the reports was made with public tooling', [confidential, report({ toolingAccess: 'public' })], {}, 'public-tooling'],
    ['the kernel, and found with AI, however confidential', [confidential], { policies: kernel }, 'project-rule'],
    ['it is public', [byHand], { vfdpxa: 'VfdPxa' }, 'already-public'],
    ['another discloser has published', [byHand], { judged: [judge('disclosed-elsewhere', true)] }, 'disclosed-elsewhere'],
  ] as const)('no: %s', (_, reports, over, rule) => {
    const decided = decide([...reports], over);
    expect(decided.verdict).toBe('none');
    expect(row(decided, rule)).toBe('yes');
  });

  test('cannot be told, where a report says nothing, or nothing of its tooling', () => {
    expect(decide([report()])).toMatchObject({ verdict: 'could-not-tell' });
    expect(decide([confidential, report({ discoveryModel: 'some-model' })]).verdict).toBe('could-not-tell');
    expect(row(decide([report()], { policies: kernel }), 'project-rule')).toBe('could-not-tell');
  });

  test('a person who found out goes before what the hub can tell, and the last word counts', () => {
    expect(decide([report()], { judged: [judge('public-tooling', false)] }).verdict).toBe('available');
    expect(decide([byHand], { judged: [judge('public-tooling', false), judge('public-tooling', true)] }).verdict).toBe('none');
    expect(decide([byHand], { judged: [judge('embargo-elsewhere', true)] }).verdict).toBe('available');
  });

  test('each rule says whose it is', () => {
    const { rows } = decide([byHand]);
    expect(rows.map((r) => r.rule)).toEqual([...eligibilityRules]);
    for (const { source } of rows) expect(source).not.toBe('');
  });
});

describe('lengths of time', () => {
  test.each([
    ['P14D', 14 * day, '14 days'],
    ['P1D', day, '1 day'],
    ['P2W', 14 * day, '14 days'],
    ['PT72H', 72 * hour, '3 days'],
    ['PT36H', 36 * hour, '36 hours'],
    ['P4DT12H', 4.5 * day, '4 days 12 hours'],
    ['P0D', 0, 'no time'],
  ])('%s', (text, ms, words) => {
    expect(durationMs(text)).toBe(ms);
    expect(inWords(text as Duration)).toBe(words);
  });

  test.each(['', 'P', 'PT', 'P1M', 'P1Y', '14', 'P1W2D', 'P-1D', 'P1.5D', `P${'9'.repeat(40)}D`])('%j is none', (text) =>
    expect(durationMs(text)).toBeUndefined(),
  );

  test('the policies that are brought along have such lengths, least first', () => {
    for (const { min, preferred, max, exploited, detailsAfterFix } of knownPolicies) {
      const lengths = [min, preferred, max].filter((d) => d !== null).map((d) => durationMs(d)!);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      for (const length of [exploited, detailsAfterFix]) expect(length === null || durationMs(length)! > 0).toBe(true);
    }
  });
});

describe('what parties have in common', () => {
  const wants = (orgId: string, min: string, preferred: string, max: string) =>
    ({ orgId, min, preferred, max }) as unknown as Parameters<typeof overlapOf>[0][number];
  const days = (n: number) => new Date(Date.parse(at) + n * day).toISOString();

  test('from the longest minimum to the shortest maximum, beginning with the shortest wish that suits all', () => {
    expect(overlapOf([], at)).toBeUndefined();
    expect(overlapOf([wants('a', 'P7D', 'P10D', 'P30D'), wants('b', 'P14D', 'P45D', 'P60D')], at)).toEqual({
      ...{ isThere: true, from: days(14), to: days(30), suggested: days(14), apart: [] },
    });
  });

  test('where there is nothing, the shortest maximum is where to begin, and it is known who is apart', () => {
    const apart = overlapOf([wants('a', 'P1D', 'P3D', 'P7D'), wants('b', 'P30D', 'P45D', 'P60D'), wants('c', 'P5D', 'P6D', 'P40D')], at);
    expect(apart).toMatchObject({ isThere: false, suggested: days(7), apart: ['a', 'b'] });
  });

  test('a wish lies between its own bounds', () => {
    const fault = (min: string, preferred: string, max: string) => faultOfPreference(wants('a', min, preferred, max))?.at;
    expect(fault('P7D', 'P7D', 'P7D')).toBeUndefined();
    expect(fault('P8D', 'P7D', 'P9D')).toBe('/preferred');
    expect(fault('P1D', 'P9D', 'P7D')).toBe('/preferred');
    expect(fault('P0D', 'P0D', 'P0D')).toBe('/max');
  });
});

test('what ends an embargo at once or should end it leaves no time; what may end it does', () => {
  for (const name of terminationNames) {
    const { force } = terminations[name];
    if (force !== 'may') expect(opensFastTrack(name)).toBe(true);
  }
  expect(opensFastTrack('quorum-ready')).toBe(false);
  expect(opensFastTrack('fix-ready')).toBe(false);
});
