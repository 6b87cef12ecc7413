import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import type { GivenFile } from './attachment.ts';
import { commitmentOf, contentDigest } from './commitment.ts';
import {
  blankDraft,
  type Finding,
  type FindingVerdict,
  judged,
  missingOf,
  receiptOf,
  receiptPattern,
  submissionStatus,
} from './finding.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
const draft = blankDraft({ format: 'plain', title: 't', text: 'x', purl: 'pkg:npm/a@1' });
const finding = (over: Partial<Finding> = {}): Finding => ({
  ...draft,
  id: 'fnd_x',
  orgId: 'org_x',
  reporterId: 'psn_x',
  receipt: 'SUB-x',
  package: 'pkg:npm/a',
  attachments: [],
  rung: 'claimed',
  state: 'received',
  stateBecause: null,
  stateAt: at,
  verdict: null,
  validationId: null,
  crashState: null,
  recipeId: null,
  commitment: '',
  commitmentSalt: '',
  contentDigest: '',
  ...{ revealedAt: null, correctsId: null, correctedById: null },
  label: label('RED', 'org_x'),
  receivedAt: at,
  ...over,
});
const judge = (of: Finding, verdict: FindingVerdict) =>
  judged(of, { verdict, because: 'b', validationId: null, crashState: 'f\ng\n', recipeId: 'r' }, at);

test('only a re-run of ours lifts a finding to replayed', () => {
  expect(judge(finding(), 'reproduced')).toMatchObject({ rung: 'replayed', state: 'valid', crashState: 'f\ng\n' });
  expect(judge(finding(), 'reproduced-fix-incomplete')).toMatchObject({ rung: 'replayed', state: 'valid' });
  expect(judge(finding(), 'not-reproduced')).toMatchObject({ rung: 'claimed', state: 'invalid', stateBecause: 'b', crashState: null });
  for (const verdict of ['flaky', 'could-not-tell'] as const)
    expect(judge(finding(), verdict)).toMatchObject({ rung: 'claimed', state: 'deferred', stateBecause: 'b' });
});

test('a verdict that comes later lifts, and never lowers what was replayed', () => {
  const valid = finding({ state: 'valid', rung: 'accepted-by-maintainer' });
  expect(judge(valid, 'reproduced')).toMatchObject({ rung: 'accepted-by-maintainer' });
  for (const verdict of ['not-reproduced', 'could-not-tell'] as const) expect(judge(valid, verdict)).toMatchObject({ code: 'wrong_state' });
  expect(judge(finding({ state: 'invalid' }), 'reproduced')).toMatchObject({ state: 'valid' });
  expect(judge(finding({ state: 'closed' }), 'reproduced')).toMatchObject({ code: 'wrong_state' });
});

test('the SIRT-ready six: what is missing is told', () => {
  const file = (type: GivenFile['type']): GivenFile => ({
    filename: type,
    contentType: 'text/plain',
    type,
    description: null,
    bytes: Buffer.of(1),
  });
  expect(missingOf({ ...draft, text: '' })).toEqual(['description', 'trigger', 'severity', 'poc', 'patch', 'test']);
  const full = {
    ...draft,
    cvss: 'CVSS:4.0/AV:N',
    symbol: { file: null, function: 'f', line: null },
    attachments: [file('reproducer'), file('patch')],
  };
  expect(missingOf(full)).toEqual([]);
});

test('a receipt is 90 bits of chance in the shape of TAP', () => {
  expect(receiptOf(Buffer.alloc(12, 0xff))).toMatch(receiptPattern);
  expect(receiptOf(Buffer.alloc(12))).toBe('SUB-aaaaaaaaaaaaaaaaaa');
  const seen = new Set(
    Array.from({ length: 90 }, (_, bit) => receiptOf(Buffer.from((1n << BigInt(bit)).toString(16).padStart(24, '0'), 'hex'))),
  );
  expect(seen.size).toBe(90);
});

test('the commitment changes with every part of what was handed in, and with the salt', () => {
  const file = (bytes: string): GivenFile => ({
    filename: 'a',
    contentType: 'text/plain',
    type: 'other',
    description: null,
    bytes: Buffer.from(bytes),
  });
  const variants = [draft, { ...draft, title: 'u' }, { ...draft, attachments: [file('1')] }, { ...draft, attachments: [file('2')] }];
  const all = [...variants.map((d) => commitmentOf('s', contentDigest(d))), commitmentOf('t', contentDigest(draft))];
  expect(new Set(all).size).toBe(5);
  expect(all[0]).toBe(commitmentOf('s', contentDigest({ ...draft })));
  // A member that a later release adds, and nobody gave, changes nothing.
  expect(contentDigest({ ...draft, addedLater: null } as typeof draft)).toBe(contentDigest(draft));
});

test('the TAP status follows the state', () => {
  expect((['received', 'deferred', 'valid', 'invalid', 'closed'] as const).map((state) => submissionStatus(finding({ state })))).toEqual([
    'queued',
    'processing',
    'done',
    'done',
    'done',
  ]);
});
