import { expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { label } from '../../../base/label.ts';
import { type CreditChoice, thanksFor } from './credit.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
const report = { id: 'fnd_1', orgId: 'org_lab', format: 'plain', original: null } as const;
const finder = (id: string, of: object) => ({ id, kind: 'finder', orgId: null, proxyOrgId: null, withdrawnAt: null, ...of }) as never;
const choice = (participantId: string, more: Partial<CreditChoice>) =>
  ({
    participantId,
    caseId: 'cas_1',
    naming: 'organisation',
    name: null,
    namesTools: false,
    findingIds: [],
    chosenBy: 'psn_1',
    chosenAt: at,
    label: label('RED', 'cas_1'),
    ...more,
  }) as CreditChoice;
const thanks = (finders: never[], choices: CreditChoice[], of: object = {}) =>
  thanksFor({ ...report, ...of } as never, 'The Lab', finders, choices);

test('nobody said anything: the organisation by its name; whoever said no to VINCE, nobody', () => {
  const lab = finder('par_1', { orgId: 'org_lab' });
  expect(thanks([lab], [])).toMatchObject({ line: 'The Lab', isChosen: false });
  expect(thanks([lab], [], { format: 'vince', original: { credit_release: false } })).toMatchObject({ line: null });
  expect(thanks([lab], [], { format: 'vince', original: { credit_release: true } })).toMatchObject({ line: 'The Lab' });
  expect(thanks([lab], [choice('par_1', {})], { format: 'vince', original: { credit_release: false } })).toMatchObject({ line: 'The Lab' });
});

test('what was chosen last is what holds, also of whoever left and came again', () => {
  const twice = [finder('par_1', { orgId: 'org_lab', withdrawnAt: at }), finder('par_2', { orgId: 'org_lab' })];
  const later = '2026-11-22T09:00:00.000Z' as Instant;
  const choices = [choice('par_1', { naming: 'name', name: 'Ada' }), choice('par_2', { naming: 'none', chosenAt: later })];
  expect(thanks(twice, choices)).toMatchObject({ line: null, isChosen: true });
  expect(thanks(twice, choices.slice(0, 1))).toMatchObject({ line: 'Ada' });
});

test('a report by proxy is never its proxy’s while it could be that of somebody who is not to be named', () => {
  const own = finder('par_0', { orgId: 'org_lab' });
  const [owl, fox] = [finder('par_1', { proxyOrgId: 'org_lab' }), finder('par_2', { proxyOrgId: 'org_lab' })];
  expect(thanks([own, owl], [])).toMatchObject({ line: null });
  expect(thanks([own, owl, fox], [choice('par_1', { naming: 'name', name: 'Owl' })])).toMatchObject({ line: null, isChosen: false });
  expect(thanks([own, owl, fox], [choice('par_2', { findingIds: ['fnd_1'], naming: 'none' })])).toMatchObject({ key: 'par_2', line: null });
  const elsewhere = [choice('par_1', { findingIds: ['fnd_8'] }), choice('par_2', { findingIds: ['fnd_9'] })];
  expect(thanks([own, owl, fox], elsewhere)).toMatchObject({ key: 'org_lab', line: 'The Lab' });
});
