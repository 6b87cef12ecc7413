import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { insist } from '../../base/refusal.ts';
import { type Agreement, decideSign, decideWithdraw, evaluatorsOf, isInForce, partiesOf } from './agreement.ts';

const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z` as Instant;
const dev = { id: 'org_dev', roles: ['developer'] } as const;
const eva = { id: 'org_eva', roles: ['evaluator', 'coordinator'] } as const;
const ned = { id: 'org_ned', roles: ['evaluator'] } as const;

function proposed(...orgs: Parameters<typeof partiesOf>[0][number][]): Agreement {
  return {
    id: 'agr_a',
    orgId: 'org_dev',
    parties: insist(partiesOf(orgs)),
    terms: { confidentiality: '', ip: '', insiderRisk: '', use: '', retention: '' },
    legalBasis: { name: 'law', expiresAt: at(20) },
    digest: '',
    state: 'proposed',
    label: label('AMBER+STRICT', 'agr_a'),
    proposedAt: at(1),
  };
}
const sign = (a: Agreement, orgId: string) => insist(decideSign(a, orgId, 'psn_x', at(2)));
const leave = (a: Agreement, orgId: string) => insist(decideWithdraw(a, orgId, at(3)));

test('there is one developer, at least one evaluator, and nobody on both sides', () => {
  expect(partiesOf([dev, { id: 'org_b', roles: ['developer'] }, eva])).toMatchObject({ code: 'malformed' });
  expect(partiesOf([dev, { id: 'org_f', roles: ['finder'] }])).toMatchObject({ code: 'malformed' });
  expect(partiesOf([dev])).toMatchObject({ code: 'malformed' });
  expect(partiesOf([{ id: 'org_both', roles: ['evaluator', 'developer'] }, eva])).toMatchObject([{ as: 'developer' }, { as: 'evaluator' }]);
});

test('in force when all have signed, each once', () => {
  const half = sign(proposed(dev, eva), 'org_dev');
  expect(half.state).toBe('proposed');
  expect(decideSign(half, 'org_dev', 'psn_x', at(2))).toMatchObject({ code: 'wrong_state' });
  expect(decideSign(half, 'org_other', 'psn_x', at(2))).toMatchObject({ code: 'not_permitted' });
  const all = sign(half, 'org_eva');
  expect(all.state).toBe('in-force');
  expect([isInForce(all, at(19)), isInForce(all, at(20))]).toEqual([true, false]);
});

test('nobody signs after the law has lapsed', () => {
  expect(decideSign(proposed(dev, eva), 'org_dev', 'psn_x', at(20))).toMatchObject({ code: 'expired' });
});

test('one evaluator of two leaves and the other stays; the developer leaves and it is over', () => {
  const all = sign(sign(sign(proposed(dev, eva, ned), 'org_dev'), 'org_eva'), 'org_ned');
  const left = leave(all, 'org_ned');
  expect([left.state, evaluatorsOf(left)]).toEqual(['in-force', ['org_eva']]);
  expect(decideWithdraw(left, 'org_ned', at(3))).toMatchObject({ code: 'wrong_state' });
  expect(leave(left, 'org_eva').state).toBe('withdrawn');
  expect(leave(all, 'org_dev').state).toBe('withdrawn');
});

test('when the one who had not signed leaves, what the others signed is in force', () => {
  const waiting = sign(sign(proposed(dev, eva, ned), 'org_dev'), 'org_eva');
  expect(leave(waiting, 'org_ned').state).toBe('in-force');
  expect(leave(sign(proposed(dev, eva, ned), 'org_dev'), 'org_ned').state).toBe('proposed');
});
