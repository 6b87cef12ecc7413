import { expect, test } from 'vitest';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { checkSource } from './names.ts';

const sha256 = 'a'.repeat(64);
const debian = { kind: 'debian', package: 'cjson', version: '1.7.15-1', patch: 'a.patch', including: true } as const;
const npm = { kind: 'npm', package: '@s/p', version: '1.0.0' } as const;
const pypi = { kind: 'pypi', package: 'PyYAML', version: '5.3.post1' } as const;
const git = { kind: 'git', url: 'https://git.example:8443/a/b.git', revision: 'a'.repeat(40) } as const;
const archive = { kind: 'archive', url: 'https://files.example/a-1.0.tar.gz', sha256 } as const;

test('what is as it should be passes', () => {
  const { patch: _, including: __, ...whole } = debian;
  for (const source of [debian, whole, npm, pypi, git, { ...git, url: 'file:///srv/a' }, archive])
    expect([source, checkSource(source)]).toEqual([source, undefined]);
});

/** In every field: options, paths, ranges, other transports, other hosts' credentials, control characters. */
const tricks = ['', '-x', '--upload-pack=x', '../x', '/etc/passwd', 'a b', 'a\nb', 'a\0b', '$(x)', '`x`', 'x;y', 'é', 'x'.repeat(4096)];
const fields: readonly [Source, string][] = [
  ...(['package', 'version', 'patch'] as const).map((field) => [debian, field] as [Source, string]),
  ...(['package', 'version', 'integrity'] as const).map((field) => [npm, field] as [Source, string]),
  ...(['package', 'version', 'sha256'] as const).map((field) => [pypi, field] as [Source, string]),
  ...(['url', 'revision'] as const).map((field) => [git, field] as [Source, string]),
  ...(['url', 'sha256'] as const).map((field) => [archive, field] as [Source, string]),
];
test.each(fields)('a trick in %j, its %s', (source, field) => {
  for (const trick of tricks) expect([trick, checkSource({ ...source, [field]: trick })?.code]).toEqual([trick, 'malformed']);
});

test('addresses lead nowhere but to https, one’s own http, and one’s own files', () => {
  const urls = [
    'ssh://h/x',
    'git@h:x',
    'ext::sh -c x',
    'ftp://h/x',
    'https://u:p@h/x',
    'https://h/x?y',
    'https://h/x#y',
    'https://h',
    'fd::1',
    'file://h/x',
  ];
  for (const url of [...urls, 'file:///a b', 'HTTPS://h/x', 'https://h/--x\n', '\thttps://h/x']) {
    expect([url, checkSource({ ...git, url })?.code]).toEqual([url, 'malformed']);
    expect([url, checkSource({ ...archive, url })?.code]).toEqual([url, 'malformed']);
  }
  expect(checkSource({ ...archive, url: 'file:///srv/a.tar.gz' })?.code).toBe('malformed');
});

test('the rest of a source is checked as well', () => {
  const bad: Source[] = [
    { kind: 'debian', package: 'a1', version: '1', patch: 'x' },
    { ...pypi, requires: [{ package: '--x', version: '1' }] },
    { ...archive, strip: -1 },
    { ...archive, strip: 1.5 },
    { ...archive, strip: 17 },
    { ...npm, package: 'x.tgz' },
    { ...npm, version: '1.0.0-x.tgz' },
  ];
  for (const source of bad) expect([source, checkSource(source)?.code]).toEqual([source, 'malformed']);
  expect(checkSource({ kind: 'svn' } as unknown as Source)?.code).toBe('unsupported');
});

test('a package names so many others', () => {
  const requires = Array.from({ length: limits.requiresPerSource + 1 }, () => ({ package: 'a', version: '1' }));
  expect(checkSource({ ...pypi, requires })?.code).toBe('too_many');
  expect(checkSource({ ...pypi, requires: requires.slice(1) })).toBeUndefined();
});
