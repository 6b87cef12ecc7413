import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated, mutationKinds } from '../../../../test/equipment/mutations.ts';
import { referenceText } from '../../../../test/reference-data.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { validateVex } from './vex.ts';

type Json = Record<string, unknown>;

const samples = 'vex-samples/';
const has = referenceText(`${samples}cyclonedx/vex.json`) !== undefined;
const json = (path: string): Json => JSON.parse(referenceText(path)!);
const errorsOf = (document: unknown) => insist(validateVex(document)).results.filter((r) => r.kind === 'error');
const shown = (document: unknown) => insist(validateVex(document)).results.map(({ test: name, kind, pointer }) => [name, kind, pointer]);

describe('OpenVEX', () => {
  const document = (statement: Json = {}, more: Json = {}) => ({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://openvex.dev/docs/example/vex-1',
    author: 'Example',
    timestamp: '2026-01-09T09:08:42-06:00',
    version: 1,
    statements: [
      {
        vulnerability: { name: 'CVE-2026-12345' },
        products: [{ '@id': 'pkg:apk/wolfi/git@2.39.0-r1?arch=armv7' }],
        status: 'fixed',
        ...statement,
      },
    ],
    ...more,
  });
  const action = 'Update.';

  test.each<[string, Json, Json, [string, string, string][]]>([
    ['as it is', {}, {}, []],
    ['every status that needs nothing', { status: 'under_investigation' }, {}, []],
    ['not affected, and why', { status: 'not_affected', justification: 'component_not_present' }, {}, []],
    ['not affected, in words', { status: 'not_affected', impact_statement: 'x' }, {}, [['justification', 'warning', '/statements/0']]],
    ['not affected, no why', { status: 'not_affected' }, {}, [['justification', 'error', '/statements/0']]],
    ['affected, and what to do', { status: 'affected', action_statement: action }, {}, []],
    ['affected, nothing to do', { status: 'affected' }, {}, [['action', 'error', '/statements/0']]],
    ['affected, an empty thing to do', { status: 'affected', action_statement: '' }, {}, [['action', 'error', '/statements/0']]],
    ['a justification of what is fixed', { justification: 'component_not_present' }, {}, [['justification', 'warning', '/statements/0']]],
    ['a status of no list', { status: 'exploitable' }, {}, [['schema', 'error', '/statements/0/status']]],
    [
      'a justification of no list',
      { status: 'not_affected', justification: 'x' },
      {},
      [['schema', 'error', '/statements/0/justification']],
    ],
    ['no product', { products: [] }, {}, [['products', 'error', '/statements/0']]],
    ['a product by nothing', { products: [{ hashes: {} }] }, {}, [['schema', 'error', '/statements/0/products/0']]],
    ['a product by no identifier', { products: [{ identifiers: {} }] }, {}, [['schema', 'error', '/statements/0/products/0/identifiers']]],
    ['a product as a text', { products: ['pkg:npm/a@1'] }, {}, [['schema', 'error', '/statements/0/products/0']]],
    ['a flaw as a text', { vulnerability: 'CVE-2026-12345' }, {}, [['schema', 'error', '/statements/0/vulnerability']]],
    ['a bad purl', { products: [{ '@id': 'pkg:npm' }] }, {}, [['purl', 'warning', '/statements/0/products/0/@id']]],
    [
      'a bad digest',
      { products: [{ '@id': 'a:b', hashes: { md5: 'x' } }] },
      {},
      [['hashes', 'warning', '/statements/0/products/0/hashes/md5']],
    ],
    ['a later statement', { timestamp: '2026-01-10T00:00:00Z' }, {}, [['dates', 'warning', '/statements/0/timestamp']]],
    ['updated before it was', {}, { last_updated: '2026-01-01T00:00:00Z' }, [['dates', 'warning', '/last_updated']]],
    ['no statement', {}, { statements: [] }, [['schema', 'error', '/statements']]],
    ['no IRI', {}, { '@id': 'vex 1' }, [['schema', 'error', '/@id']]],
    ['version 0', {}, { version: 0 }, [['schema', 'error', '/version']]],
    ['a version in words', {}, { version: '1' }, [['schema', 'error', '/version']]],
    ['a member of nobody', {}, { x: 1 }, [['schema', 'error', '/x']]],
    ['another context', {}, { '@context': 'https://example.org' }, [['context', 'error', '/@context']]],
  ])('%s', (_, statement, more, expected) => {
    const found = shown(document(statement, more));
    expect(found.filter(([name]) => name !== 'dates' || expected.some(([of]) => of === 'dates'))).toEqual(expected);
  });

  test('0.0.1, which had other members, is refused, named or not', () => {
    for (const context of ['https://openvex.dev/ns', 'https://openvex.dev/ns/v0.0.1'])
      expect(validateVex(document({}, { '@context': context }))).toMatchObject({ refused: true, code: 'unsupported' });
  });

  test.skipIf(!has)('the samples of others', () => {
    expect(shown(json(`${samples}openvex/openvex_one_vuln.json`))).toEqual([]);
    // The schema asks for one statement at least.
    expect(shown(json(`${samples}openvex/openvex_no_vuln.json`))).toEqual([['schema', 'error', '/statements']]);
    // One statement writes the flaw and the product as 0.0.1 did: texts, where 0.2.0 has objects.
    expect(errorsOf(json(`${samples}openvex/openvex_many_vuln.json`)).map((r) => r.pointer)).toEqual([
      '/statements/5/vulnerability',
      '/statements/5/products/0',
    ]);
    expect(validateVex(json(`${samples}openvex/openvex_not_a_document.json`))).toMatchObject({ code: 'malformed' });
  });
});

function filesUnder(folder: string): string[] {
  const root = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../../../shared/data');
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

describe.skipIf(!has)('CycloneDX', () => {
  const suite = 'cyclonedx-suite/';
  const editions = ['1.4', '1.5', '1.6', '1.7'];
  const oracles = has ? Object.fromEntries(editions.map((edition) => [edition, oracle(edition)])) : {};
  const documents = has
    ? [
        ...filesUnder(`${samples}cyclonedx`).map(json),
        ...editions.flatMap((e) => ['vulnerability', 'compositions'].map((name) => json(`${suite}${e}/valid-${name}-${e}.json`))),
      ].filter((d) => d.vulnerabilities !== undefined)
    : [];

  /** 1.4 forgot to say that some items are objects. */
  function oracle(edition: string) {
    const ajv = new Ajv({ strict: false, logger: false });
    (addFormats as unknown as (to: object) => void)(ajv);
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) ajv.addSchema(json(`${suite}schema/${name}.schema.json`));
    const schema = json(`${suite}schema/bom-${edition}.schema.json`) as {
      definitions: { vulnerability: { properties: Record<string, { items: Json & { properties: Record<string, { items: Json }> } }> } };
    };
    const { affects, references } = schema.definitions.vulnerability.properties;
    affects!.items.type = 'object';
    affects!.items.properties.versions!.items.type = 'object';
    references!.items.type = 'object';
    return ajv.compile(schema as AnySchema);
  }

  test('every sample is valid', () => {
    expect(documents.length).toBeGreaterThan(18);
    for (const document of documents) expect(errorsOf(document)).toEqual([]);
  });

  test('what the samples are warned of', () => {
    const warnings = (name: string) => shown(json(`${samples}cyclonedx/${name}`)).map(([rule, , pointer]) => [rule, pointer]);
    expect(warnings('vex.json')).toEqual([]);
    expect(warnings('Use-Cases/Case-7/vex.json')).toEqual([['affects', '/vulnerabilities/0']]);
    expect(warnings('Use-Cases/Case-5/vex.json')).toEqual([['response', '/vulnerabilities/0']]);
  });

  test('the same verdict as the schema, read by ajv, on what is left of them when something is changed', () => {
    const envelope = ['bomFormat', 'serialNumber', 'version', '$schema', 'vulnerabilities'];
    const under = (path: readonly string[]) =>
      path.length === 1 ? envelope.includes(path[0]!) : path[0] === 'vulnerabilities' && !path.includes('tools');
    fc.assert(
      fc.property(fc.nat(documents.length - 1), fc.nat(100_000), fc.nat(mutationKinds - 1), (which, at, kind) => {
        const document = mutated(documents[which], at, kind, under) as Json;
        const verdict = validateVex(document);
        if (isRefusal(verdict)) {
          expect(document.vulnerabilities === undefined || document.bomFormat === undefined).toBe(true);
          return;
        }
        const valid = oracles[document.specVersion as string]!;
        const expected = valid(document);
        expect(verdict.valid, JSON.stringify([errorsOf(document).slice(0, 3), valid.errors])).toBe(expected);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 1500) },
    );
  }, 300_000);

  test('an inventory is no VEX', () => {
    expect(validateVex(json(`${samples}cyclonedx/bom.json`))).toMatchObject({ code: 'unsupported' });
    expect(validateVex(json(`${suite}1.6/valid-bom-1.6.json`))).toMatchObject({ code: 'unsupported' });
  });
});

test('CSAF is judged by its own tests; of another category it is no VEX profile', () => {
  expect(shown({ document: { category: 'csaf_vex', csaf_version: '2.0' } }).some(([, kind]) => kind === 'error')).toBe(true);
  expect(shown({ document: { category: 'csaf_base', csaf_version: '2.0' } }).at(-1)).toEqual(['profile', 'warning', '/document/category']);
});

test('what is no VEX at all is refused', () => {
  for (const document of [null, [], 'x', {}, { document: 'x' }, { a: 1 }]) expect(isRefusal(validateVex(document))).toBe(true);
  let deep: unknown = 1;
  for (let i = 0; i < 200; i++) deep = { deep };
  expect(validateVex({ bomFormat: 'CycloneDX', deep })).toMatchObject({ code: 'too_large' });
});

test('a hundred thousand statements are answered in a bounded list', () => {
  const statements = Array.from({ length: 100_000 }, (_, i) => ({ vulnerability: { name: `${i}` }, status: 'affected' }));
  const found = insist(validateVex({ '@context': 'https://openvex.dev/ns/v0.2.0', statements }));
  expect(found.valid).toBe(false);
  expect(found.results.length).toBeLessThan(3000);
});
