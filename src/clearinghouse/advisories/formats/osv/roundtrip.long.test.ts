import { describe, expect, test } from 'vitest';
import { osvRecords } from '../../../../../test/equipment/osv-records.ts';
import { referenceText } from '../../../../../test/reference-data.ts';
import { limits } from '../../../../base/limits.ts';
import { insist, isRefusal } from '../../../../base/refusal.ts';
import { stable } from '../../csaf/json.ts';
import { readOsv } from './read.ts';
import { osvErrors } from './validate.ts';
import { writeOsv } from './write.ts';

const records = osvRecords();

describe.skipIf(records.length === 0)('records of others', () => {
  test('all that were handed over come back as they were, and as valid as they were', () => {
    const changed: string[] = [];
    const beside = new Set<string>();
    for (const record of records) {
      const before = JSON.stringify(record);
      const source = insist(readOsv(record));
      const written = insist(writeOsv(source));
      for (const name of Object.keys((source.beyond.osv as { said?: object }).said ?? {})) beside.add(name);
      if (stable(written) !== stable(record) || JSON.stringify(record) !== before) changed.push(record.id);
      if (osvErrors(written, 1).length !== osvErrors(record, 1).length) changed.push(`${record.id}: valid`);
    }
    expect(changed).toEqual([]);
    // What they say stands in the model; beside it lies only what a model of all formats does not hold, or holds less exactly.
    const exact = ['aliases', 'database_specific', 'modified', 'published', 'related', 'schema_version', 'severity', 'withdrawn'];
    expect([...beside].toSorted()).toEqual(exact);
  }, 120_000);

  test('what was changed in the model is written changed', () => {
    const source = insist(readOsv(records.find((r) => r.id === 'RUSTSEC-2016-0001')));
    const later = '2027-01-01T00:00:00.000Z' as typeof source.tracking.currentAt;
    const written = writeOsv({ ...source, title: 'Another title', tracking: { ...source.tracking, currentAt: later } });
    expect(written).toMatchObject({ summary: 'Another title', modified: later, published: '2016-11-05T12:00:00Z' });
  });
});

test.each(['CVE-2018-5407', 'RHSA-2022_0216', 'SUSE-FU-2022_0444-1', 'MAL-2024-10238'])(
  '%s, of a database we hold nothing else of',
  (name) => {
    const text = referenceText(`osv-records/osv-schema/tools__osv-linter__testdata__${name}.json`);
    if (text === undefined) return;
    const record = JSON.parse(text);
    expect(sorted(writeOsv(insist(readOsv(record))))).toEqual(sorted(record));
  },
);

test('members nobody defined, empty lists and odd orders come back', () => {
  const record = {
    id: 'x_x_A-1',
    modified: '2024-01-01T00:00:00.123456Z',
    aliases: ['GHSA-1', 'CVE-2024-1000', 'CVE-2024-1000'],
    related: [],
    affected: [
      {
        package: { ecosystem: 'Debian:12', name: 'curl', purl: 'pkg:deb/debian/curl?arch=source', more: 1 },
        ranges: [
          { type: 'ECOSYSTEM', repo: 'x', events: [{ introduced: '0', extra: true }, { limit: '*' }], database_specific: { a: [] } },
        ],
        versions: [],
        __proto__: null,
      },
      { versions: ['1'] },
      {},
    ],
    severity: null,
    references: [{ type: 'WEB', url: 'https://a.example', title: 'more' }],
    credits: [{ name: 'A', contact: [] }],
  };
  const source = insist(readOsv(record));
  expect(sorted(writeOsv(source))).toEqual(sorted(JSON.parse(JSON.stringify(record))));
  expect(source).toMatchObject({ tracking: { id: 'x_x_A-1' }, products: [{ package: 'pkg:deb/debian/curl', name: 'curl' }, {}, {}] });
});

test('what is no record is refused, with its place', () => {
  expect(readOsv([])).toMatchObject({ code: 'malformed' });
  expect(readOsv({ id: 'CVE-1', modified: 'yesterday' })).toMatchObject({ code: 'malformed', at: '/modified' });
  const deep = (levels: number) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return { id: 'CVE-1', modified: '2024-01-01T00:00:00Z', database_specific: { value } };
  };
  expect(isRefusal(readOsv(deep(limits.jsonDepth - 2)))).toBe(false);
  expect(readOsv(deep(limits.jsonDepth - 1))).toMatchObject({ code: 'too_large' });
});

/** Members in one order: OSV gives theirs no meaning. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
