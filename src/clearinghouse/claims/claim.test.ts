import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { type Claim, decideOverlap } from './claim.ts';

const claim = (orgId: string, over: Partial<Claim> = {}): Claim => ({
  id: `clm_${orgId}`,
  orgId: `org_${orgId}`,
  purl: 'pkg:deb/debian/cjson',
  package: 'pkg:deb/debian/cjson',
  paths: [],
  technique: 'fuzzing',
  contact: 'x',
  startsAt: '2026-11-01T00:00:00.000Z' as Instant,
  endsAt: '2026-11-10T00:00:00.000Z' as Instant,
  state: 'held',
  label: label('AMBER', `org_${orgId}`),
  createdAt: '2026-11-01T00:00:00.000Z' as Instant,
  ...over,
});

test('a claim of another lab in the same window is met, one of our own is not', () => {
  const met = decideOverlap(claim('a'), [claim('b'), claim('a')]);
  expect(met).toEqual({ claims: 1, sameTechnique: true, until: '2026-11-10T00:00:00.000Z' });
});

test('windows that only touch do not meet', () => {
  const later = claim('b', { startsAt: '2026-11-10T00:00:00.000Z' as Instant, endsAt: '2026-11-12T00:00:00.000Z' as Instant });
  expect(decideOverlap(claim('a'), [later]).claims).toBe(0);
});

test('paths meet by directory, not by prefix of the name', () => {
  const mine = claim('a', { paths: ['src/parse'] });
  expect(decideOverlap(mine, [claim('b', { paths: ['src/parse/string.c'] })]).claims).toBe(1);
  expect(decideOverlap(mine, [claim('b', { paths: ['src/parser.c'] })]).claims).toBe(0);
});
