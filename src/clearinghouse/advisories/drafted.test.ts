import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import type { Bulletin } from './bulletin.ts';
import { faultOfDocuments, written } from './documents.ts';
import { sourceOf } from './drafted.ts';
import { profiles } from './text.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
const affected = (fixed: string | null, introduced: string | null = null) => ({ package: 'pkg:npm/%40a/b', introduced, fixed });

function bulletin(...ranges: ReturnType<typeof affected>[]): Bulletin {
  const text = {
    title: 'Out of bounds read',
    summary: 'It reads too far.',
    package: 'pkg:npm/%40a/b',
    affected: ranges,
    cve: 'CVE-2026-12345',
    cwe: 'CWE-125',
    credits: [{ name: 'North Lab', at }],
    cvss: null,
    ssvc: null,
    references: [],
    publisher: 'Example Coordinator',
    change: 'First version.',
  };
  return { trackingId: 'BW-2026-0001', status: 'final', text, origin: 'hub.example', versions: [{ number: 1, at, change: text.change }] };
}

test('ranges of a package with a fix and without one are two products, so that no remedy contradicts another', () => {
  const source = sourceOf(bulletin(affected('1.2.3'), affected('2.0.1', '2.0.0'), affected(null, '3.0.0')));
  expect(source.products.map((p) => p.versions?.ranges.length)).toEqual([2, 1]);
  const { remedies, status } = source.vulnerabilities[0]!;
  expect(remedies.map((r) => [r.category, r.productIds])).toEqual([
    ['vendor_fix', ['BWPID-0001']],
    ['none_available', ['BWPID-0002']],
  ]);
  expect(remedies[0]!.details).toContain('1.2.3 or 2.0.1');
  expect(status.known_affected).toEqual(['BWPID-0001', 'BWPID-0002']);
});

test('a package is named as its ecosystem names it', () => {
  const [product] = sourceOf(bulletin(affected('1.2.3'))).products;
  expect(product).toMatchObject({ name: '@a/b', package: 'pkg:npm/%40a/b', path: [{ name: 'npm' }, { name: '@a/b' }] });
});

test('the decision of the coordinator is said in the points of SSVC, its outcome among them', () => {
  const given = bulletin(affected('2.0.0'));
  const points = { exploitation: 'public-poc', automatable: 'yes', technicalImpact: 'total', missionWellbeing: 'medium' };
  const source = sourceOf({ ...given, text: { ...given.text, ssvc: { decision: 'track*', points } } });
  const { selections } = source.vulnerabilities[0]!.scores[0]!.ssvc!;
  const ids = selections.map((s) => [`${s.namespace}:${s.key}:${s.version}`, s.values[0]!.key]);
  expect(ids).toEqual([
    ['ssvc:E:1.1.0', 'P'],
    ['ssvc:A:2.0.0', 'Y'],
    ['ssvc:TI:1.0.0', 'T'],
    ['ssvc:MWI:1.0.0', 'M'],
    ['cisa:CISA:1.1.0', 'T*'],
  ]);
});

test('what suppliers say stands beside our ranges, under their name, and never contradicts them', () => {
  const said = { supplier: 'Fork', text: 'We removed it.', at };
  const statements = [
    { ...said, package: 'pkg:npm/fork', status: 'not-affected' as const, justification: 'vulnerable_code_not_present' },
    { ...said, package: 'pkg:npm/%40a/b', status: 'affected' as const, justification: null },
  ];
  const of = bulletin(affected('1.2.3'));
  const [vulnerability] = sourceOf({ ...of, text: { ...of.text, statements } }).vulnerabilities;
  expect(vulnerability!.status).toEqual({ known_affected: ['BWPID-0001'], known_not_affected: ['BWPID-0002'] });
  expect(vulnerability!.justifications).toMatchObject([{ label: 'vulnerable_code_not_present', productIds: ['BWPID-0002'] }]);
  expect(vulnerability!.notes.filter((n) => n.title?.startsWith('Statement of Fork'))).toHaveLength(2);
  expect(vulnerability!.remedies.map((r) => r.productIds)).toEqual([['BWPID-0001']]);
});

test('where AI had a part is said in words; taken back is said first', () => {
  const of = bulletin(affected('1.2.3'));
  const aiUse = { discovery: [{ by: 'North Lab', tooling: 'Scanner 2', model: null }], patch: true, drafting: false };
  const source = sourceOf({ ...of, text: { ...of.text, aiUse, withdrawn: { because: 'It was no flaw.' } } });
  expect(source).toMatchObject({ category: 'csaf_withdrawn', tracking: { withdrawnAt: at } });
  expect(source.notes.map((n) => n.text)).toEqual([
    'It was no flaw.',
    'It reads too far.',
    'Found by North Lab with AI (Scanner 2). The patch was written with AI; a named person answers for it.',
  ]);
});

test('a translation is found in every format that has words', () => {
  const of = bulletin(affected('1.2.3'));
  const translations = [{ language: 'de', title: 'Lesen hinter dem Ende', summary: 'Es liest zu weit.' }];
  const text = { ...of.text, translations };
  expect(sourceOf({ ...of, text }).notes.at(-1)).toMatchObject({ title: 'Lesen hinter dem Ende (de)', text: 'Es liest zu weit.' });
  const inWords = written({ ...of, text }).filter((d) => /csaf|osv|html|text/.test(d.format));
  expect(inWords).toHaveLength(5);
  for (const { format, content } of inWords) expect(JSON.stringify(content), format).toContain('Es liest zu weit.');
});

test('every profile can be published', () => {
  const of = bulletin(affected('1.2.3'));
  const statements = [
    {
      supplier: 'Fork',
      package: 'pkg:npm/fork',
      status: 'not-affected' as const,
      justification: 'component_not_present',
      text: 'Removed.',
      at,
    },
  ];
  for (const profile of profiles)
    expect(faultOfDocuments(written({ ...of, text: { ...of.text, profile, statements } }), at), profile).toBeUndefined();
});
