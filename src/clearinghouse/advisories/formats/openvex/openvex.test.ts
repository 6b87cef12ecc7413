import { expect, test } from 'vitest';
import { referenceText } from '../../../../../test/reference-data.ts';
import type { Instant } from '../../../../base/instant.ts';
import { insist, isRefusal } from '../../../../base/refusal.ts';
import type { Bulletin } from '../../bulletin.ts';
import { validateCsaf } from '../../csaf/validate.ts';
import { sourceOf } from '../../drafted.ts';
import type { AdvisoryText } from '../../text.ts';
import { writeCsaf } from '../csaf/csaf.ts';
import { carried } from '../loss.ts';
import { validateVex } from '../vex.ts';
import { lossesOpenVex } from './losses.ts';
import { readOpenVex } from './read.ts';
import { writeOpenVex } from './write.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
type Statements = Record<string, unknown>[];

function bulletin(more: Partial<AdvisoryText> = {}): Bulletin {
  const text: AdvisoryText = {
    title: 'Out of bounds read',
    summary: 'It reads too far.',
    package: 'pkg:npm/%40a/b',
    affected: [
      { package: 'pkg:npm/%40a/b', introduced: null, fixed: '1.2.3' },
      { package: 'pkg:npm/%40a/b', introduced: '2.0.0', fixed: '2.0.1' },
      { package: 'pkg:npm/%40a/b', introduced: '3.0.0', fixed: null },
      { package: 'pkg:deb/debian/b', introduced: null, fixed: '1.2-1~deb12u1' },
    ],
    cve: 'CVE-2026-12345',
    cwe: null,
    credits: [],
    cvss: null,
    ssvc: null,
    references: [],
    publisher: 'Example Coordinator',
    change: 'First version.',
    statements: [
      { supplier: 'C', package: 'pkg:npm/c', status: 'not-affected', justification: 'component_not_present', text: 'Not in it.', at },
      { supplier: 'D', package: 'pkg:npm/d', status: 'under-investigation', justification: null, text: 'We look.', at },
      { supplier: 'E', package: 'pkg:npm/e', status: 'fixed', justification: null, text: 'Done.', at },
    ],
    ...more,
  };
  return { trackingId: 'BW-2026-0001', status: 'final', text, origin: 'hub.example', versions: [{ number: 1, at, change: text.change }] };
}

const source = sourceOf(bulletin());
const document = writeOpenVex(source)!;

test('our own advisory is a valid document without a warning, at its own address', () => {
  expect(insist(validateVex(document)).results).toEqual([]);
  expect(document['@id']).toBe('https://hub.example/public/vex/2026/BW-2026-0001.openvex.json');
});

test('ranges are purls with vers, and what fixes them is said to be fixed', () => {
  const said = (document.statements as Statements).map((s) => [
    s.status,
    (s.products as Record<string, string>[]).map((p) => decodeURIComponent(p['@id']!)),
    s.justification ?? s.action_statement,
  ]);
  expect(said).toEqual([
    [
      'affected',
      ['pkg:npm/@a/b?vers=vers:npm/<1.2.3', 'pkg:npm/@a/b?vers=vers:npm/>=2.0.0|<2.0.1'],
      'Update @a/b to version 1.2.3 or 2.0.1 or later.',
    ],
    ['affected', ['pkg:npm/@a/b?vers=vers:npm/>=3.0.0'], 'There is no fixed version of @a/b yet.'],
    ['affected', ['pkg:deb/debian/b?vers=vers:deb/<1.2-1~deb12u1'], 'Update b to version 1.2-1~deb12u1 or later.'],
    ['not_affected', ['pkg:npm/c'], 'component_not_present'],
    ['under_investigation', ['pkg:npm/d'], undefined],
    ['fixed', ['pkg:npm/e'], undefined],
    ['fixed', ['pkg:npm/@a/b@1.2.3', 'pkg:npm/@a/b@2.0.1', 'pkg:deb/debian/b@1.2-1~deb12u1'], undefined],
  ]);
});

test('it comes back but for what is said to be lost', () => {
  const { beyond: _, ...back } = insist(readOpenVex(document));
  expect(carried({ ...back, beyond: {} }, lossesOpenVex)).toEqual(carried(source, lossesOpenVex));
  expect(back.vulnerabilities[0]!.remedies.map((r) => [r.category, r.productIds])).toEqual([
    ['vendor_fix', ['BWPID-0001']],
    ['mitigation', ['BWPID-0002']],
    ['vendor_fix', ['BWPID-0003']],
  ]);
});

test('what was taken back is open again, with the reason', () => {
  const withdrawn = writeOpenVex(sourceOf(bulletin({ withdrawn: { because: 'It is no flaw.' } })))!;
  expect(insist(validateVex(withdrawn)).results).toEqual([]);
  expect((withdrawn.statements as Statements).map((s) => [s.status, s.status_notes])).toEqual([
    ['under_investigation', 'Withdrawn. It is no flaw.'],
  ]);
});

test('what speaks of no product is no document', () => {
  expect(writeOpenVex({ ...source, vulnerabilities: [] })).toBeUndefined();
});

test('without a CVE id the hub\u2019s own id is the name', () => {
  const statements = writeOpenVex(sourceOf(bulletin({ cve: null })))!.statements as Statements;
  expect(statements[0]!.vulnerability).toMatchObject({ name: 'BW-2026-0001' });
});

const one = referenceText('vex-samples/openvex/openvex_one_vuln.json');
test.skipIf(one === undefined)('a document of others comes back as it was, and becomes a CSAF VEX', () => {
  const given = JSON.parse(one!);
  const read = insist(readOpenVex(given));
  expect(writeOpenVex(read)).toEqual(given);
  expect(read.products.map((p) => [p.name, p.versions?.listed])).toEqual([['apk-tools', ['2.10.6-r0']]]);
  // CSAF wants a note that OpenVEX need not have.
  const errors = insist(validateCsaf(writeCsaf(read, '2.1'))).results.filter((r) => r.kind === 'error');
  expect(errors.map((r) => r.message)).toEqual(['notes is missing']);
});

test('what is no valid document is refused', () => {
  for (const given of [null, [], {}, { ...document, statements: [] }, { ...document, '@context': 'https://openvex.dev/ns' }])
    expect(isRefusal(readOpenVex(given))).toBe(true);
});

test('many products and much said of each are written in time', () => {
  const number = 20_000;
  const ids = Array.from({ length: number }, (_, i) => `P${i}`);
  const [vulnerability] = source.vulnerabilities;
  const products = ids.map((id) => ({ ...source.products[0]!, id, package: `pkg:npm/${id.toLowerCase()}`, versions: null }));
  const remedies = ids.map((id) => ({ ...vulnerability!.remedies[0]!, productIds: [id], details: 'Update.' }));
  const all = { ...vulnerability!.remedies[0]!, productIds: ids, details: 'Restart.' };
  const many = { ...vulnerability!, status: { known_affected: ids }, remedies: [...remedies, all], threats: [] };
  const statements = writeOpenVex({ ...source, products, vulnerabilities: [many] })!.statements as Statements;
  expect(statements.map((s) => [(s.products as unknown[]).length, s.action_statement])).toEqual([[number, 'Update.\n\nRestart.']]);
});
