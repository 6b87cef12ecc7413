import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { leftOut, testsOf, validateCsaf } from './validate.ts';

type Doc = Record<string, never> & { [key: string]: never };

const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const cvss = { baseScore: 9.8, baseSeverity: 'CRITICAL', vectorString: vector, version: '3.1' };
const named = (id: string, version: string, category = 'product_version') => ({
  category,
  name: version,
  product: { name: `Thing ${version}`, product_id: id, product_identification_helper: { purls: [`pkg:npm/thing@${version}`] } },
});

/** A security advisory of 2.1 that no test has anything to say about, but for what is always informative. */
function advisory() {
  return {
    $schema: 'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json',
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.1',
      distribution: { tlp: { label: 'CLEAR' } },
      lang: 'en-GB',
      license_expression: 'CC-BY-4.0',
      publisher: { category: 'vendor', name: 'Thing Makers', namespace: 'https://thing.example' },
      references: [{ category: 'self', summary: 'This document', url: 'https://thing.example/csaf/2026/thing_1.json' }],
      title: 'A flaw in Thing',
      tracking: {
        current_release_date: '2025-04-05T10:00:00Z',
        id: 'THING:1',
        initial_release_date: '2025-04-04T10:00:00Z',
        revision_history: [
          { date: '2025-04-04T10:00:00Z', number: '1', summary: 'First.' },
          { date: '2025-04-05T12:00:00+02:00', number: '2', summary: 'Second.' },
        ],
        status: 'final',
        version: '2',
      },
    },
    product_tree: {
      branches: [
        {
          branches: [{ branches: [named('P1', '1.0.0'), named('P2', '2.0.0')], category: 'product_name', name: 'Thing' }],
          category: 'vendor',
          name: 'Thing Makers',
        },
      ],
      product_groups: [{ group_id: 'G', product_ids: ['P1', 'P2'] }],
    },
    vulnerabilities: [
      {
        cve: 'CVE-2025-12345',
        cwes: [
          { id: 'CWE-79', name: "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')", version: '4.17' },
        ],
        metrics: [
          {
            content: {
              cvss_v3: { ...cvss },
              cvss_v4: {
                baseScore: 9.3,
                baseSeverity: 'CRITICAL',
                vectorString: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
                version: '4.0',
              },
            },
            products: ['P1'],
          },
        ],
        notes: [{ category: 'description', text: 'A flaw.' }],
        product_status: { fixed: ['P2'], known_affected: ['P1'] },
        remediations: [{ category: 'vendor_fix', details: 'Update.', product_ids: ['P1'] }],
      },
    ],
  } as unknown as Doc;
}

function verdict(document: unknown, tests?: readonly string[], now?: string) {
  const found = validateCsaf(document, { ...(tests ? { tests } : {}), ...(now === undefined ? {} : { now: now as Instant }) });
  if (isRefusal(found)) throw new Error(found.because);
  return found;
}

/** The advisory with values set at pointers; undefined takes a member away. */
function changed(changes: Record<string, unknown>): unknown {
  const document = advisory() as unknown as Record<string, unknown>;
  for (const [pointer, value] of Object.entries(changes)) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop()!;
    const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, document);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return document;
}

const tracking = '/document/tracking';
const status = '/vulnerabilities/0/product_status';
const content = '/vulnerabilities/0/metrics/0/content';
const leaf = '/product_tree/branches/0/branches/0/branches/0';
const helper = `${leaf}/product/product_identification_helper`;
const ssvc = (selection: object, more: object = {}) => ({
  schemaVersion: '2.0.0',
  selections: [{ key: 'E', namespace: 'ssvc', values: [{ key: 'A' }], version: '1.1.0', ...selection }],
  timestamp: '2025-04-05T09:00:00Z',
  ...more,
});
const range = (name: string) => ({ [`${leaf}/category`]: 'product_version_range', [`${leaf}/name`]: name });

/** What is changed, which test must speak, and where. */
const cases: readonly [test: string, pointers: string[], changes: Record<string, unknown>][] = [
  ['schema', ['/document/title'], { '/document/title': 7 }],
  ['schema', ['/document/odd'], { '/document/odd': 1 }],
  ['6.1.1', [`${status}/fixed/1`], { [`${status}/fixed`]: ['P2', 'P9'] }],
  ['6.1.2', ['/product_tree/full_product_names/0/product_id'], { '/product_tree/full_product_names': [{ name: 'x', product_id: 'P1' }] }],
  [
    '6.1.4',
    ['/vulnerabilities/0/threats/0/group_ids/0'],
    { '/vulnerabilities/0/threats': [{ category: 'impact', details: 'x', group_ids: ['H'] }] },
  ],
  ['6.1.6', [status], { [`${status}/known_not_affected`]: ['P1'] }],
  ['6.1.9', [`${content}/cvss_v3/baseScore`], { [`${content}/cvss_v3/baseScore`]: 9.7 }],
  ['6.1.9', [`${content}/cvss_v3/temporalScore`], { [`${content}/cvss_v3/temporalScore`]: 9.9 }],
  ['6.1.10', [`${content}/cvss_v4/subIntegrityImpact`], { [`${content}/cvss_v4/subIntegrityImpact`]: 'HIGH' }],
  ['6.1.11', ['/vulnerabilities/0/cwes/0/id'], { '/vulnerabilities/0/cwes': [{ id: 'CWE-16', name: 'Configuration', version: '4.17' }] }],
  ['6.1.11', ['/vulnerabilities/0/cwes/0/version'], { '/vulnerabilities/0/cwes/0/version': '3.7' }],
  ['6.1.12', ['/document/lang'], { '/document/lang': 'en-Zzzx' }],
  ['6.1.14', [`${tracking}/revision_history`], { [`${tracking}/revision_history/0/date`]: '2025-04-05T12:00:01+02:00' }],
  ['6.1.16', [`${tracking}/version`], { [`${tracking}/version`]: '3' }],
  [
    '6.1.24',
    ['/vulnerabilities/0/involvements/1'],
    {
      '/vulnerabilities/0/involvements': ['2025-01-01T00:00:00Z', '2025-01-01T01:00:00+01:00'].map((date) => ({
        date,
        party: 'vendor',
        status: 'open',
      })),
    },
  ],
  ['6.1.26', ['/document/category'], { '/document/category': 'Security – ADVISORY' }],
  [
    '6.1.27.13',
    [`${status}/fixed/0`],
    {
      '/product_tree/branches/0/branches/1': { branches: [named('P3', '1')], category: 'product_name', name: 'Other' },
      [`${status}/known_affected`]: ['P3'],
    },
  ],
  [
    '6.1.33',
    ['/vulnerabilities/0/flags/1'],
    {
      '/vulnerabilities/0/flags': [
        { label: 'component_not_present', product_ids: ['P1'] },
        { group_ids: ['G'], label: 'vulnerable_code_not_present' },
      ],
    },
  ],
  [
    '6.1.35',
    ['/vulnerabilities/0/remediations/1'],
    { '/vulnerabilities/0/remediations/1': { category: 'none_available', details: 'x', group_ids: ['G'] } },
  ],
  ['6.1.36', ['/vulnerabilities/0/remediations/0'], { '/vulnerabilities/0/remediations/0/product_ids': ['P2'] }],
  ['6.1.37', ['/vulnerabilities/0/discovery_date'], { '/vulnerabilities/0/discovery_date': '2025-02-29T10:00:00Z' }],
  ['6.1.37', ['/vulnerabilities/0/discovery_date'], { '/vulnerabilities/0/discovery_date': '2016-12-31T23:59:60Z' }],
  ['6.1.42', [`${helper}/purls/1`], { [`${helper}/purls`]: ['pkg:npm/thing@1.0.0?a=b', 'pkg:npm/thing@1.0.1'] }],
  ['6.1.43', [`${helper}/model_numbers/1`], { [`${helper}/model_numbers`]: ['a*\\*', '*a*'] }],
  ['6.1.48', [`${content}/ssvc_v2/selections/0`], { [`${content}/ssvc_v2`]: ssvc({ values: [{ key: 'A' }, { key: 'P' }] }) }],
  ['6.1.50', [`${leaf}/name`], range('vers:npm/<2.0.0|>=1.0.0')],
  ['6.1.50', [`${leaf}/name`], range('>= 1.0')],
  ['6.1.54', ['/document/license_expression'], { '/document/license_expression': 'MIT OR (Apache-2.0' }],
  ['6.1.59', [`${leaf}/name`], range('vers:npm/>=1.0.0|<=1.0.0')],
  ['6.1.21', [`${tracking}/revision_history`, `${tracking}/revision_history`], { [`${tracking}/revision_history/1/number`]: '4' }],
  ['6.1.50', [`${leaf}/name`], range('<1.0|<2.0')],
  ['6.1.54', ['/document/license_expression'], { '/document/license_expression': 'DocumentRef-x:LicenseRef-y' }],
  ['6.2.13', ['/document'], { '/document/a': 1 }],
  ['6.2.20', [`${content}/cvss_v3/odd`], { [`${content}/cvss_v3/odd`]: 1 }],
  ['6.2.24', ['/vulnerabilities/0/cwes/0'], { '/vulnerabilities/0/cwes/0/version': '4.16' }],
  [
    '6.2.32',
    [`${helper}/skus/0`, '/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper/skus/0'].slice(1),
    { [`${helper}/skus`]: ['X'], '/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper/skus': ['X'] },
  ],
  ['6.2.39.1', [`${status}/known_affected/0`], { [`${status}/fixed`]: undefined }],
  ['6.2.42', [`${helper}/purls/0`], { [`${helper}/purls`]: ['pkg:npm/thing@1.0.1'] }],
  ['6.2.49', [`${leaf}/name`], range('vers:npm/<1.0.0|>=2.0.0')],
  ['6.2.50.3', [status], range('vers:npm/>=1.0.0|<3.0.0')],
  ['6.2.51', [`${leaf}/name`], range('vers:unheard/<2')],
  ['6.3.13', [`${content}/ssvc_v2/selections/0`], { [`${content}/ssvc_v2`]: ssvc({ version: '1.0.0' }) }],
];

describe('a document of 2.1', () => {
  test('without a flaw gets no word', () => expect(verdict(advisory())).toEqual({ valid: true, results: [] }));

  test.each(cases)('%s speaks at %j', (id, pointers, changes) => {
    expect(verdict(changed(changes), [id]).results.map(({ test: at, pointer }) => [at, pointer])).toEqual(pointers.map((p) => [id, p]));
    expect(verdict(advisory(), [id]).results).toEqual([]);
  });

  test('an environmental score is that of its equation, also where nothing is modified', () => {
    const vectorString = 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H/RL:O/RC:C';
    const scores = (environmentalScore: number) => ({
      baseScore: 9,
      baseSeverity: 'CRITICAL',
      environmentalScore,
      temporalScore: 8.6,
      vectorString,
      version: '3.1',
    });
    expect(verdict(changed({ [`${content}/cvss_v3`]: scores(8.7) }), ['6.1.9']).results).toEqual([]);
    expect(verdict(changed({ [`${content}/cvss_v3`]: scores(8.6) }), ['6.1.9']).results).toHaveLength(1);
  });

  test('what is fixed was affected in another version: by branches, by name, by what it is installed with', () => {
    const flat = (product_id: string, name: string) => ({ name, product_id });
    const fixed = (tree: object, affected: string, id: string) =>
      verdict(changed({ '/product_tree': tree, [status]: { fixed: [id], known_affected: [affected] } }), ['6.1.27.13']).results.length;
    expect(fixed({ full_product_names: [flat('A', 'Thing prior to 4.2'), flat('B', 'Thing 4.2')] }, 'A', 'B')).toBe(0);
    expect(fixed({ full_product_names: [flat('A', 'Other prior to 4.2'), flat('B', 'Thing 4.2')] }, 'A', 'B')).toBe(1);
    const paths = (category: string) => ({
      full_product_names: [flat('A', 'Thing 4.1'), flat('H', 'Hotfix 7')],
      product_paths: [
        {
          beginning_product_reference: 'A',
          full_product_name: flat('B', 'Thing with'),
          subpaths: [{ category, next_product_reference: 'H' }],
        },
      ],
    });
    expect(fixed(paths('installed_with'), 'A', 'B')).toBe(0);
    expect(fixed(paths('installed_on'), 'A', 'B')).toBe(1);
  });

  test('a date is past by the clock that is given, or by the age of the rules', () => {
    const document = changed({ '/vulnerabilities/0/disclosure_date': '2026-10-01T00:00:00Z' });
    expect(verdict(document, ['6.2.33']).results).toEqual([]);
    expect(verdict(document, ['6.2.33'], '2026-10-02T00:00:00.000Z').results).toHaveLength(1);
  });

  test('a warning leaves it valid, an error does not', () => {
    expect(verdict(changed({ '/document/lang': undefined }))).toMatchObject({ valid: true, results: [{ kind: 'warning' }] });
    expect(verdict(changed({ [`${tracking}/version`]: '1' })).valid).toBe(false);
  });
});

describe('limits', () => {
  const nest = (levels: number) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };

  test('levels', () => {
    expect(validateCsaf({ document: nest(limits.csafDepth - 2) })).toMatchObject({ valid: false });
    expect(validateCsaf({ document: nest(limits.csafDepth) })).toMatchObject({ code: 'too_large' });
    expect(validateCsaf({ document: nest(5_000) })).toMatchObject({ code: 'too_large' });
  });

  test('values', () => {
    const flat = (values: number) => ({ x: new Array<number>(values - 2).fill(0) });
    expect(validateCsaf(flat(limits.csafValues), { tests: ['6.1.1'] })).toMatchObject({ valid: true });
    expect(validateCsaf(flat(limits.csafValues + 1), { tests: ['6.1.1'] })).toMatchObject({ code: 'too_large' });
  });

  test('results of one test', () => {
    const unknown = (count: number) => changed({ [`${status}/fixed`]: Array.from({ length: count }, (_, i) => `Q${i}`) });
    expect(verdict(unknown(limits.csafResultsPerTest), ['6.1.1']).results).toHaveLength(limits.csafResultsPerTest);
    expect(verdict(unknown(limits.csafResultsPerTest + 1), ['6.1.1']).results).toHaveLength(limits.csafResultsPerTest);
  });

  test('ranges that are compared', () => {
    // One range beside so many versions; the last one overlaps.
    const beside = (versions: number) => {
      const branches = [
        named('R', 'vers:intdot/<1.0', 'product_version_range'),
        ...Array.from({ length: versions }, (_, i) => named(`V${i}`, `${i === versions - 1 ? 0 : 2}.${i}`)),
      ];
      return changed({ '/product_tree': { branches }, [status]: { fixed: ['R'], known_affected: [`V${versions - 1}`] } });
    };
    expect(verdict(beside(limits.csafRangeComparisons), ['6.2.50.3']).results).toHaveLength(1);
    expect(verdict(beside(limits.csafRangeComparisons + 1), ['6.2.50.3']).results).toHaveLength(0);
  });

  test('groups upon groups cost what they hold', () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => `P${i}`);
    const remediations = ids.map((id) => ({ category: 'workaround', details: id, group_ids: ['G'] }));
    const document = changed({
      '/product_tree/product_groups': [{ group_id: 'G', product_ids: ids }],
      '/vulnerabilities/0/remediations': remediations,
    });
    expect(verdict(document).valid).toBe(false);
  });
});

test('whatever a document holds, it gets a verdict', () => {
  const spikes = [null, '', 0, -1, 1e308, true, [], {}, [null], [[]], 'csaf_vex', '__proto__', '\ud800', { $schema: 1 }, [{ product: 7 }]];
  fc.assert(
    fc.property(fc.nat(400), fc.nat(spikes.length), fc.nat(400), fc.boolean(), (first, spike, second, old) => {
      const document = advisory() as unknown as Record<string, unknown>;
      if (old) (document.document as Record<string, unknown>).csaf_version = '2.0';
      for (const at of [first, second]) strike(document, at, spikes[spike]);
      const found = verdict(document);
      expect(found.valid).toBe(!found.results.some((result) => result.kind === 'error'));
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 1000) },
  );
  for (const value of [null, 1, 'x', [], {}]) expect(verdict(value).valid).toBe(false);
});

function strike(document: unknown, at: number, spike: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(document);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return;
  if (spike === undefined) delete place[0][place[1]];
  else place[0][place[1]] = structuredClone(spike);
}

test('a test is either run or left out, never both', () => {
  for (const edition of ['2.0', '2.1'] as const) expect(leftOut[edition].filter((id) => testsOf(edition).includes(id))).toEqual([]);
});
