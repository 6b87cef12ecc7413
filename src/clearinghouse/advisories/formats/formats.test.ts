// @ts-expect-error: JavaScript without types
import * as mandatoryTests from '@secvisogram/csaf-validator-lib/mandatoryTests.js';
// @ts-expect-error: JavaScript without types
import * as schemaTests from '@secvisogram/csaf-validator-lib/schemaTests.js';
import { describe, expect, test } from 'vitest';
import { at, base, bulletin, later } from '../../../../test/equipment/bulletins.ts';
import { type Bulletin, csafFile, csafPath, trackingIdOf } from '../bulletin.ts';
import { validateCsaf } from '../csaf/validate.ts';
import { sourceOf } from '../drafted.ts';
import { writeCsaf } from './csaf/csaf.ts';
import { ecosystemOf, purlOfVersion } from './ecosystem.ts';

type CsafTest = (document: unknown) => { isValid: boolean; errors?: { instancePath: string; message: string }[] };
const mandatory = mandatoryTests as Record<string, CsafTest>;
const strictSchema = (schemaTests as Record<string, CsafTest>).csaf_2_0_strict!;

const cjson = 'pkg:deb/debian/cjson';
const scoped = 'pkg:npm/%40scope/left';
const range = (name: string, introduced: string | null, fixed: string | null) => ({ package: name, introduced, fixed });
const bulletins: Record<string, Bulletin> = {
  npm: bulletin(),
  'Debian, two branches, epoch and tilde': bulletin({
    package: cjson,
    affected: [range(cjson, null, '1.7.14-1+deb11u2'), range(cjson, '1:1.7.15~rc1', '1:1.7.15-1+deb12u4')],
    cve: null,
    cwe: 'CWE-125',
    cvss: { version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', base: 7.5, severity: 'HIGH' },
  }),
  'no fix, CVSS 4.0, no weakness': bulletin({
    package: 'pkg:pypi/thing',
    affected: [range('pkg:pypi/thing', '3.0', null)],
    cwe: null,
    cvss: { version: '4.0', vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', base: 9.3, severity: 'CRITICAL' },
  }),
  'several packages and ecosystems': bulletin({
    affected: [range(scoped, null, '1.0.0'), range('pkg:npm/right', '1.0.0', '1.2.3'), range('pkg:maven/org.example/core', null, '5')],
  }),
  'OSV does not list the ecosystem': bulletin({ package: 'pkg:generic/firmware', affected: [range('pkg:generic/firmware', null, null)] }),
  'bare: no score, no SSVC, no credit': bulletin({ cvss: null, ssvc: null, credits: [], references: [], cve: null, cwe: null }),
  'unknown weakness': bulletin({ cwe: 'CWE-99999' }),
  'CVSS 2.0': bulletin({ cvss: { version: '2.0', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', base: 7.5, severity: 'HIGH' } }),
  'second version': bulletin(
    {},
    {
      versions: [
        { number: 1, at, change: 'First version.' },
        { number: 2, at: later, change: 'One more package.' },
      ],
    },
  ),
  draft: bulletin({}, { status: 'draft' }),
};

async function csafErrors(document: unknown, tests = [strictSchema, ...Object.values(mandatory)]): Promise<string[]> {
  const results = await Promise.all(tests.map(async (t) => ({ name: t.name, errors: [], ...(await t(document)) })));
  const silent = results.filter((r) => !r.isValid && r.errors.length === 0).map((r) => r.name);
  return [...silent, ...results.flatMap((r) => r.errors.map((e) => `${r.name} ${e.instancePath}: ${e.message}`))];
}

describe('CSAF 2.0', () => {
  test('all mandatory tests are there', () => expect(Object.keys(mandatory).length).toBeGreaterThanOrEqual(43));

  test.each(Object.entries(bulletins))('%s passes the strict schema and every mandatory test', async (_name, of) => {
    const document = JSON.parse(JSON.stringify(writeCsaf(sourceOf(of), '2.0')));
    expect(await csafErrors(document)).toEqual([]);
    const ours = validateCsaf(document);
    expect('results' in ours ? ours.results.filter((result) => result.kind === 'error') : ours).toEqual([]);
  });

  test('the validator that we trust does refuse: a wrong score, a wrong weakness, an unknown product', async () => {
    const wrong = bulletin({ cvss: { ...base.cvss!, base: 3.1 } });
    expect((await csafErrors(writeCsaf(sourceOf(wrong), '2.0'))).join()).toContain('mandatoryTest_6_1_9');
    const document = JSON.parse(JSON.stringify(writeCsaf(sourceOf(bulletin()), '2.0')));
    document.vulnerabilities[0].cwe.name = 'Something';
    document.vulnerabilities[0].product_status.fixed = ['BWPID-0009'];
    const found = (await csafErrors(document)).join();
    expect(found).toContain('mandatoryTest_6_1_11');
    expect(found).toContain('mandatoryTest_6_1_1 ');
  });

  test('products carry the purl they are known by; one product is one leaf, and each version that fixes it another', () => {
    const document = JSON.stringify(writeCsaf(sourceOf(bulletins['Debian, two branches, epoch and tilde']!), '2.0'));
    expect(document).toContain('"purl":"pkg:deb/debian/cjson"');
    expect(document).toContain('"purl":"pkg:deb/debian/cjson@1:1.7.15-1%2Bdeb12u4"');
    expect(document).toContain('vers:deb/<1.7.14-1+deb11u2|>=1:1.7.15~rc1|<1:1.7.15-1+deb12u4');
    expect(document).toContain('{"fixed":["BWPID-0001#f0","BWPID-0001#f1"],"known_affected":["BWPID-0001#r0"]}');
  });

  test('all co-finders are thanked, in their order, with the time of their report', () => {
    const found = JSON.stringify(writeCsaf(sourceOf(bulletin()), '2.0'));
    expect(found).toContain(
      '[{"organization":"North Lab","summary":"Finder, reported on 2026-11-01T08:00:00.000Z."},{"organization":"South Lab","summary":"Finder, reported on 2026-11-02T08:00:00.000Z."}]',
    );
  });

  test('a CVSS 4.0 vector is said in a note of 2.0, not lost and not passed off as 3.1', () => {
    const document = JSON.stringify(writeCsaf(sourceOf(bulletins['no fix, CVSS 4.0, no weakness']!), '2.0'));
    expect(document).not.toContain('"scores"');
    expect(document).toMatch(/"text":"CVSS:4\.0\/AV:N[^"]*: 9\.3 CRITICAL\.","title":"CVSS 4\.0"/);
    expect(document).toContain('"category":"none_available"');
  });

  test('file names and folders', () => {
    expect(csafFile('BW-2026-0001')).toBe('bw-2026-0001.json');
    expect(csafFile('BW 2026/α1')).toBe('bw_2026_1.json');
    expect(csafPath(bulletins['second version']!)).toBe('csaf/white/2026/bw-2026-0001.json');
    expect(trackingIdOf('2026', 12345)).toBe('BW-2026-12345');
  });
});

test('packages and versions are spelled as their standards demand', () => {
  expect(ecosystemOf('pkg:golang/example.org/a/b')).toMatchObject({ name: 'Go', package: 'example.org/a/b', rangeType: 'SEMVER' });
  expect(ecosystemOf('pkg:deb/kali/tool')).toMatchObject({ name: null, package: 'tool', rangeType: 'ECOSYSTEM' });
  expect(purlOfVersion('pkg:npm/a', '1.0.0+x y')).toBe('pkg:npm/a@1.0.0%2Bx%20y');
});
