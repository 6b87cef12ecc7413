import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { osvRecords } from '../../../../../test/equipment/osv-records.ts';
import { referenceText } from '../../../../../test/reference-data.ts';
import { osvErrors } from './validate.ts';

const schema = referenceText('osv-records/osv-schema/validation__schema.json');
const records = osvRecords();

/** A seeded generator: the same mutations in every run. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Holder = Record<string | number, unknown>;
function places(value: unknown, into: [Holder, string | number][] = []): [Holder, string | number][] {
  if (typeof value !== 'object' || value === null) return into;
  for (const [key, inner] of Object.entries(value)) {
    into.push([value as Holder, Array.isArray(value) ? Number(key) : key]);
    places(inner, into);
  }
  return into;
}

const sha = 'a'.repeat(40);
const strange: readonly unknown[] = [
  ...[
    null,
    0,
    true,
    '',
    'x',
    [],
    {},
    [null],
    ['a', 'a'],
    [1],
    '0',
    '1.0.0',
    sha,
    sha.slice(1),
    'CVE-2026-1',
    'x_1',
    'CVE2026',
    'SUSE-XU-1',
  ],
  ...['2024-02-30T00:00:00Z', '2024-02-29T23:59:60Z', '2023-02-29T00:00:00Z', '2024-01-01T12:30:60Z', '2024-01-01t00:00:00z', '2024-01-01'],
  ...[
    '2024-01-01T00:00:00+00:00',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00.123456789123Z',
    '2024-01-01 00:00:00Z',
  ],
  ...[
    'Debian',
    'Debian:',
    'Debian:12',
    'debian',
    'GIT',
    'GIT:',
    'GIT:x',
    'npm:a\nb',
    'Red Hat:a:b',
    'PyPI ',
    'SEMVER',
    'ECOSYSTEM',
    'FIX',
    'Fix',
  ],
  ...[
    'https://a',
    'a',
    '//a',
    'https://[::1]/',
    'https://[1:2]/',
    'mailto:a@b',
    'https://a b',
    'https://a/%zz',
    'http://a:80x/',
    'urn:',
    'a:b#c#d',
  ],
  ...[
    'FINDER',
    'CVSS_V2',
    'CVSS_V3',
    'CVSS_V4',
    'Ubuntu',
    'high',
    'AV:N',
    'AV:N/AC:L/',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:N/X:Y',
    'CVSS:3.2/AV:N',
  ],
  ...[
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Red/E:A',
  ],
  ...[
    { introduced: '0' },
    { fixed: '1' },
    { last_affected: '1' },
    { limit: '*' },
    { introduced: '0', fixed: '1' },
    { introduced: '0', fixed: 1 },
  ],
  ...[
    { introduced: 5, fixed: '1' },
    { introduced: sha },
    { introduced: '0', x: 1 },
    [{ fixed: '1' }],
    [{ introduced: '0' }, { last_affected: sha }],
  ],
  ...[
    [{ introduced: '0' }, { fixed: '1' }, { last_affected: '1' }],
    [{ type: 'CVSS_V3', score: 'CVSS:3.0/S:C' }],
    [{ type: 'Ubuntu', score: 'low' }],
  ],
  ...[
    { type: 'GIT', events: [{ introduced: '0' }] },
    { type: 'GIT', repo: 'x', events: [{ introduced: '0' }] },
    { type: 'WEB', url: 'https://a' },
  ],
];
const names = [
  'severity',
  'repo',
  'type',
  'events',
  'score',
  'id',
  'modified',
  'withdrawn',
  'package',
  'ecosystem',
  'extra',
  'introduced',
  'fixed',
  'last_affected',
];

function mutated(record: object, below: (n: number) => number): object {
  const copy = structuredClone(record) as Holder;
  for (let left = 1 + below(2); left > 0; left--) {
    const all = places(copy);
    const [holder, key] = all[below(all.length)] ?? [copy, 'id'];
    const what = below(5);
    const other = structuredClone(strange[below(strange.length)]);
    if (what === 0 && !Array.isArray(holder)) delete holder[key];
    else if (what === 1 && !Array.isArray(holder)) holder[names[below(names.length)]!] = other;
    else if (what === 2 && Array.isArray(holder)) holder.push(below(2) === 0 ? other : holder[0]);
    else if (what === 3 && typeof holder[key] === 'string')
      holder[key] = `${holder[key].slice(0, below(12))}${['', '-', ':', '\n', 'Z', '/'][below(6)]}${holder[key].slice(below(12))}`;
    else holder[key] = other;
  }
  return copy;
}

describe.skipIf(!schema || records.length === 0)('the verdict is that of the published JSON Schema', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const theirs = ajv.compile(JSON.parse(schema ?? '{}'));
  const differs = (record: unknown) => theirs(record) !== (osvErrors(record, 1).length === 0);
  const tell = (record: object) => ({
    id: (record as { id?: unknown }).id,
    theirs: ajv.errorsText(theirs.errors),
    ours: osvErrors(record, 3),
    record,
  });

  test('of every handed-over record', () => {
    expect(records.length).toBeGreaterThan(12_000);
    expect(records.filter(differs).map(tell)).toEqual([]);
    // Commits that are named by their first digits, from before the schema asked for all of them.
    expect(records.filter((record) => osvErrors(record, 1).length > 0).map((record) => record.id)).toHaveLength(7);
  });

  test('of 20,000 that were damaged', () => {
    const below = chance(7);
    let invalid = 0;
    for (let i = 0; i < 20_000; i++) {
      const record = mutated(records[below(records.length)]!, below);
      if (differs(record)) expect(tell(record)).toBeUndefined();
      if (!theirs(record)) invalid++;
    }
    // Damage that nobody notices would show nothing.
    expect(invalid).toBeGreaterThan(5_000);
    expect(invalid).toBeLessThan(18_000);
  });

  test('of each strange value in each place of a full record', () => {
    const full = {
      schema_version: '1.7.5',
      id: 'GHSA-1',
      modified: '2024-01-01T00:00:00Z',
      withdrawn: '2024-01-01T00:00:00Z',
      aliases: ['CVE-2024-1'],
      upstream: ['CVE-2024-2'],
      affected: [
        {
          package: { ecosystem: 'npm', name: 'a', purl: 'pkg:npm/a' },
          severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
          ranges: [{ type: 'GIT', repo: 'https://a', events: [{ introduced: '0' }, { fixed: sha }], database_specific: {} }],
          versions: ['1'],
          database_specific: {},
        },
      ],
      references: [{ type: 'WEB', url: 'https://a/b?c#d' }],
      credits: [{ name: 'A', contact: ['mailto:a@b'], type: 'FINDER' }],
      database_specific: {},
    };
    expect(theirs(full)).toBe(true);
    const count = places(full).length;
    const found: unknown[] = [];
    for (let i = 0; i < count; i++)
      for (const value of [...strange, undefined]) {
        const copy = structuredClone(full);
        const [holder, key] = places(copy)[i]!;
        if (value === undefined && !Array.isArray(holder)) delete holder[key];
        else holder[key] = structuredClone(value) ?? null;
        if (differs(copy)) found.push({ key, value, ...tell(copy) });
      }
    expect(found).toEqual([]);
  });
});
