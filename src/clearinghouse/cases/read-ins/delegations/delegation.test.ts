import { expect, test } from 'vitest';
import type { Instant } from '../../../../base/instant.ts';
import { label } from '../../../../base/label.ts';
import { type Delegation, decideDelegated } from './delegation.ts';

const [now, later, after] = ['2026-11-21T09:00:00.000Z', '2026-12-01T09:00:00.000Z', '2026-12-01T09:00:00.001Z'] as Instant[];
const of: Delegation = {
  ...{
    id: 'dlg_1',
    caseId: 'cas_1',
    delegateId: 'psn_1',
    orgIds: ['org_1'],
    fromTier: 2,
    people: 2,
    expiresAt: later!,
    because: 'packages it',
  },
  ...{ grantedBy: 'psn_0', grantedAt: now!, revokedAt: null, label: label('RED', 'cas_1') },
};
const wanted = { orgId: 'org_1', tier: 2 as const, expiresAt: later!, delegateTier: 1, used: 1 };

test('within its limits', () => expect(decideDelegated(of, wanted, now!)).toBeUndefined());

test.each([
  ['a tier above what it is for', { tier: 1 as const, delegateTier: 0 }, '/tier'],
  ['a tier above the own one', { tier: 2 as const, delegateTier: 3 }, '/tier'],
  ['by somebody who sees the case no more', { delegateTier: undefined }, '/tier'],
  ['somebody of another organisation', { orgId: 'org_2' }, '/personId'],
  ['one more than so many', { used: 2 }, undefined],
  ['longer than it lasts', { expiresAt: after! }, '/expiresAt'],
  ['without an end', { expiresAt: null }, '/expiresAt'],
])('not: %s', (_, over, at) => expect(decideDelegated(of, { ...wanted, ...over }, now!)?.at).toBe(at));

test('over: at its end, and once it was revoked', () => {
  expect(decideDelegated(of, wanted, later!)).toMatchObject({ code: 'expired' });
  expect(decideDelegated({ ...of, revokedAt: now! }, wanted, now!)).toMatchObject({ code: 'expired' });
});
