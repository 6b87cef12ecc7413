import { expect, test } from 'vitest';
import type { Instant } from '../../../../base/instant.ts';
import { label } from '../../../../base/label.ts';
import { approved, faultOfLastResort, type LastResort, type LastResortRecord } from './record.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const said = (over: Partial<LastResort> = {}): LastResort => ({
  ...{ cve: null, evidence: { exhausted: '', deployed: '', licence: '', capacity: '' }, namespace: 'lifeboat', integrity: '' },
  licence: { spdxId: 'MIT', forkPermitted: true, obligations: '' },
  ...{ base: { commit: 'a', knownGoodBecause: '' }, sunset: [], steward: { plan: '', owner: '' }, provenance: null },
  term: { startsAt: now, endsAt: '2027-01-01T00:00:00.000Z' as Instant, renewals: 0 },
  ...over,
});
const fault = (over: Partial<LastResort>, outcome: Parameters<typeof faultOfLastResort>[1]['outcome'], refused = false) =>
  faultOfLastResort(said(over), { package: 'pkg:npm/%40scope/looper', outcome, refused });

test('a fork comes after the ladder, or after a refusal that sends the case there; disagreement alone opens none', () => {
  expect(fault({}, 'abandoned')).toBeUndefined();
  for (const outcome of [null, 'capacity-gap', 'non-fix'] as const) expect(fault({}, outcome)).toMatchObject({ code: 'wrong_state' });
  expect(fault({}, 'non-fix', true)).toBeUndefined();
});

test.each(['@scope/looper', 'pkg:npm/%40scope/looper', '@Scope/Loo_per', '%'])('%s may be taken for the original', (namespace) => {
  expect(fault({ namespace }, 'silent')).toMatchObject({ at: '/namespace' });
});

test('of a suspect case it is said where the code is known clean from, and two others approve', () => {
  expect(fault({}, 'suspect')).toMatchObject({ at: '/provenance' });
  const record: LastResortRecord = {
    ...{
      id: 'lst_1',
      caseId: 'cas_1',
      participantId: 'par_1',
      kind: 'last-resort',
      said: said({ provenance: 'built from the tag of 2019' }),
    },
    ...{ state: 'drafted', draftedBy: 'psn_a', draftedAt: now, approvals: [], label: label('RED', 'cas_1') },
  };
  const first = approved(record, 'psn_b', now);
  expect(first).toMatchObject({ state: 'drafted', approvals: [{ by: 'psn_b' }] });
  expect(approved(first as LastResortRecord, 'psn_b', now)).toMatchObject({ code: 'conflict' });
  expect(approved(first as LastResortRecord, 'psn_c', now)).toMatchObject({ state: 'approved' });
});
