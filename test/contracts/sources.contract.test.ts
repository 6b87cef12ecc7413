import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fetched, Source } from '../../src/base/doors.ts';
import { insist, isRefusal, type Refusal } from '../../src/base/refusal.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { registrySources } from '../../src/io/sources/registry.ts';

const dir = mkdtempSync(join(tmpdir(), 'sources-contract-'));
const trees = treeStore(join(dir, 'trees'));
const sources = registrySources({ dir: join(dir, 'sources'), trees, compare: comparePackageVersions });
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const debian = { kind: 'debian', package: 'cjson', version: '1.7.15-1+deb12u4', patch: '0002-Fix-heap-buffer-overflow.patch' } as const;
const npm = { kind: 'npm', package: 'minimist', version: '1.2.5' } as const;

/** A machine without a network (or without apt) says so and is not a failure of ours. */
async function fetched(source: Source, skip: (note: string) => void): Promise<Fetched> {
  const result = await sources.fetch(source);
  if (isRefusal(result) && result.code === 'unavailable') skip(`registry not reachable: ${result.because}`);
  return insist(result);
}
const codeOf = (value: unknown) => (isRefusal(value) ? (value as Refusal).code : 'none');

describe('registries', () => {
  test('a Debian pair differs by its patch, and is the same tree each time', async ({ skip }) => {
    const vulnerable = await fetched({ ...debian, including: false }, skip);
    const fixed = await fetched({ ...debian, including: true }, skip);
    expect(fixed.tree).not.toBe(vulnerable.tree);
    expect(fixed.archives).toEqual(vulnerable.archives);
    expect(vulnerable.archives.map((a) => [a.checkedBy, a.sha256.length])).toEqual(Array(3).fill(['apt', 64]));
    const text = async (of: Fetched) => Buffer.from(insist(await sources.read(of.tree, 'cJSON.c'))).toString();
    const mend = 'nothing comes after the comma';
    expect([(await text(vulnerable)).includes(mend), (await text(fixed)).includes(mend)]).toEqual([false, true]);
    expect(Buffer.from(insist(await sources.read(fixed.tree, `debian/patches/${debian.patch}`))).toString()).toContain(mend);
    expect(readdirSync(trees.pathOf(fixed.tree), { recursive: true }).filter((name) => /\.(orig|rej)$/.test(String(name)))).toEqual([]);
  });

  test('what was fetched once needs no registry again', async ({ skip }) => {
    const first = await fetched({ ...debian, including: true }, skip);
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const offline = registrySources({ dir: join(dir, 'sources'), trees, compare: comparePackageVersions });
      expect(await offline.fetch({ ...debian, including: true })).toEqual(first);
    } finally {
      process.env.PATH = path;
    }
  });

  test('a version that is gone is not found, and it says which there are', async ({ skip }) => {
    await fetched({ ...debian, including: true }, skip);
    const gone = await sources.fetch({ ...debian, version: '1.0-1', including: true });
    expect(gone).toMatchObject({ code: 'not_found', because: expect.stringContaining(debian.version) });
    expect(codeOf(await sources.fetch({ ...debian, patch: 'no-such.patch', including: true }))).toBe('not_found');
  });

  test('an npm package comes as node_modules with its hash checked', async ({ skip }) => {
    const { tree, archives } = await fetched(npm, skip);
    expect(archives).toMatchObject([{ name: 'minimist@1.2.5', checkedBy: 'npm-integrity' }]);
    const manifest = JSON.parse(Buffer.from(insist(await sources.read(tree, 'node_modules/minimist/package.json'))).toString());
    expect(manifest.version).toBe('1.2.5');
    const names = readdirSync(trees.pathOf(tree), { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('package-lock.json'))).toEqual([]);
    expect(codeOf(await sources.fetch({ ...npm, version: '999.0.0' }))).toBe('not_found');
    expect(codeOf(await sources.fetch({ ...npm, integrity: `sha512-${'A'.repeat(86)}==` }))).toBe('untrusted');
  });

  test('the history of a Debian version is its patch series, oldest first', async ({ skip }) => {
    await fetched({ ...debian, including: true }, skip);
    const line = insist(await sources.history({ ...debian, including: false }));
    expect(line[0]).toMatchObject({ version: debian.version, patch: expect.any(String), including: false });
    expect(line.slice(1).every((point) => point.kind === 'debian' && point.including === true)).toBe(true);
    const at = line.findIndex((point) => point.kind === 'debian' && point.patch === debian.patch);
    const step = insist(await sources.history(line[at - 1]!, line[at]));
    expect(step).toEqual([line[at - 1], line[at]]);
    expect(codeOf(await sources.history(line[at]!, line[at - 1]))).toBe('conflict');
    const whole = insist(await sources.fetch({ kind: 'debian', package: debian.package, version: debian.version }));
    expect(whole.tree).toBe(insist(await sources.fetch(line.at(-1)!)).tree);
  });

  test('the history of an npm package is in the order of versions, what is pinned stays pinned', async ({ skip }) => {
    await fetched(npm, skip);
    const pinned = { ...npm, integrity: `sha512-${'A'.repeat(86)}==` };
    const line = insist(await sources.history(pinned, { ...npm, version: '1.2.8' }));
    expect(line.map((point) => 'version' in point && point.version)).toEqual(['1.2.5', '1.2.6', '1.2.7', '1.2.8']);
    expect(line[0]).toEqual(pinned);
    const whole = insist(await sources.history({ ...npm, version: '1.2.99' }));
    expect(whole.at(-1)).toEqual({ ...npm, version: '1.2.99' });
    expect(codeOf(await sources.history(npm, { ...npm, package: 'other' }))).toBe('conflict');
  });

  test('names that could be options, paths or ranges go nowhere', async () => {
    const bad: Source[] = [
      { ...npm, package: '--registry=x' },
      { ...npm, package: '../x' },
      { ...npm, package: 'x@latest' },
      { ...npm, version: '^1.0.0' },
      { ...npm, version: 'latest' },
      { ...npm, integrity: 'sha1-x' },
      { ...debian, including: true, package: '-o' },
      { ...debian, including: true, package: 'a/b' },
      { ...debian, including: true, version: '1.0 -o x' },
      { ...debian, including: true, patch: '../../x.patch' },
      { ...debian, including: true, patch: '/etc/passwd' },
    ];
    for (const source of bad) expect([source, codeOf(await sources.fetch(source))]).toEqual([source, 'malformed']);
    expect(codeOf(await sources.fetch({ kind: 'svn' } as unknown as Source))).toBe('unsupported');
  });
});

describe('kept trees', () => {
  test('reading one file follows nothing and leaves nowhere', async () => {
    const from = join(dir, 'from');
    mkdirSync(join(from, 'deep'), { recursive: true });
    writeFileSync(join(from, 'deep', 'file'), 'text');
    symlinkSync('deep', join(from, 'link'));
    symlinkSync('deep/file', join(from, 'alias'));
    const tree = insist(await trees.add(from));
    expect(Buffer.from(insist(await sources.read(tree, 'deep/file'))).toString()).toBe('text');
    for (const path of ['../x', '/etc/passwd', 'deep/../deep/file', '', 'deep//file', './deep/file', 'a\0b'])
      expect([path, codeOf(await sources.read(tree, path))]).toEqual([path, 'malformed']);
    for (const path of ['link/file', 'alias', 'deep', 'nothing'])
      expect([path, codeOf(await sources.read(tree, path))]).toEqual([path, 'not_found']);
    expect(codeOf(await sources.read('tree_../../etc' as `tree_${string}`, 'passwd'))).toBe('malformed');
  });

  test('the digest is of content: not of times, owners or who wrote it, but of modes and links', async () => {
    const make = (name: string, mode: number, to: string) => {
      const at = join(dir, name);
      mkdirSync(at);
      writeFileSync(join(at, 'x'), 'same', { mode });
      symlinkSync(to, join(at, 'l'));
      return at;
    };
    const [a, b, c, d] = await Promise.all(
      [make('a', 0o600, 'x'), make('b', 0o644, 'x'), make('c', 0o755, 'x'), make('d', 0o644, 'y')].map(async (at) =>
        insist(await trees.add(at)),
      ),
    );
    expect(a).toBe(b);
    expect(new Set([a, c, d]).size).toBe(3);
  });

  test('links out of the tree are refused', async () => {
    const at = join(dir, 'escape');
    mkdirSync(at);
    symlinkSync('../../etc/passwd', join(at, 'l'));
    expect(codeOf(await trees.add(at))).toBe('malformed');
  });
});
