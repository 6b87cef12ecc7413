import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { portableLock, readLock } from './npm-lock.ts';

const hash = (letter: string) => `sha512-${letter.repeat(86)}==`;
const main = { version: '1.0.0', integrity: hash('A'), resolved: 'https://registry.example/x.tgz' };
const lock = (packages: object, more: object = {}) =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: {} }, 'node_modules/main': main, ...packages }, ...more });
const source = { kind: 'npm', package: 'main', version: '1.0.0' } as const;
const codeOf = (text: string, of: Parameters<typeof readLock>[1] = source) => (readLock(text, of) as { code?: string }).code ?? 'none';

test('a lock is read as an install of this machine, outer packages first', () => {
  const found = readLock(
    lock({
      'node_modules/main/node_modules/b': { version: '2.0.0', integrity: `sha1-x ${hash('B')}` },
      'node_modules/@s/other': { name: '@s/real', version: '3.0.0', integrity: hash('C') },
      'node_modules/mac': { version: '1.0.0', integrity: hash('D'), optional: true, os: ['darwin'] },
      'node_modules/not-here': { version: '1.0.0', integrity: hash('D'), optional: true, os: '!linux' },
      'node_modules/main/node_modules/bundled': { version: '1.0.0', inBundle: true },
    }),
    source,
  );
  expect(found).toEqual([
    { path: 'node_modules/@s/other', name: '@s/real', version: '3.0.0', integrity: hash('C') },
    { path: 'node_modules/main', name: 'main', version: '1.0.0', integrity: hash('A') },
    { path: 'node_modules/main/node_modules/b', name: 'b', version: '2.0.0', integrity: hash('B') },
  ]);
});

test('a lock of something else, or without a hash, is not trusted', () => {
  expect(codeOf(lock({}), { ...source, version: '1.0.1' })).toBe('untrusted');
  expect(codeOf(lock({}), { ...source, integrity: hash('Z') })).toBe('untrusted');
  expect(codeOf(lock({ 'node_modules/a': { version: '1.0.0', integrity: 'sha1-abc=' } }))).toBe('untrusted');
  expect(codeOf(lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe('untrusted');
});

test('paths and names that would lead elsewhere go nowhere', () => {
  const entry = { version: '1.0.0', integrity: hash('B') };
  const paths = [
    '../x',
    'node_modules/../../x',
    '/node_modules/x',
    'node_modules/.bin',
    'node_modules/a/../b',
    'packages/a',
    'node_modules/a/x',
  ];
  for (const path of paths) expect([path, codeOf(lock({ [path]: entry }))]).toEqual([path, 'malformed']);
  for (const name of ['--registry=x', '../x', 'a@npm:b', 'git+ssh://x', 'x.tgz'])
    expect([name, codeOf(lock({ 'node_modules/a': { ...entry, name } }))]).toEqual([name, 'malformed']);
  for (const version of ['latest', '^1.0.0', 'file:x', '1.0.0-x.tgz'])
    expect([version, codeOf(lock({ 'node_modules/a': { ...entry, version } }))]).toEqual([version, 'malformed']);
  expect(codeOf(lock({ 'node_modules/a': { ...entry, link: true } }))).toBe('malformed');
  for (const text of ['', '{}', '[]', '{"lockfileVersion":1,"dependencies":{}}']) expect([text, codeOf(text)]).toEqual([text, 'malformed']);
});

test('what is pinned names no registry', () => {
  expect(portableLock(lock({}))).not.toContain('registry.example');
  expect(readLock(portableLock(lock({})) as string, source)).toHaveLength(1);
});

test('a lock has a size and a number of packages', () => {
  const fill = (bytes: number) => lock({}, { filler: 'x'.repeat(bytes - Buffer.byteLength(lock({}, { filler: '' }))) });
  expect(codeOf(fill(limits.lockBytes))).toBe('none');
  expect(codeOf(fill(limits.lockBytes + 1))).toBe('too_large');
  const many = (n: number) =>
    lock(Object.fromEntries(Array.from({ length: n - 1 }, (_, i) => [`node_modules/p${i}`, { version: '1.0.0', integrity: hash('B') }])));
  expect(codeOf(many(limits.lockedPackages))).toBe('none');
  expect(codeOf(many(limits.lockedPackages + 1))).toBe('too_many');
});
