import type { AnySchema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { isDateTime21 } from './moment.ts';
import { documentShapes } from './shapes/document.ts';
import { firstErrors } from './shapes/shape.ts';

// Our shapes beside the standard's JSON schemas, read by ajv: the same verdict on the suite's documents and on what is left of them when
// members are taken away, exchanged or added.
const suite = 'csaf-suite/';
const has = referenceText(`${suite}csaf_2.1/json_schema/csaf.json`) !== undefined;
const schema = (path: string): AnySchema => JSON.parse(referenceText(suite + path)!);

function oracle(edition: '2.0' | '2.1') {
  const ajv = new Ajv2020({ strict: false, logger: false, multipleOfPrecision: 6 });
  const plain = addFormats as unknown as (to: object) => void;
  plain(ajv);
  for (const [name, file] of [
    ['cvss-v2.0.json', 'cvss-v2.0.json'],
    ['cvss-v3.0.json', 'cvss-v3.0.json'],
    ['cvss-v3.1.json', 'cvss-v3.1.json'],
    ['cvss-v4.0.json', 'cvss-v4.0.json'],
  ] as const) {
    if (edition === '2.0' && name === 'cvss-v4.0.json') continue;
    const { $schema: _, id: __, $id: ___, ...rest } = schema(`csaf_${edition}/referenced_schema/first/${file}`) as Record<string, unknown>;
    ajv.addSchema(rest, `https://www.first.org/cvss/${name}`);
  }
  if (edition === '2.1') {
    // JSON Schema's own date-time takes lower case and leap seconds, which the standard forbids (6.1.37).
    ajv.addFormat('date-time', { type: 'string', validate: isDateTime21 });
    const without = (path: string) => {
      const { $schema: _, ...rest } = schema(path) as Record<string, unknown>;
      return rest;
    };
    const metaschema = schema('csaf_2.1/json_schema/extension-metaschema.json') as { $id: string; $defs: Record<string, unknown> };
    ajv.addSchema({ $id: metaschema.$id, $defs: { content_schema_t: metaschema.$defs.content_schema_t } });
    ajv.addSchema(without('csaf_2.1/json_schema/extension-content.json'));
    ajv.addSchema(without('csaf_2.1/referenced_schema/certcc/SelectionList_2_0_0.schema.json'));
    return ajv.compile(without('csaf_2.1/json_schema/csaf.json'));
  }
  return ajv.compile(schema('csaf_2.0/json_schema/csaf_json_schema.json'));
}

function documents(edition: '2.0' | '2.1'): Record<string, unknown>[] {
  const folder = `${suite}csaf_${edition}/test/validator/data/`;
  const groups: { failures?: { name: string }[]; valid?: { name: string }[] }[] = JSON.parse(
    referenceText(`${folder}testcases.json`)!,
  ).tests;
  return groups.flatMap((g) => [...(g.failures ?? []), ...(g.valid ?? [])]).map(({ name }) => JSON.parse(referenceText(folder + name)!));
}

/** Every place in a document. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((key) => places((value as Record<string, unknown>)[key], [...path, key]))];
}

const spikes: unknown[] = [
  null,
  '',
  ' ',
  'x',
  0,
  11,
  -1,
  true,
  [],
  {},
  ['a', 'a'],
  '2.0',
  '1.0.0-a',
  '2024-02-30T00:00:00Z',
  'http://a b',
  'csaf_vex',
];

function mutate(document: unknown, at: number, spike: number): unknown {
  const copy = structuredClone(document);
  const all = places(copy).filter((path) => path.length > 0);
  const path = all[at % all.length]!;
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >;
  const key = String(path.at(-1));
  if (spike === 0) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else if (spike === 1 && !Array.isArray(parent)) parent[`${key}_x`] = 1;
  else parent[key] = spikes[spike % spikes.length];
  return copy;
}

describe.skipIf(!has).each(['2.0', '2.1'] as const)('the shape of CSAF %s', (edition) => {
  test('is that of the schema', () => {
    const valid = oracle(edition);
    const all = documents(edition);
    const ours = (document: unknown) => firstErrors(documentShapes[edition], document, '', 5);
    for (const document of all) {
      const [expected, found] = [valid(document), ours(document)];
      expect(found.length === 0, JSON.stringify([found, valid.errors])).toBe(expected);
    }
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.nat(100_000), fc.nat(spikes.length + 1), (which, at, spike) => {
        const document = mutate(all[which], at, spike);
        const [expected, found] = [valid(document), ours(document)];
        expect(found.length === 0, JSON.stringify([found, valid.errors])).toBe(expected);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 3000) },
    );
  });
});
