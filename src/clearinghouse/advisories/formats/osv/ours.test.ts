import { describe, expect, test } from 'vitest';
import { at, bulletin, later } from '../../../../../test/equipment/bulletins.ts';
import { insist } from '../../../../base/refusal.ts';
import type { Bulletin } from '../../bulletin.ts';
import { sourceOf } from '../../drafted.ts';
import type { Source } from '../../source.ts';
import { lossesOf } from '../loss.ts';
import { lossesOsv, osvLosses } from './losses.ts';
import { readOsv } from './read.ts';
import { validateOsv } from './validate.ts';
import { writeOsv } from './write.ts';

const range = (name: string, introduced: string | null, fixed: string | null) => ({ package: name, introduced, fixed });
const [cjson, scoped] = ['pkg:deb/debian/cjson', 'pkg:npm/%40scope/left'];

const bulletins: Record<string, Bulletin> = {
  npm: bulletin(),
  'Debian, two branches, epoch and tilde': bulletin({
    affected: [range(cjson, null, '1.7.14-1+deb11u2'), range(cjson, '1:1.7.15~rc1', '1:1.7.15-1+deb12u4')],
    cve: null,
  }),
  'fixed in one branch and not in another': bulletin({
    affected: [range(cjson, null, '1.7'), range(scoped, null, '1.0.0'), range(cjson, '2.0', null), range('pkg:pypi/a', '1', null)],
  }),
  'CVSS 4.0': bulletin({
    cvss: { version: '4.0', vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', base: 9.3, severity: 'CRITICAL' },
  }),
  'CVSS 2.0': bulletin({ cvss: { version: '2.0', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', base: 7.5, severity: 'HIGH' } }),
  'several packages and ecosystems': bulletin({
    affected: [range(scoped, null, '1.0.0'), range('pkg:npm/right', '1.0.0', '1.2.3'), range('pkg:maven/org.example/core', null, '5')],
  }),
  'OSV does not list the ecosystem': bulletin({ affected: [range('pkg:generic/firmware', null, null)] }),
  'bare: no score, no SSVC, no credit': bulletin({ cvss: null, ssvc: null, credits: [], references: [], cve: null, cwe: null }),
  'scores of others': bulletin({
    otherScores: [
      { by: 'North Lab', cvss: { version: '3.1', vector: 'CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', base: 8.4, severity: 'HIGH' } },
    ],
  }),
  'second version': bulletin(
    {},
    {
      versions: [
        { number: 1, at, change: 'First version.' },
        { number: 2, at: later, change: 'One more package.' },
      ],
    },
  ),
  'taken back': bulletin({ withdrawn: { because: 'It was no flaw.' } }),
  'with words of all kinds': bulletin({
    workarounds: [{ kind: 'workaround', text: 'Freeze the prototype.' }],
    indicators: [{ text: 'A property __proto__ in a request.', pattern: null }],
    statements: [
      {
        supplier: 'Fork',
        package: 'pkg:npm/fork',
        status: 'not-affected',
        justification: 'component_not_present',
        text: 'We removed it.',
        at,
      },
    ],
  }),
};

/** The source without what OSV is declared to lose; the products that are not affected go with what is said of them. */
function carried(source: Source): unknown {
  const copy = structuredClone(source) as unknown as Record<string, Record<string, unknown>>;
  const affected = source.vulnerabilities.flatMap((v) => v.status.known_affected ?? []);
  copy.products = source.products.filter((p) => affected.includes(p.id)) as never;
  for (const path of Object.keys(osvLosses)) {
    const [first, second] = path.slice(1).split('/') as [string, string | undefined];
    const holders = second === undefined ? [copy] : [copy[first]].flat();
    for (const holder of holders) delete (holder as Record<string, unknown>)[second ?? first];
  }
  return copy;
}

describe.each(Object.entries(bulletins))('%s', (_name, of) => {
  const source = sourceOf(of);
  const record = JSON.parse(JSON.stringify(insist(writeOsv(source))));

  test('is a valid record', () => {
    const verdict = insist(validateOsv(record));
    const known = ['RNG:002', 'summary-length'];
    expect(verdict.results.filter((r) => !known.includes(r.test))).toEqual([]);
    expect(verdict.valid).toBe(true);
  });

  test('comes back as the source it was written from', () => {
    const back = insist(readOsv(record));
    expect(carried(back)).toEqual(carried(source));
    expect(back.beyond).toEqual({});
    expect(back.vulnerabilities[0]!.status.known_affected).toEqual(source.vulnerabilities[0]!.status.known_affected);
    const updates = (s: Source) => s.vulnerabilities[0]!.remedies.filter((r) => !['workaround', 'mitigation'].includes(r.category));
    expect(updates(back)).toEqual(updates(source));
    expect(JSON.parse(JSON.stringify(writeOsv(back))).affected).toEqual(record.affected);
  });
});

test('what is lost is said, of what there is', () => {
  expect(lossesOsv).toHaveLength(Object.keys(osvLosses).length);
  const plain = { ...sourceOf(bulletins.npm!), notes: [] };
  expect(lossesOf(plain, lossesOsv).some((what) => what.startsWith('/notes'))).toBe(false);
  expect(lossesOf(sourceOf(bulletins.npm!), lossesOsv).some((what) => what.startsWith('/notes'))).toBe(true);
});

test('every declared loss is one', () => {
  const all = Object.values(bulletins).map((one) => sourceOf(one));
  const lost = (path: string) => (source: Source) => {
    const [first, second] = path.slice(1).split('/') as [keyof Source, string | undefined];
    const at = (s: Source) =>
      second === undefined ? s[first] : [s[first]].flat().map((holder) => (holder as Record<string, unknown>)[second]);
    return JSON.stringify(at(source)) !== JSON.stringify(at(insist(readOsv(JSON.parse(JSON.stringify(writeOsv(source)))))));
  };
  const others = [sourceOf(bulletin({ profile: 'vex' })), sourceOf(bulletin({}, { status: 'draft' }))];
  expect(Object.keys(osvLosses).filter((path) => ![...all, ...others].some(lost(path)))).toEqual([]);
});

test('npm has semantic ranges, Debian those of its ecosystem; one entry a package, named as its ecosystem names it', () => {
  const affected = (name: string) => writeOsv(sourceOf(bulletins[name]!)) as unknown as { affected: unknown };
  expect(affected('npm').affected).toEqual([
    {
      package: { ecosystem: 'npm', name: 'merge-things', purl: 'pkg:npm/merge-things' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.1' }] }],
    },
  ]);
  expect(affected('Debian, two branches, epoch and tilde').affected).toMatchObject([
    {
      package: { ecosystem: 'Debian', name: 'cjson' },
      ranges: [{ type: 'ECOSYSTEM' }, { type: 'ECOSYSTEM', events: [{ introduced: '1:1.7.15~rc1' }, { fixed: '1:1.7.15-1+deb12u4' }] }],
    },
  ]);
  expect(affected('several packages and ecosystems').affected).toMatchObject([
    { package: { name: '@scope/left' } },
    { package: { name: 'right' } },
    { package: { ecosystem: 'Maven', name: 'org.example:core' } },
  ]);
  expect(affected('fixed in one branch and not in another').affected).toMatchObject([
    {
      package: { name: 'cjson' },
      ranges: [{ database_specific: { product_id: 'BWPID-0001' } }, { database_specific: { product_id: 'BWPID-0003' } }],
    },
    { package: { name: '@scope/left' } },
    { package: { name: 'a' } },
  ]);
  expect(affected('OSV does not list the ecosystem').affected).toEqual([
    { ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }], database_specific: { purl: 'pkg:generic/firmware' } },
  ]);
});

test('who reads only OSV learns how to keep safe, and why it was taken back', () => {
  const words = writeOsv(sourceOf(bulletins['with words of all kinds']!)) as unknown as { details: string };
  expect(words.details).toMatch(/^A crafted object/);
  expect(words.details).toContain('## Workaround\n\nFreeze the prototype.');
  expect(writeOsv(sourceOf(bulletins['taken back']!))).toMatchObject({
    withdrawn: at,
    details: expect.stringContaining('It was no flaw.'),
  });
});

test('what is not for everybody does not become a record', () => {
  expect(writeOsv({ ...sourceOf(bulletin()), tlp: 'GREEN' })).toMatchObject({ code: 'not_permitted', at: '/tlp' });
});

test('a product that is no package is named, and matches nothing by mistake', () => {
  const source = sourceOf(bulletin());
  const path = [
    { category: 'vendor', name: 'Siemens' },
    { category: 'product_name', name: 'PLC' },
  ];
  const product = { ...source.products[0]!, name: 'Siemens PLC', package: null, versions: null, path };
  const several = [source.vulnerabilities[0]!, { ...source.vulnerabilities[0]!, cve: 'CVE-2026-2' }];
  const of: Source = { ...source, products: [product], vulnerabilities: several, tracking: { ...source.tracking, id: 'ICSA-26-001-01' } };
  const record = insist(writeOsv(of));
  expect(record).toMatchObject({
    id: 'x_ICSA-26-001-01',
    upstream: ['CVE-2026-12345', 'CVE-2026-2'],
    affected: [{ database_specific: { product: { name: 'Siemens PLC', path } } }],
  });
  expect(record).not.toHaveProperty('aliases');
  expect(insist(validateOsv(JSON.parse(JSON.stringify(record)))).valid).toBe(true);
  expect(insist(readOsv(JSON.parse(JSON.stringify(record)))).products).toMatchObject([{ name: 'Siemens PLC', path }]);
});
