import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../../test/reference-data.ts';
import type { Instant } from '../../../../base/instant.ts';
import { insist, isRefusal } from '../../../../base/refusal.ts';
import type { Bulletin } from '../../bulletin.ts';
import { validateCsaf } from '../../csaf/validate.ts';
import { sourceOf } from '../../drafted.ts';
import type { Source } from '../../source.ts';
import type { AdvisoryText } from '../../text.ts';
import { writeCsaf } from '../csaf/csaf.ts';
import { carried, lossesOf } from '../loss.ts';
import { lossesCve } from './losses.ts';
import { readCve } from './read.ts';
import { validateCve } from './validate.ts';
import { writeCve } from './write.ts';

type Json = Record<string, unknown>;

const at = '2026-11-21T09:00:00.000Z' as Instant;
const assigner = { orgId: 'b3476cb9-2e3d-41a6-98d0-0f47421a65b6', shortName: 'example' };

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
    cwe: 'CWE-125',
    credits: [{ name: 'North Lab', at }],
    cvss: { version: '4.0', vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', base: 9.3, severity: 'CRITICAL' },
    ssvc: { decision: 'act', points: { exploitation: 'active', automatable: 'yes', technicalImpact: 'total' } },
    references: [
      { kind: 'fix', url: 'https://example.org/commit/1' },
      { kind: 'web', url: 'https://example.org/' },
    ],
    publisher: 'Example Coordinator',
    change: 'First version.',
    otherScores: [
      {
        by: 'North Lab',
        cvss: { version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', base: 9.8, severity: 'CRITICAL' },
      },
    ],
    statements: [
      { supplier: 'C', package: 'pkg:npm/c', status: 'not-affected', justification: 'component_not_present', text: 'Not in it.', at },
    ],
    ...more,
  };
  return { trackingId: 'BW-2026-0001', status: 'final', text, origin: 'hub.example', versions: [{ number: 1, at, change: text.change }] };
}

describe('our own advisory', () => {
  const source = sourceOf(bulletin());
  const record = writeCve(source, assigner)!;

  test('is a valid record without a warning', () => {
    expect(insist(validateCve(record)).results).toEqual([]);
  });

  test('comes back but for what is said to be lost', () => {
    const back = insist(readCve(record));
    const tracking = { ...back.tracking, id: source.tracking.id };
    expect(lossesOf(back, lossesCve)).toEqual([]);
    expect(carried({ ...back, tracking, beyond: {} }, lossesCve)).toEqual(carried(source, lossesCve));
    expect(back.vulnerabilities[0]!.cve).toBe('CVE-2026-12345');
    expect([back.tracking.initialAt, back.tracking.currentAt, back.publisher.name]).toEqual([at, at, 'example']);
    expect(back.vulnerabilities[0]!.credits[0]!.names).toEqual(['North Lab']);
    expect([back.tracking.id, back.tracking.aliases]).toEqual(['CVE-2026-12345', ['BW-2026-0001']]);
    expect(writeCve(back)).toEqual(record);
  });

  test('says the versions in ranges', () => {
    const { affected } = (record.containers as { cna: { affected: Json[] } }).cna;
    expect(affected.map((a) => [a.packageURL, a.defaultStatus, a.versions])).toEqual([
      [
        'pkg:npm/%40a/b',
        'unaffected',
        [
          { version: '0', lessThan: '1.2.3', status: 'affected', versionType: 'semver' },
          { version: '2.0.0', lessThan: '2.0.1', status: 'affected', versionType: 'semver' },
        ],
      ],
      ['pkg:npm/%40a/b', 'unaffected', [{ version: '3.0.0', lessThan: '*', status: 'affected', versionType: 'semver' }]],
      ['pkg:deb/debian/b', 'unaffected', [{ version: '0', lessThan: '1.2-1~deb12u1', status: 'affected', versionType: 'dpkg' }]],
      ['pkg:npm/c', 'unaffected', undefined],
    ]);
  });

  test('without an assigner is the container that is sent', () => {
    const sent = writeCve(source)!;
    expect(Object.keys(sent)).toEqual(['cnaContainer']);
    expect(insist(validateCve(sent)).results).toEqual([]);
    const { beyond: _, ...back } = insist(readCve(sent));
    expect({ ...back, beyond: {} }).toEqual(carried(source, lossesCve));
  });

  test('has no record where no CVE id is assigned, or where it is not in English', () => {
    expect(writeCve(sourceOf(bulletin({ cve: null })), assigner)).toBeUndefined();
    expect(writeCve({ ...source, language: 'de' }, assigner)).toBeUndefined();
  });

  test('taken back is a rejected record, with the reason', () => {
    const rejected = writeCve(sourceOf(bulletin({ withdrawn: { because: 'It is no flaw.' } })), assigner)!;
    expect(insist(validateCve(rejected)).results).toEqual([]);
    expect(rejected).toMatchObject({
      cveMetadata: { state: 'REJECTED', dateRejected: at },
      containers: { cna: { rejectedReasons: [{ lang: 'en', value: 'It is no flaw.' }] } },
    });
    expect(insist(readCve(rejected)).tracking.withdrawnAt).toBe(at);
  });

  test('of any length stays within the lengths of the format', () => {
    const long = bulletin({ title: '\u{1f600}'.repeat(256), summary: `${'\u{1f600}'.repeat(5000)}`, publisher: 'p'.repeat(256) });
    expect(insist(validateCve(writeCve(sourceOf(long), assigner))).results).toEqual([]);
  });

  const schema = referenceText('cve-records/schema/CVE_JSON_5.1_bundled.json');
  test.skipIf(schema === undefined)('is valid by the schema that was handed over, read by ajv', () => {
    const ajv = new Ajv({ strict: false, logger: false });
    (addFormats as unknown as (to: object) => void)(ajv);
    const valid = ajv.compile(JSON.parse(schema!));
    for (const given of [record, writeCve(sourceOf(bulletin({ withdrawn: { because: 'x' } })), assigner)])
      expect(valid(given), ajv.errorsText(valid.errors)).toBe(true);
  });
});

const folder = 'cve-records/real-cve5';
const has = referenceText(`${folder}/CVE-2021-44228.json`) !== undefined;
const reference = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../../../../shared/data');
const real = has
  ? readdirSync(join(reference, folder)).map((name) => [name, JSON.parse(referenceText(`${folder}/${name}`)!)] as const)
  : [];

describe.skipIf(!has)('records of others', () => {
  test.each(real)('%s is read and written back as it was', (_, record) => {
    expect(writeCve(insist(readCve(record)))).toEqual(record);
  });

  test.each(real)('%s is a valid record when all of it is written anew, and says the same', (_, record) => {
    const source = insist(readCve(record));
    const { beyond: __, ...said } = source;
    const anew = writeCve({ ...said, beyond: {} }, assigner)!;
    expect(insist(validateCve(anew)).results.filter((r) => r.kind === 'error')).toEqual([]);
    const again = insist(readCve(anew)).vulnerabilities[0]!;
    const [was] = source.vulnerabilities;
    expect(again.weaknesses).toEqual(was!.weaknesses);
    expect(again.scores.map((s) => [s.by, s.cvss, s.ssvc])).toEqual(was!.scores.map((s) => [s.by, s.cvss, s.ssvc]));
  });

  test.each(real)('%s is a valid CSAF advisory of both editions', (_, record) => {
    const source = insist(readCve(record));
    for (const edition of ['2.0', '2.1'] as const) {
      const { results } = insist(validateCsaf(writeCsaf(source, edition)));
      expect(results.filter((r) => r.kind === 'error')).toEqual([]);
    }
  });

  test('what is changed is written, what is not stays as it was', () => {
    const [, record] = real.find(([name]) => name === 'CVE-2021-44228.json')!;
    const source = insist(readCve(record));
    const written = writeCve({ ...source, title: 'x', vulnerabilities: [{ ...source.vulnerabilities[0]!, title: 'x' }] })!;
    const { cna } = record.containers;
    expect(written).toEqual({ ...record, containers: { ...record.containers, cna: { ...cna, title: 'x' } } });
  });

  test('a score of another is not written as the authority\u2019s own', () => {
    const [, record] = real.find(([name]) => name === 'CVE-2021-44228.json')!;
    const source = insist(readCve(record));
    const vulnerability = source.vulnerabilities[0]!;
    expect(vulnerability.scores.map((s) => [s.by, s.cvss[0]?.base, s.ssvc?.selections.map((p) => p.values[0]!.key)])).toEqual([
      ['CISA-ADP', 10, undefined],
      ['CISA-ADP', undefined, ['A', 'Y', 'T']],
    ]);
    const more = { ...vulnerability.scores[0]!, by: null };
    const written = writeCve({ ...source, vulnerabilities: [{ ...vulnerability, scores: [...vulnerability.scores, more] }] })!;
    expect((written.containers as { cna: { metrics: unknown[] } }).cna.metrics).toHaveLength(1);
  });
});

describe('versions', () => {
  const read = (affected: Json) => {
    const record = writeCve(sourceOf(bulletin()), assigner) as { containers: { cna: Json } };
    record.containers.cna.affected = [{ vendor: 'v', product: 'p', ...affected }];
    const source = insist(readCve(record));
    const shown = (v: Source['products'][number]['versions']) =>
      v && [...v.listed, ...v.ranges.map((r) => `${r.type} ${r.events.map((e) => `${e.kind} ${e.version}`).join(', ')}`)];
    const { status } = source.vulnerabilities[0]!;
    return Object.fromEntries(
      Object.entries(status).map(([name, ids]) => [name, shown(source.products.find((p) => p.id === ids![0])!.versions)]),
    );
  };
  const affected = { status: 'affected', versionType: 'semver' };
  const unaffected = { status: 'unaffected', versionType: 'semver' };

  test.each<[string, Json, Json]>([
    ['one', { versions: [{ version: '1', status: 'affected' }] }, { known_affected: ['1'] }],
    ['none named', { versions: [{ version: 'n/a', status: 'affected' }] }, { known_affected: null }],
    ['none named, all affected', { defaultStatus: 'affected' }, { known_affected: null }],
    ['up to one', { versions: [{ version: '0', lessThan: '2', ...affected }] }, { known_affected: ['SEMVER introduced 0, fixed 2'] }],
    [
      'with its end',
      { versions: [{ version: '1', lessThanOrEqual: '2', ...affected }] },
      { known_affected: ['SEMVER introduced 1, last-affected 2'] },
    ],
    ['open', { versions: [{ version: '1', lessThan: '*', ...affected }] }, { known_affected: ['SEMVER introduced 1'] }],
    ['a branch', { versions: [{ version: '1.2', lessThan: '1.*', ...affected }] }, { known_affected: ['SEMVER introduced 1.2, limit 2'] }],
    [
      'with changes',
      {
        versions: [
          {
            version: '1',
            lessThan: '*',
            ...affected,
            changes: [
              { at: '1.5', status: 'unaffected' },
              { at: '2', status: 'affected' },
              { at: '2.1', status: 'unaffected' },
            ],
          },
        ],
      },
      { known_affected: ['SEMVER introduced 1, fixed 1.5, introduced 2, fixed 2.1'] },
    ],
    [
      'all but some (as the Linux kernel writes them)',
      {
        defaultStatus: 'affected',
        versions: [
          { version: '5.15', status: 'affected' },
          { version: '0', lessThan: '5.15', ...unaffected },
          { version: '5.15.177', lessThanOrEqual: '5.15.*', ...unaffected },
          { version: '6.1.125', lessThanOrEqual: '6.1.*', ...unaffected },
          { version: '6.13', lessThanOrEqual: '*', status: 'unaffected', versionType: 'original_commit_for_fix' },
        ],
      },
      {
        known_affected: ['5.15', 'SEMVER introduced 5.15, fixed 5.15.177, introduced 5.16, fixed 6.1.125, introduced 6.2, fixed 6.13'],
        known_not_affected: [
          'SEMVER introduced 0, fixed 5.15',
          'SEMVER introduced 5.15.177, limit 5.16',
          'SEMVER introduced 6.1.125, limit 6.2',
          'ECOSYSTEM introduced 6.13',
        ],
      },
    ],
    [
      'in words',
      { versions: [{ version: '>= 1.7.0, < 1.18.4', status: 'affected' }] },
      { known_affected: ['ECOSYSTEM introduced 1.7.0, fixed 1.18.4'] },
    ],
    ['in other words', { versions: [{ version: '> 1, < 2', status: 'affected' }] }, { known_affected: ['> 1, < 2'] }],
    [
      'commits',
      { repo: 'https://example.org/r.git', versions: [{ version: 'aa', lessThan: 'bb', status: 'affected', versionType: 'git' }] },
      { known_affected: ['GIT introduced aa, fixed bb'] },
    ],
  ])('%s', (_, given, expected) => expect(read(given)).toEqual(expected));
});

test('what is no record is refused', () => {
  for (const document of [null, 'x', [], {}, { cnaContainer: {} }]) expect(isRefusal(readCve(document))).toBe(true);
});
