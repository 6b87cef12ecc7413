import { expect, test } from 'vitest';
import { type Instant, plusMs } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { isOpen, type Submission, submissionMoves, submissionStates, windowBefore } from './submission.ts';

const release = '2026-12-21T12:00:00.000Z' as Instant;
const { startsAt, endsAt } = windowBefore(release, 30);
const offered: Submission = {
  id: 'sub_a',
  orgId: 'org_a',
  agreementId: 'agr_a',
  model: 'm',
  statementDigest: '',
  endpoint: { url: '', model: '', protocol: 'chat-completions' },
  arm: 'as-released',
  cutoffAt: null,
  partners: [],
  flaws: 'kept',
  windowStartsAt: startsAt,
  windowEndsAt: endsAt,
  basisExpiresAt: '2027-01-01T00:00:00.000Z' as Instant,
  state: 'offered',
  label: label('RED', 'sub_a'),
  offeredAt: startsAt,
};

test('the window is counted back from the release, and the release is not in it', () => {
  expect(startsAt).toBe('2026-11-21T12:00:00.000Z');
  expect(endsAt).toBe(release);
  expect(isOpen(offered, plusMs(startsAt, -1))).toBe(false);
  expect(isOpen(offered, startsAt)).toBe(true);
  expect(isOpen(offered, plusMs(release, -1))).toBe(true);
  expect(isOpen(offered, release)).toBe(false);
});

test('a window ends with the law it rests on, if that is sooner', () => {
  const sooner = { ...offered, basisExpiresAt: plusMs(startsAt, 1000) };
  expect([isOpen(sooner, plusMs(startsAt, 999)), isOpen(sooner, plusMs(startsAt, 1000))]).toEqual([true, false]);
});

test('only an offered model is reached, and every state leads out of the window', () => {
  for (const state of submissionStates.filter((s) => s !== 'offered')) {
    expect(isOpen({ ...offered, state }, startsAt)).toBe(false);
    expect(submissionMoves.filter((m) => m.from === state && m.to === 'offered')).toEqual([]);
  }
});
