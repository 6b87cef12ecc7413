import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { rawPublicKey, type Signer, signerOf } from '../../../base/signature.ts';
import { initRoot, type Rotation, rotateRoot, signRoot } from './ceremony.ts';
import { fileOf, keyIdOf, tufKey, tufKeyOf } from './metadata.ts';
import { binOf, delegationsOf, newRole, projectOf, targetFilePath } from './repository.ts';
import { decideRoot, type Root, readRoot } from './root.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const newKey = () => signerOf('offline', generateKeyPairSync('ed25519').privateKey);
const hexOf = (signer: Signer) => rawPublicKey(signer.publicKey).toString('hex');
const [ada, bob, eve, hub] = [newKey(), newKey(), newKey(), newKey()];
const online = { timestamp: tufKey(hub.publicKey), snapshot: tufKey(hub.publicKey), targets: tufKey(hub.publicKey) };
const holds = () => true;
const read = (text: string) => readRoot(text) as Root;
const init = (rootKeys: readonly string[], threshold = rootKeys.length) => initRoot({ rootKeys, threshold, online, lastsDays: 365 }, now);
const signed = (text: string, signers: readonly Signer[], before?: Root) =>
  read(signers.reduce((so, by) => insist(signRoot(read(so), before, by)), text));
const first = signed(insist(init([ada, bob].map(hexOf))), [ada, bob]);
const next = (by: Partial<Rotation>) =>
  insist(rotateRoot(first, { add: [], remove: [], threshold: undefined, online: undefined, lastsDays: 365, ...by }, now));

describe('a root', () => {
  const altered = (change: (root: { signed: Record<string, unknown>; signatures: unknown[] }) => void) => {
    const root = JSON.parse(fileOf(first.signed, first.signatures));
    change(root);
    return readRoot(JSON.stringify(root));
  };

  test('that its own keys have signed is trusted first', () => {
    expect(decideRoot(first, undefined, now, holds)).toBeUndefined();
    expect(decideRoot(signed(insist(init([ada, bob].map(hexOf))), [ada]), undefined, now, holds)).toMatchObject({ code: 'untrusted' });
    expect(decideRoot(signed(insist(init([ada, bob].map(hexOf), 1)), [bob]), undefined, now, holds)).toBeUndefined();
  });

  test.each([
    ['a keyid that is not of its key', (r) => ((r.signed.keys as Record<string, unknown>)['0'.repeat(64)] = tufKeyOf('1'.repeat(64)))],
    ['another kind of key', (r) => Object.assign(Object.values(r.signed.keys as object)[0]!, { keytype: 'rsa' })],
    ['a threshold above its keys', (r) => Object.assign((r.signed.roles as { root: object }).root, { threshold: 3 })],
    ['one signature twice', (r) => r.signatures.push(r.signatures[0])],
    ['inconsistent snapshots', (r) => (r.signed.consistent_snapshot = false)],
    ['another major version', (r) => (r.signed.spec_version = '2.0.0')],
    ['something we do not know', (r) => (r.signed.more = 1)],
  ] satisfies [string, (root: { signed: Record<string, unknown>; signatures: unknown[] }) => unknown][])(
    'is refused with %s',
    (_, change) => {
      expect(altered((root) => void change(root))).toMatchObject({ code: 'malformed' });
    },
  );

  test('that was changed after it was signed is not believed', () => {
    const root = altered((r) => (r.signed.expires = '2036-01-01T00:00:00Z'));
    expect(decideRoot(root as Root, undefined, now, holds)).toMatchObject({ code: 'untrusted' });
  });

  test('has an end, a next version, and online keys that the hub holds', () => {
    expect(decideRoot(first, undefined, plusMs(now, 366 * day), holds)).toMatchObject({ code: 'expired' });
    expect(decideRoot(first, first, now, holds)).toMatchObject({ code: 'conflict' });
    expect(decideRoot(first, undefined, now, (role) => role !== 'snapshot')).toMatchObject({ at: '/root/signed/roles/snapshot' });
  });

  test(`has at most ${limits.tufKeys} keys a role and ${limits.tufRootBytes} bytes`, () => {
    const keys = Array.from({ length: limits.tufKeys + 1 }, () => hexOf(newKey()));
    expect(isRefusal(init(keys.slice(1), 1))).toBe(false);
    expect(init(keys, 1)).toMatchObject({ code: 'malformed' });
    const text = fileOf(first.signed, first.signatures);
    expect(isRefusal(readRoot(text.padEnd(limits.tufRootBytes)))).toBe(false);
    expect(readRoot(text.padEnd(limits.tufRootBytes + 1))).toMatchObject({ code: 'too_large' });
  });
});

describe('a rotation', () => {
  test('is signed by the old root keys and the new ones', () => {
    const text = next({ add: [hexOf(eve)], remove: [hexOf(ada)] });
    const by = (...signers: Signer[]) => decideRoot(signed(text, signers, first), first, now, holds);
    expect(by(ada, bob, eve)).toBeUndefined();
    expect(by(bob, eve)).toMatchObject({ code: 'untrusted', because: expect.stringContaining("version 1's") });
    expect(by(ada, bob)).toMatchObject({ code: 'untrusted', because: expect.stringContaining('its own') });
  });

  test('takes a keyid as well as a key, and refuses what is no root key', () => {
    expect(read(next({ remove: [keyIdOf(tufKey(ada.publicKey))], threshold: 1 })).signed.roles.root.keyids).toHaveLength(1);
    expect(rotateRoot(first, { add: [], remove: [hexOf(eve)], threshold: 1, online, lastsDays: 1 }, now)).toMatchObject({
      code: 'not_found',
    });
    expect(rotateRoot(first, { add: [], remove: [hexOf(ada)], threshold: undefined, online, lastsDays: 1 }, now)).toMatchObject({
      code: 'malformed',
    });
    expect(signRoot(first, undefined, eve)).toMatchObject({ code: 'not_permitted' });
  });
});

describe('names', () => {
  test('of projects are one path component each, and no two packages share one', () => {
    const purls = [
      'pkg:npm/%40scope/a',
      'pkg:npm/scope/a',
      'pkg:npm/scope-a',
      'pkg:deb/debian/libc%2B%2B',
      'pkg:generic/%2E%2E',
      'pkg:npm/*',
    ];
    const names = purls.map(projectOf);
    expect(new Set(names).size).toBe(purls.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]*\.[0-9a-f]{8}$/);
  });

  test('of files carry their hash', () => {
    expect(targetFilePath('a/b/c.patch', 'f'.repeat(64))).toBe(`tuf/targets/a/b/${'f'.repeat(64)}.c.patch`);
  });

  test('that were never published or are suspended are not delegated to; projects come before hashes', () => {
    const live = { version: 1, isStale: false };
    const project = { ...newRole('b.00000000', 'pkg:npm/b'), ...live };
    const keyed = { ...newRole('a.00000000', 'pkg:npm/a'), ...live, key: hexOf(eve) };
    const suspended = { ...keyed, name: 's.00000000', isSuspended: true };
    const bin = { ...newRole(binOf('x'), null), ...live };
    const { roles, keys } = delegationsOf([bin, project, newRole('n.00000000', 'pkg:npm/n'), suspended, keyed], tufKey(hub.publicKey));
    expect(roles).toEqual([
      { name: 'a.00000000', keyids: [keyIdOf(tufKey(eve.publicKey))], threshold: 1, terminating: true, paths: ['a.00000000/*/*'] },
      { name: 'b.00000000', keyids: [keyIdOf(tufKey(hub.publicKey))], threshold: 1, terminating: false, paths: ['b.00000000/*/*'] },
      { name: 'bin-2d', keyids: [keyIdOf(tufKey(hub.publicKey))], threshold: 1, terminating: true, path_hash_prefixes: ['2d'] },
    ]);
    expect(Object.keys(keys)).toHaveLength(2);
  });
});
