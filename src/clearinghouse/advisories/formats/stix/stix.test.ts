import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../../base/instant.ts';
import { tlps } from '../../../../base/label.ts';
import { limits } from '../../../../base/limits.ts';
import { insist } from '../../../../base/refusal.ts';
import type { Bulletin } from '../../bulletin.ts';
import { sourceOf } from '../../drafted.ts';
import type { Source } from '../../source.ts';
import type { AdvisoryText } from '../../text.ts';
import { faultsOfStix } from './check.ts';
import { observableId, stixId } from './object.ts';
import { readStix } from './read.ts';
import { writeStix } from './write.ts';

const at = '2026-11-21T16:00:00.000Z' as Instant;
const later = '2026-12-01T09:30:00.000Z' as Instant;
const text: AdvisoryText = {
  title: 'Prototype pollution',
  summary: 'A crafted object changes the prototype.',
  package: 'pkg:npm/merge-things',
  affected: [
    { package: 'pkg:npm/merge-things', introduced: null, fixed: '2.0.1' },
    { package: 'pkg:npm/merge-things', introduced: '3.0.0', fixed: null },
    { package: 'pkg:deb/debian/merge', introduced: null, fixed: '1-2' },
  ],
  cve: 'CVE-2026-12345',
  cwe: 'CWE-1321',
  credits: [{ name: 'North Lab', at }],
  cvss: { version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', base: 9.8, severity: 'CRITICAL' },
  ssvc: { decision: 'attend', points: { exploitation: 'none' } },
  references: [{ kind: 'fix', url: 'https://code.example/commit/1' }],
  publisher: 'Example Clearinghouse',
  change: 'First version.',
};
const versions = [at, later].map((when, i) => ({ number: i + 1, at: when, change: i === 0 ? 'First version.' : 'Changed.' }));
const bulletin = (over: Partial<AdvisoryText> = {}, more: Partial<Bulletin> = {}): Bulletin => ({
  trackingId: 'BW-2026-0001',
  status: 'final',
  text: { ...text, ...over },
  origin: 'hub.example',
  versions,
  ...more,
});
const bare: Partial<AdvisoryText> = { cve: null, cwe: null, credits: [], cvss: null, ssvc: null, references: [] };

/** A source as STIX carries it: what the writer lists as lost is taken out, products are known by their software. */
function carried(source: Source): Source {
  const software = (id: string) => {
    const { name, path } = source.products.find((p) => p.id === id)!;
    return observableId('software', JSON.stringify({ name, vendor: path[0]!.name }));
  };
  const products = [...new Map(source.products.map((p) => [software(p.id), p])).values()];
  return {
    ...source,
    tracking: { ...source.tracking, generator: null },
    products: products.map((p) => ({ ...p, id: software(p.id), package: null, versions: null })),
    vulnerabilities: source.vulnerabilities.map((v) => {
      const affected = [...new Set(v.status.known_affected!.map(software))];
      const scores = v.scores.filter((s) => s.cvss.length > 0);
      return {
        ...v,
        credits: [],
        status: { known_affected: affected },
        remedies: v.remedies.map((r) => ({ ...r, productIds: [], at: null })),
        scores: scores.map((s) => ({
          ...s,
          productIds: affected,
          ssvc: null,
          cvss: s.cvss.map((c) => ({ ...c, base: null, severity: null })),
        })),
      };
    }),
  };
}

const pattern = "[network-traffic:dst_port = 8443 AND url:value LIKE '%__proto__%'] REPEATS 2 TIMES WITHIN 60 SECONDS";
const seen = [
  { text: 'A property __proto__ in a request.', pattern },
  { text: 'The process restarts.', pattern: null },
];

describe('our own advisory', () => {
  test.each([
    ['everything', bulletin()],
    ['as little as may be', bulletin(bare)],
    ['one version', bulletin({}, { versions: versions.slice(0, 1) })],
    ['a draft', bulletin({}, { status: 'draft' })],
    ['indicators, with a pattern and without', bulletin({ indicators: seen })],
  ])('comes back as far as STIX carries it: %s', (_, of) => {
    const source = sourceOf(of);
    expect(insist(readStix(JSON.parse(JSON.stringify(writeStix(source)))))).toEqual(carried(source));
  });

  test('breaks no rule of the standard, and refers to nothing that is not in the bundle', () => {
    for (const tlp of [...tlps, null]) {
      const bundle = writeStix({ ...sourceOf(bulletin()), tlp });
      expect(faultsOfStix(bundle)).toEqual([]);
      const ids = new Set(bundle.objects.map((o) => o.id));
      const refs = bundle.objects.flatMap((o) =>
        Object.entries(o).flatMap(([name, v]) => (/_refs?$/.test(name) ? (v as string | string[]) : [])),
      );
      expect([...new Set(refs)].filter((ref) => !ids.has(ref))).toEqual([]);
    }
  });

  test('an indicator is one to machines, and points to its vulnerability', () => {
    const { objects } = writeStix(sourceOf(bulletin({ indicators: seen })));
    const [indicator, ...more] = objects.filter((o) => o.type === 'indicator');
    expect([indicator, more]).toMatchObject([{ pattern, pattern_type: 'stix', valid_from: at, description: seen[0]!.text }, []]);
    const vulnerability = objects.find((o) => o.type === 'vulnerability')!.id;
    expect(objects).toContainEqual(expect.objectContaining({ source_ref: indicator!.id, target_ref: vulnerability }));
    expect(objects.filter((o) => o.type === 'note').map((n) => n.content)).toContain('The process restarts.');
  });

  test('is the same object in a later version, and the same bytes when written twice', () => {
    const [first, second] = [bulletin({}, { versions: versions.slice(0, 1) }), bulletin()].map((b) => writeStix(sourceOf(b)));
    expect(second!.objects.map((o) => o.id)).toEqual(first!.objects.map((o) => o.id));
    expect(second!.objects.find((o) => o.type === 'report')).toMatchObject({ created: at, modified: later });
    expect(JSON.stringify(writeStix(sourceOf(bulletin())))).toBe(JSON.stringify(second));
    expect(second!.id).not.toBe(first!.id);
  });

  test('taken back, it is revoked', () => {
    const source = sourceOf(bulletin());
    const taken = { ...source, tracking: { ...source.tracking, withdrawnAt: later } };
    expect(writeStix(taken).objects.filter((o) => o.type === 'vulnerability' && o.revoked !== true)).toEqual([]);
    expect(insist(readStix(writeStix(taken))).tracking.withdrawnAt).toBe(later);
  });

  test('its notes stay with what they are about', () => {
    const source = sourceOf(bulletin());
    const note = { category: 'details' as const, title: 'More', text: 'More words.', audience: null };
    const [v] = source.vulnerabilities;
    const noted = {
      ...source,
      notes: [...source.notes, note],
      vulnerabilities: [{ ...v!, notes: [...v!.notes, { ...note, title: null }] }],
    };
    const read = insist(readStix(writeStix(noted)));
    expect([read.notes, read.vulnerabilities[0]!.notes]).toEqual([noted.notes, noted.vulnerabilities[0]!.notes]);
  });
});

test('ids are those that anybody computes from the same words', () => {
  // RFC 9562 UUIDv5 over the namespace of STIX 2.1 §2.9, computed apart with Python's uuid module.
  expect(observableId('ipv4-addr', '{"value":"198.51.100.3"}')).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  expect(stixId('report', 'a', 'b')).not.toBe(stixId('report', 'ab', ''));
  expect(stixId('report', 'a').slice(-36)).not.toBe(stixId('note', 'a').slice(-36));
});

describe('a bundle of others', () => {
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const times = { created: '2026-01-01T00:00:00Z', modified: '2026-02-01T00:00:00.123456Z' };
  const vulnerability = { type: 'vulnerability', spec_version: '2.1', id: `vulnerability--${uuid(1)}`, ...times, name: 'CVE-2026-1' };
  const bundle = (...objects: object[]) => ({ type: 'bundle', id: `bundle--${uuid(9)}`, objects });

  test('without a report: the vulnerability is what it says', () => {
    const cve = { ...vulnerability, external_references: [{ source_name: 'cve', external_id: 'CVE-2026-1234' }] };
    const old = { ...cve, modified: '2026-01-01T00:00:00Z', name: 'an older version' };
    const read = insist(readStix(bundle(cve, old)));
    expect(read).toMatchObject({
      title: 'CVE-2026-1',
      tlp: null,
      publisher: { name: 'unknown' },
      vulnerabilities: [{ cve: 'CVE-2026-1234' }],
    });
    expect(read.vulnerabilities).toHaveLength(1);
  });

  test('marked by TLP 1.0, and by two colours: the stricter binds', () => {
    const [white, amber] = ['613f2e26-407d-48c7-9eca-b8e91df99dc9', 'f88d31f6-486f-44da-b317-01333bde0b82'].map(
      (u) => `marking-definition--${u}`,
    );
    const marked = (...refs: string[]) => insist(readStix(bundle({ ...vulnerability, object_marking_refs: refs }))).tlp;
    expect([marked(white!), marked(white!, amber!)]).toEqual(['CLEAR', 'AMBER']);
  });

  test.each<[string, unknown]>([
    ['', 7],
    ['/type', { id: `bundle--${uuid(9)}` }],
    ['/id', { type: 'bundle', id: `report--${uuid(9)}`, objects: [vulnerability] }],
    ['/objects', bundle()],
    ['/objects/0', bundle(null as unknown as object)],
    ['/objects/0/id', bundle({ ...vulnerability, id: `report--${uuid(1)}` })],
    ['/objects/0/id', bundle({ ...vulnerability, id: 'vulnerability--1' })],
    ['/objects/0/spec_version', bundle({ ...vulnerability, spec_version: '2.0' })],
    ['/objects/0/created', bundle({ ...vulnerability, created: '2026-01-01T00:00:00+01:00' })],
    ['/objects/0/modified', bundle({ ...vulnerability, modified: '2025-01-01T00:00:00Z' })],
    ['/objects/0/name', bundle({ ...vulnerability, name: undefined })],
    ['/objects/0/labels', bundle({ ...vulnerability, labels: [] })],
    ['/objects/0/lang', bundle({ ...vulnerability, lang: null })],
    ['/objects/0/A', bundle({ ...vulnerability, A: 1 })],
    ['/objects/0/created_by_ref', bundle({ ...vulnerability, created_by_ref: 'me' })],
    ['/objects/0/object_marking_refs/0', bundle({ ...vulnerability, object_marking_refs: [1] })],
    ['/objects/0/external_references/0', bundle({ ...vulnerability, external_references: [{ source_name: 'a' }] })],
    ['/objects/0/external_references/0/source_name', bundle({ ...vulnerability, external_references: [{ url: 'https://a.example' }] })],
    ['/objects/1/id', bundle(vulnerability, vulnerability)],
    [
      '/objects/0/source_ref',
      bundle({ ...vulnerability, type: 'relationship', id: `relationship--${uuid(1)}`, relationship_type: 'has', target_ref: uuid(1) }),
    ],
  ])('breaks a rule at %s', (pointer, document) => {
    expect(faultsOfStix(document).map((f) => f.at)).toContain(pointer);
    expect(readStix(document)).toMatchObject({ code: 'malformed' });
  });

  test('says nothing that an advisory says', () => {
    const identity = { ...vulnerability, type: 'identity', id: `identity--${uuid(1)}` };
    expect(readStix(bundle(identity))).toMatchObject({ code: 'unsupported' });
  });

  test('is looked at so deep, and no deeper', () => {
    const deep = (levels: number) => JSON.parse(`${'{"aaa":'.repeat(levels)}1${'}'.repeat(levels)}`);
    // The bundle, its list and the object stand above.
    const at = (levels: number) => faultsOfStix(bundle({ ...vulnerability, extensions: deep(levels) }))[0]?.because;
    expect([at(limits.jsonDepth - 3), at(limits.jsonDepth - 2)]).toEqual([undefined, `deeper than ${limits.jsonDepth} levels`]);
  });
});
