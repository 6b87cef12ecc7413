import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { afterTry, type Cve, cveLabel, decideRefill, type Errand, expiryOf, keptOf, lastExpired } from './cve.ts';

const at = (text: string) => text as Instant;
const now = at('2026-11-21T09:00:00.000Z');

test('a pool is refilled below its least, up to its most, a batch at a time', () => {
  const pool = { least: 5, most: 100 };
  expect([decideRefill(pool, 5), decideRefill(pool, 4), decideRefill({ least: 5, most: 8 }, 4)]).toEqual([0, limits.cveBatchIds, 4]);
});

test('what is left of a year expires when its days of grace are over, to the day', () => {
  expect(expiryOf(2026)).toBe('2027-04-01T00:00:00.000Z');
  expect([lastExpired(at('2027-03-31T23:59:59.999Z')), lastExpired(at('2027-04-01T00:00:00.000Z'))]).toEqual([2025, 2026]);
});

describe('an errand', () => {
  const errand: Errand = {
    ...{ id: 'cve_1', kind: 'reserve', year: 2026, amount: 1, cveId: null, container: null, state: 'waiting', tries: 0, dueAt: now },
    ...{ leasedUntil: now, because: null, askedAt: now, label: cveLabel },
  };
  test('that passes by itself is tried later each time, and so often only', () => {
    const failed = (of: Errand) => afterTry(of, refuse('unavailable', 'x'), now);
    expect(failed(errand)).toMatchObject({ state: 'waiting', tries: 1, dueAt: '2026-11-21T09:02:00.000Z', leasedUntil: null });
    expect(failed({ ...errand, tries: limits.cveTries - 2 })).toMatchObject({ state: 'waiting', dueAt: '2026-11-21T15:00:00.000Z' });
    expect(failed({ ...errand, tries: limits.cveTries - 1 })).toMatchObject({ state: 'refused' });
  });
  test('that is refused for good waits for a person', () => {
    expect(afterTry(errand, refuse('malformed', 'x'), now)).toMatchObject({ state: 'refused', because: 'x' });
    expect(afterTry(errand, undefined, now)).toMatchObject({ state: 'done', because: null });
  });
});

test('of two ids on one flaw the public one stays, then another authority’s, then the older', () => {
  const id = (cveId: string, state: Cve['state'], assignedAt = now): Cve => ({
    ...{ cveId, year: 2026, state, assignedByCna: null, caseId: null, vulnerabilityId: null, assignedBy: null, assignedAt },
    ...{ reservedAt: now, publishedAt: null, rejectedAt: null, because: null, replacedBy: null, label: cveLabel },
  });
  const [young, old] = [id('CVE-2026-1001', 'assigned', at('2026-12-01T00:00:00.000Z')), id('CVE-2026-1002', 'assigned')];
  expect(keptOf(young, old)).toBe(old);
  expect(keptOf(old, id('CVE-2025-1000', 'foreign')).state).toBe('foreign');
  expect(keptOf(id('CVE-2026-1003', 'foreign'), id('CVE-2026-1004', 'published')).state).toBe('published');
});
