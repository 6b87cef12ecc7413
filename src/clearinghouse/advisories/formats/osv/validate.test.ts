import { expect, test } from 'vitest';
import { limits } from '../../../../base/limits.ts';
import { insist } from '../../../../base/refusal.ts';
import { isUri } from '../uri.ts';
import { validateOsv } from './validate.ts';

const base = { schema_version: '1.7.5', id: 'GHSA-1', modified: '2024-01-02T00:00:00Z' };
const of = (ecosystem: string, name: string, more: object = {}) => ({ package: { ecosystem, name }, versions: ['1'], ...more });
const ranged = (ecosystem: string, type: string, ...events: object[]) => of(ecosystem, 'a', { ranges: [{ type, events }] });
const told = (record: object) => insist(validateOsv({ ...base, ...record })).results.map((r) => `${r.test} ${r.pointer}`);

test.each<[string, object, string[]]>([
  ['nothing affected', {}, ['REC:001 ']],
  ['taken back, nothing affected', { withdrawn: '2024-01-01T00:00:00Z' }, []],
  [
    'an alias twice, and itself',
    { affected: [of('npm', 'a')], aliases: ['CVE-1', 'CVE-1', 'GHSA-1'] },
    ['REC:002 /aliases/1', 'REC:002 /aliases/2'],
  ],
  ['upstream of its alias', { affected: [of('npm', 'a')], aliases: ['CVE-1'], upstream: ['CVE-1'] }, ['REC:003 /upstream/0']],
  ['related to itself', { affected: [of('npm', 'a')], related: ['GHSA-1'] }, ['REC:004 /related/0']],
  [
    'no beginning',
    { affected: [ranged('npm', 'SEMVER', { fixed: '1.0.0' })] },
    ['schema /affected/0/ranges/0/events', 'RNG:001 /affected/0/ranges/0', 'version-order /affected/0/ranges/0/events/0/fixed'],
  ],
  [
    'both at once',
    { affected: [ranged('npm', 'SEMVER', { introduced: '1.0.0' }, { fixed: '1.0.0' })] },
    ['RNG:002 /affected/0/ranges/0/events/1'],
  ],
  [
    'a range without a package',
    { affected: [{ ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }] },
    ['RNG:002 /affected/0/ranges/0'],
  ],
  [
    'no purl',
    { affected: [of('npm', 'a', { package: { ecosystem: 'npm', name: 'a', purl: 'npm/a' } })] },
    ['PKG:003 /affected/0/package/purl'],
  ],
  [
    'the purl of another',
    { affected: [of('npm', 'a', { package: { ecosystem: 'npm', name: 'a', purl: 'pkg:pypi/a' } })] },
    ['purl-agrees /affected/0/package/purl'],
  ],
  [
    'a purl with a version',
    { affected: [of('npm', 'a', { package: { ecosystem: 'npm', name: 'a', purl: 'pkg:npm/a@1' } })] },
    ['purl-agrees /affected/0/package/purl'],
  ],
  [
    'fixed before it was there',
    { affected: [ranged('PyPI', 'ECOSYSTEM', { introduced: '1.10' }, { fixed: '1.9' })] },
    ['version-order /affected/0/ranges/0/events/1/fixed', 'version-order /affected/0/ranges/0/events/1/fixed'],
  ],
  ['Debian has its own order', { affected: [ranged('Debian:12', 'ECOSYSTEM', { introduced: '1.0~rc1' }, { fixed: '1.0' })] }, []],
  [
    'no version there',
    { affected: [ranged('PyPI', 'ECOSYSTEM', { introduced: 'a version' })] },
    ['version-order /affected/0/ranges/0/events/0/introduced'],
  ],
  ['v is no SemVer', { affected: [ranged('Go', 'SEMVER', { introduced: 'v1.0.0' })] }, ['semver /affected/0/ranges/0/events/0/introduced']],
  ['Alpine without its release', { affected: [of('Alpine', 'a')] }, ['release /affected/0/package/ecosystem']],
  ['a name that PyPI spells otherwise', { affected: [of('PyPI', 'A_b')] }, ['package-name /affected/0/package/name']],
  ['nothing of a package', { affected: [{ package: { ecosystem: 'npm', name: 'a' } }] }, ['affects-nothing /affected/0']],
  [
    'a vector without its metrics',
    { affected: [of('npm', 'a')], severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }] },
    ['severity-vector /severity/0/score'],
  ],
  ['published after it was modified', { affected: [of('npm', 'a')], published: '2024-01-02T00:00:00.1Z' }, ['times /published']],
  ['a schema of another world', { affected: [of('npm', 'a')], schema_version: 'v1' }, ['schema-version /schema_version']],
  ['a contact that is none', { affected: [of('npm', 'a')], credits: [{ name: 'A', contact: ['@a'] }] }, ['contact /credits/0/contact/0']],
  ['a long summary', { affected: [of('npm', 'a')], summary: 'a'.repeat(121) }, ['summary-length /summary']],
])('%s', (_name, record, found) => expect(told(record)).toEqual(found));

test('only what breaks the schema makes a record invalid', () => {
  expect(insist(validateOsv(base)).valid).toBe(true);
  expect(insist(validateOsv({ ...base, id: 'nobody' })).valid).toBe(false);
  expect(validateOsv('a record')).toMatchObject({ code: 'malformed' });
});

test('a test says so much and no more', () => {
  const aliases = (n: number) => ({ affected: [of('npm', 'a')], aliases: Array.from({ length: n + 1 }, () => 'CVE-1') });
  expect(told(aliases(limits.osvResultsPerTest))).toHaveLength(limits.osvResultsPerTest);
  expect(told(aliases(limits.osvResultsPerTest + 1))).toHaveLength(limits.osvResultsPerTest);
});

test('so many events are put in order; a record with more is left as it is', () => {
  const events = (n: number) =>
    ranged('npm', 'SEMVER', ...Array.from({ length: n - 1 }, () => ({ introduced: '2.0.0' })), { fixed: '1.0.0' });
  expect(told({ affected: [events(limits.osvComparedEvents)] })).toContain(
    `version-order /affected/0/ranges/0/events/${limits.osvComparedEvents - 1}/fixed`,
  );
  expect(told({ affected: [events(limits.osvComparedEvents + 1)] })).toEqual([]);
});

test('URIs', () => {
  const good = [
    'https://a.example/b?c=d#e',
    'mailto:a@b',
    'urn:x:y',
    'http://[::1]:80/',
    'http://u@[v1.a]/',
    'http://[1:2:3:4:5:6:1.2.3.4]',
  ];
  const bad = [
    '',
    'a',
    '//a',
    'urn:',
    'https://a b',
    'https://a/%zz',
    'https://[:::1]/',
    'https://[1:2]/',
    'https://a/b#c#d',
    'http://[::1.2.3.999]/',
  ];
  expect([good.filter((uri) => !isUri(uri)), bad.filter(isUri)]).toEqual([[], []]);
  // In linear time.
  expect(isUri(`https://${'['.repeat(200_000)}`)).toBe(false);
});
