import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { isRefusal } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { type Advisory, advisoryMoves, creditsOf, decideApproval } from './advisory.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
const advisory = { draftedBy: 'agt_a', answerableId: 'psn_a', state: 'draft', label: label('RED', 'cas_a') } as unknown as Advisory;

test('neither the drafter nor who answers for it approves; nor does software', () => {
  expect(decideApproval(advisory, { kind: 'person', id: 'psn_b' })).toBeUndefined();
  expect(decideApproval(advisory, { kind: 'person', id: 'psn_a' })).toMatchObject({ code: 'not_permitted' });
  expect(decideApproval(advisory, { kind: 'agent', id: 'agt_b' })).toMatchObject({ code: 'not_permitted' });
  expect(decideApproval(advisory, { kind: 'house', id: 'house' })).toMatchObject({ code: 'not_permitted' });
});

test('a new text needs a new approval, and nothing is approved twice', () => {
  expect(move(advisoryMoves, 'approved', 'redraft')).toBe('draft');
  expect(isRefusal(move(advisoryMoves, 'approved', 'approve'))).toBe(true);
});

test('one credit per organisation, first report first', () => {
  const later = '2026-11-22T09:00:00.000Z' as Instant;
  const found = creditsOf([
    { key: 'org_s', name: 'South', at: later },
    { key: 'org_n', name: 'North', at },
    { key: 'org_s', name: 'South', at },
    { key: 'org_s2', name: 'South', at: later },
  ]);
  expect(found).toEqual([
    { name: 'North', at },
    { name: 'South', at },
    { name: 'South', at: later },
  ]);
});
