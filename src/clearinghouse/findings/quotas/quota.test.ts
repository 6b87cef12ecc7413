import { expect, test } from 'vitest';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import type { FindingVerdict } from '../finding.ts';
import { emptyRecord, judgedOnce, quotaOf, submittedOnce, type TrackRecord, toolingName } from './quota.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const unknown = emptyRecord('', now);
function judged(n: number, verdict: FindingVerdict, of: TrackRecord = emptyRecord('fuzzer', now), at = now): TrackRecord {
  let record = of;
  for (let i = 0; i < n; i++) record = judgedOnce(submittedOnce(record), verdict, null, at);
  return record;
}
const quota = (own: TrackRecord[], tool: TrackRecord = unknown, at = now) => quotaOf(own, tool, at);

test('nobody known: half of the first quota; noise lowers it to the least, replayed findings lift it', () => {
  const first = quota([]);
  expect(first).toBe(limits.quotaFirstPerDay / 2);
  expect(quota([judged(20, 'not-reproduced')])).toBeLessThan(first / 4);
  expect(quota([judged(1000, 'not-reproduced')])).toBe(limits.quotaLeastPerDay);
  expect(quota([judged(20, 'reproduced')])).toBeGreaterThan(first);
  expect(quota([judged(100_000, 'reproduced')])).toBe(limits.quotaMostPerDay);
});

test('what the lab could not tell says nothing of the finder', () => {
  expect(quota([judged(500, 'could-not-tell')])).toBe(quota([]));
  expect(judged(3, 'flaky')).toMatchObject({ submitted: 3, undecided: 3, replayed: 0, contradicted: 0 });
});

test('of a newcomer is expected what others showed with the same tool, until it has shown something itself', () => {
  const noisy = judged(500, 'not-reproduced');
  expect(quota([], noisy)).toBeLessThan(quota([]) / 10);
  expect(quota([], judged(500, 'reproduced'))).toBeGreaterThan(quota([]));
  const own = judged(40, 'reproduced');
  expect(quota([own], noisy)).toBeGreaterThan(quota([]));
});

test('one is judged by all of one\u2019s tools together: a new name for the tool is no new start', () => {
  expect(quota([judged(50, 'not-reproduced', emptyRecord('a', now)), emptyRecord('b', now)])).toBe(quota([judged(50, 'not-reproduced')]));
});

test('a finding judged anew counts once, as what it was judged last', () => {
  const contradicted = judged(1, 'not-reproduced');
  const after = judgedOnce(contradicted, 'reproduced', 'not-reproduced', now);
  expect(after).toMatchObject({ submitted: 1, replayed: 1, contradicted: 0, recentReplayed: 1, recentContradicted: 0 });
  expect(judgedOnce(after, 'reproduced-fix-incomplete', 'reproduced', now)).toMatchObject({ replayed: 1 });
});

test('what was shown fades: by half in a half-life', () => {
  const noisy = judged(40, 'not-reproduced');
  const later = plusMs(now, limits.recordHalfLifeDays * day);
  expect(judgedOnce(noisy, 'could-not-tell', null, later).recentContradicted).toBeCloseTo(20);
  expect(quota([noisy], unknown, later)).toBeGreaterThan(quota([noisy]));
  expect(quota([noisy], unknown, plusMs(now, 20 * limits.recordHalfLifeDays * day))).toBe(quota([]));
});

test('a tool is known without its version', () => {
  const names = [
    ['AFL++ 4.21c', null],
    ['afl++ 4.30', null],
    ['afl++', null],
  ] as const;
  expect(names.map(([tool, model]) => toolingName(tool, model))).toEqual(['afl++', 'afl++', 'afl++']);
  expect(toolingName(null, 'Some-Model')).toBe('some-model');
  expect(toolingName(null, null)).toBe('');
  expect(toolingName('x'.repeat(limits.toolingNameChars + 1), null)).toHaveLength(limits.toolingNameChars);
});
