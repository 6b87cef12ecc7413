import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { isRefusal } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { decideHold, decideSchedule, type Gate, releaseMoves } from './release.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const end = '2026-12-12T09:00:00.000Z' as Instant;
const before = '2026-12-12T08:59:59.999Z' as Instant;
const gate = (over: { state?: string; isOver?: boolean; tlp?: Gate['advisory']['tlp'] } = {}): Gate => ({
  advisory: { state: over.state ?? 'approved', digest: 'd', tlp: over.tlp ?? 'CLEAR' },
  embargo: { isOver: over.isOver ?? false, endsAt: end, because: 'house default 21 days' },
});

test('the hour may be the very end of the embargo, not a millisecond before it', () => {
  expect(decideSchedule(end, now, gate())).toBeUndefined();
  expect(decideSchedule(before, now, gate())).toMatchObject({ code: 'not_permitted', because: expect.stringContaining('house default') });
  expect(decideSchedule(before, now, gate({ isOver: true }))).toBeUndefined();
  expect(decideSchedule(now, now, gate({ isOver: true }))).toMatchObject({ code: 'expired' });
  expect(decideSchedule(end, now, gate({ state: 'draft' }))).toMatchObject({ code: 'wrong_state' });
});

test('at the hour everything is looked at once more', () => {
  expect(decideHold({ advisoryDigest: 'd' }, end, gate())).toBeUndefined();
  expect(decideHold({ advisoryDigest: 'other' }, end, gate())).toContain('anew');
  expect(decideHold({ advisoryDigest: 'd' }, end, gate({ state: 'draft' }))).toContain('not approved');
  expect(decideHold({ advisoryDigest: 'd' }, before, gate())).toContain('embargo');
  expect(decideHold({ advisoryDigest: 'd' }, end, undefined)).toContain('gone');
});

test('what is not for everybody is never published', () => {
  for (const tlp of ['GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const) {
    expect(decideSchedule(end, now, gate({ tlp }))).toMatchObject({ code: 'not_permitted', because: expect.stringContaining(tlp) });
    expect(decideHold({ advisoryDigest: 'd' }, end, gate({ tlp }))).toContain(tlp);
  }
});

test('what is published stays published', () => {
  for (const by of ['publish', 'hold', 'unschedule'] as const) expect(isRefusal(move(releaseMoves, 'published', by))).toBe(true);
});
