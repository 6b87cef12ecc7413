import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated, mutationKinds } from '../../../../../test/equipment/mutations.ts';
import { referenceText } from '../../../../../test/reference-data.ts';
import { insist, isRefusal } from '../../../../base/refusal.ts';
import { validateCve } from './validate.ts';

type Json = Record<string, unknown>;
type Schema = { definitions: Record<string, Json & { properties: Json }>; properties?: Json };

const folder = 'cve-records/';
const has = referenceText(`${folder}schema/CVE_JSON_5.1_bundled.json`) !== undefined;
const reference = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../../../../shared/data');
const namesIn = (sub: string) => readdirSync(join(reference, folder, sub)).sort();
const json = (path: string): Json => JSON.parse(referenceText(folder + path)!);
const errorsOf = (document: unknown) => insist(validateCve(document)).results.filter((r) => r.kind === 'error');

const record = (): Json => ({
  dataType: 'CVE_RECORD',
  dataVersion: '5.2',
  cveMetadata: { cveId: 'CVE-2026-12345', assignerOrgId: 'b3476cb9-2e3d-41a6-98d0-0f47421a65b6', state: 'PUBLISHED' },
  containers: {
    cna: {
      providerMetadata: { orgId: 'b3476cb9-2e3d-41a6-98d0-0f47421a65b6' },
      affected: [{ vendor: 'v', product: 'p', defaultStatus: 'affected' }],
      descriptions: [{ lang: 'en', value: 'd' }],
      references: [{ url: 'https://a.example' }],
    },
  },
});

/**
 * The schema of 5.1 as it was handed over, with what 5.1.1 and 5.2 changed in it: times without an offset (the pattern always took them, the
 * format beside it was taken out), packageURL, nothing undefined in an affected product.
 */
function oracle(file: string, isClosed: boolean) {
  const schema = json(`schema/${file}`) as unknown as Schema;
  const { definitions } = schema;
  delete definitions.timestamp!.format;
  if (definitions.product) definitions.product.properties.packageURL = { $ref: '#/definitions/uriType' };
  if (definitions.product && isClosed) definitions.product.additionalProperties = false;
  const ajv = new Ajv({ strict: false, logger: false });
  (addFormats as unknown as (to: object) => void)(ajv);
  return ajv.compile(schema);
}

describe.skipIf(!has)('beside the schema, read by ajv', () => {
  const open = has ? oracle('CVE_JSON_5.1_bundled.json', false) : undefined;
  const closed = has ? oracle('CVE_JSON_5.1_bundled.json', true) : undefined;
  const sentPublished = has ? oracle('5.1_published_cna_container.json', true) : undefined;
  const sentRejected = has ? oracle('5.1_rejected_cna_container.json', true) : undefined;
  const isOld = (document: Json) => typeof document.dataVersion === 'string' && /^5\.[01](?:\.|$)/.test(document.dataVersion);
  const isSent = (document: Json) => 'cnaContainer' in document;
  const judge = (document: Json): boolean =>
    isSent(document) ? sentPublished!(document) || sentRejected!(document) : (isOld(document) ? open : closed)!(document);
  const hasCpes = (document: Json) => JSON.stringify(document).includes('cpeApplicability');
  const fixtures = has ? namesIn('api-fixtures').map((name) => json(`api-fixtures/${name}`)) : [];
  const real = has ? namesIn('real-cve5').map((name) => json(`real-cve5/${name}`)) : [];
  const stored = has ? (JSON.parse(referenceText(`${folder}cves.json`)!) as { cve: Json }[]).map(({ cve }) => cve) : [];
  const documents = [...fixtures, ...real, ...stored, record()];

  test('every real record is valid', () => {
    expect(real.length).toBeGreaterThan(20);
    for (const document of real) expect(errorsOf(document), JSON.stringify(document).slice(0, 200)).toEqual([]);
  });

  test('the same verdict on every document', () => {
    const seen = { true: 0, false: 0 };
    for (const document of documents.filter((d) => !hasCpes(d))) {
      const expected = judge(document);
      seen[`${expected}`]++;
      expect(errorsOf(document).length === 0, JSON.stringify([errorsOf(document), document])).toBe(expected);
    }
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5);
  });

  test('and on what is left of them when something is taken away, exchanged, added or edited', () => {
    const some = documents.filter((d) => !hasCpes(d) && (d.cveMetadata as Json | undefined)?.assignerShortName !== 'mitre');
    fc.assert(
      fc.property(fc.nat(some.length - 1), fc.nat(100_000), fc.nat(mutationKinds - 1), (which, at, kind) => {
        const document = mutated(some[which], at, kind) as Json;
        const expected = judge(document);
        expect(errorsOf(document).length === 0, JSON.stringify(errorsOf(document).slice(0, 3))).toBe(expected);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 3000) },
    );
  }, 300_000);
});

describe('what a record says beyond its shape', () => {
  const results = (change: (cna: Record<string, unknown[]>) => void, document = record()) => {
    change((document.containers as { cna: Record<string, unknown[]> }).cna);
    return insist(validateCve(document)).results.map(({ test: name, kind, pointer }) => [name, kind, pointer]);
  };

  test('is a warning', () => {
    const vectorString = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    expect(results(() => {})).toEqual([]);
    expect(
      results((cna) => {
        cna.references!.push({ url: 'https://a.example', name: 'again' });
        cna.metrics = [{ cvssV3_1: { version: '3.1', vectorString, baseScore: 9.7, baseSeverity: 'CRITICAL' } }];
        cna.problemTypes = [{ descriptions: [{ lang: 'en', description: 'x', cweId: 'CWE-99999' }] }];
        cna.descriptions!.push({ lang: 'en', value: 'e' });
        Object.assign(cna.affected![0]!, { packageURL: 'pkg:npm/a@1' });
        Object.assign(cna.affected![0]!, { versions: [{ version: '1', lessThan: '1', versionType: 'custom', status: 'affected' }] });
      }),
    ).toEqual([
      ['references', 'warning', '/containers/cna/references/1/url'],
      ['cvss', 'warning', '/containers/cna/metrics/0/cvssV3_1/baseScore'],
      ['cwe', 'warning', '/containers/cna/problemTypes/0/descriptions/0/cweId'],
      ['purl', 'warning', '/containers/cna/affected/0/packageURL'],
      ['versions', 'warning', '/containers/cna/affected/0/versions/0'],
      ['english', 'warning', '/containers/cna/descriptions'],
    ]);
  });

  test('dates go forward', () => {
    const document = record();
    Object.assign(document.cveMetadata as Json, {
      dateReserved: '2026-02-01T00:00:00',
      datePublished: '2026-01-31T23:59:59Z',
      dateUpdated: '2026-01-31T00:00:00.000+12:00',
    });
    expect(results(() => {}, document)).toEqual([
      ['dates', 'warning', '/cveMetadata/datePublished'],
      ['dates', 'warning', '/cveMetadata/dateUpdated'],
    ]);
  });

  test('a member beside an affected product is unknown until 5.1, an error since 5.2', () => {
    const misspelt = (cna: Record<string, unknown[]>) => void Object.assign(cna.affected![0]!, { version: [] });
    expect(results(misspelt)).toEqual([['schema', 'error', '/containers/cna/affected/0/version']]);
    expect(results(misspelt, { ...record(), dataVersion: '5.1' })).toEqual([['members', 'warning', '/containers/cna/affected/0/version']]);
  });
});

test('containers as they are sent, wrapped or alone', () => {
  const { cna } = record().containers as { cna: Json };
  const { providerMetadata: _, ...unsigned } = cna;
  const rejected = { rejectedReasons: [{ lang: 'en', value: 'r' }] };
  for (const document of [{ cnaContainer: cna }, { cnaContainer: unsigned }, cna, unsigned, rejected, { cnaContainer: rejected }])
    expect(errorsOf(document), JSON.stringify(document)).toEqual([]);
  expect(errorsOf({ adpContainer: { title: 't' } })).toEqual([]);
  for (const document of [{}, { adpContainer: {} }, { cnaContainer: null }, { cnaContainer: cna, more: 1 }, { affected: [] }])
    expect(errorsOf(document).length, JSON.stringify(document)).toBeGreaterThan(0);
});

test('CPE applicability of 5.1.1', () => {
  const document = record();
  const criteria = 'cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*';
  const cpeMatch = [{ vulnerable: true, criteria, versionEndExcluding: '5.4.291' }];
  const cna = (document.containers as { cna: Json }).cna;
  cna.cpeApplicability = [{ nodes: [{ operator: 'OR', negate: false, cpeMatch }] }];
  expect(errorsOf(document)).toEqual([]);
  cpeMatch[0]!.criteria = 'cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*';
  expect(errorsOf(document)).toMatchObject([{ pointer: '/containers/cna/cpeApplicability/0/nodes/0/cpeMatch/0/criteria' }]);
});

test('what is no object is refused; what is built to be slow is answered', () => {
  for (const document of [null, 'x', 1, [], [record()], undefined]) expect(isRefusal(validateCve(document))).toBe(true);
  const many = Array.from({ length: 100_000 }, (_, i) => ({ url: `https://a.example/${i}` }));
  const document = record();
  const cna = (document.containers as { cna: Json }).cna;
  cna.references = many;
  cna.tags = many.map((_, i) => `x_${i}`);
  cna.affected = many.map(() => ({ cpes: [`${'cpe:2.3:a'.repeat(2)}${':**'.repeat(600)}`] }));
  expect(insist(validateCve(document)).results.length).toBeLessThan(3000);
  let deep: unknown = 1;
  for (let i = 0; i < 200; i++) deep = [deep];
  expect(validateCve({ a: deep })).toMatchObject({ code: 'too_large' });
});
