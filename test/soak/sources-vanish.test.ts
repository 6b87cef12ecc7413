import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fetched, Source } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { insist, isRefusal, type Refusal } from '../../src/base/refusal.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { type Trees, treeStore } from '../../src/io/boxes/trees.ts';
import { type RegistrySources, registrySources } from '../../src/io/sources/registry.ts';
import { digestOf, publishNpm, publishPypi, type Registries, serveRegistries, signRelease } from '../equipment/registries.ts';
import { tarOf } from '../equipment/tar.ts';
import { zipOf } from '../equipment/zip.ts';

/** Registries of our own, for the machine's real clients (apt, npm, git): they change, they lie, they break off, they go away. */
const dir = mkdtempSync(join(tmpdir(), 'sources-vanish-'));
const repositories = join(dir, 'repositories');
let registries: Registries;
let aptDir: string;
let commits: string[];
const registry = process.env.npm_config_registry;
const needed = ['git', 'gpg', 'dpkg-source', 'apt-get', 'npm', 'prlimit'];
const missing = needed.filter((program) => spawnSync(program, ['--version']).error);
if (missing.length > 0) console.warn(`vanishing sources skipped: install ${missing.join(', ')}`);
let stores = 0;

interface Store {
  readonly sources: RegistrySources;
  readonly trees: Trees;
  readonly at: string;
}

/** A machine that has nothing yet, or the one whose store lies at `at`. */
function machine(at = join(dir, `store-${stores++}`)): Store {
  const trees = treeStore(join(at, 'trees'));
  const options = { own: ['127.0.0.1'], pypiIndex: `${registries.origin}/simple`, aptDir };
  return { at, trees, sources: registrySources({ dir: join(at, 'sources'), trees, compare: comparePackageVersions, ...options }) };
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', '-c', 'init.defaultBranch=main', ...args], {
    cwd,
    stdio: 'pipe',
  })
    .toString()
    .trim();

beforeAll(async () => {
  if (missing.length > 0) return;
  mkdirSync(join(repositories, 'project'), { recursive: true });
  registries = await serveRegistries(repositories);
  process.env.npm_config_registry = `${registries.origin}/npm/`;
  publishNpm(registries, 'leaf', { '1.0.0': { text: 'leaf one' }, '1.0.1': { text: 'leaf two' } });
  publishNpm(registries, 'main', { '1.0.0': { text: 'main', needs: { leaf: '^1.0.0' } } });
  commits = makeRepository();
  aptDir = await makeDebian();
});
afterAll(async () => {
  if (registry === undefined) delete process.env.npm_config_registry;
  else process.env.npm_config_registry = registry;
  await registries?.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  if (missing.length > 0) skip(`missing: ${missing.join(', ')}`);
  registries.mood = 'here';
  registries.asked.length = 0;
});

function makeRepository(): string[] {
  const at = join(repositories, 'project');
  git(at, 'init', '-q');
  return ['one', 'two', 'three'].map((text) => {
    writeFileSync(join(at, 'file'), text);
    writeFileSync(join(at, '.gitattributes'), 'secret export-ignore\nfile filter=evil\n');
    writeFileSync(join(at, 'secret'), '$Format:%H$');
    git(at, 'add', '-A');
    git(at, 'commit', '-q', '-m', text);
    return git(at, 'rev-parse', 'HEAD');
  });
}

/** One source package of two versions, in an archive that apt believes because it is signed. */
async function makeDebian(): Promise<string> {
  const stanzas: string[] = [];
  for (const version of ['1.0-1', '1.0-2']) {
    const at = join(dir, `debian-${version}`, 'sample-1.0');
    mkdirSync(join(at, 'debian', 'patches'), { recursive: true });
    mkdirSync(join(at, 'debian', 'source'));
    writeFileSync(join(at, 'debian', 'source', 'format'), '3.0 (native)\n'.replace('native', 'quilt'));
    writeFileSync(
      join(at, 'debian', 'changelog'),
      `sample (${version}) stable; urgency=low\n\n  * x\n\n -- T <t@t.example>  Sat, 01 Aug 2026 00:00:00 +0000\n`,
    );
    writeFileSync(
      join(at, 'debian', 'control'),
      'Source: sample\nMaintainer: T <t@t.example>\nStandards-Version: 4.6.0\n\nPackage: sample\nArchitecture: all\nDescription: x\n',
    );
    writeFileSync(join(at, 'debian', 'patches', 'series'), version === '1.0-2' ? 'fix.patch\n' : '');
    writeFileSync(join(at, 'debian', 'patches', 'fix.patch'), '--- a/file\n+++ b/file\n@@ -1 +1 @@\n-flaw\n+mended\n');
    writeFileSync(join(at, 'file'), 'flaw\n');
    execFileSync(
      'tar',
      [
        '--sort=name',
        '--mtime=2026-08-01',
        '--owner=0',
        '--group=0',
        '--exclude=debian',
        '-czf',
        '../sample_1.0.orig.tar.gz',
        '-C',
        '..',
        'sample-1.0',
      ],
      { cwd: at },
    );
    if (version === '1.0-2') writeFileSync(join(at, 'file'), 'mended\n');
    execFileSync('dpkg-source', ['-b', '.'], { cwd: at, stdio: 'pipe' });
    const names = readdirSync(join(at, '..')).filter((name) => name.startsWith('sample_'));
    const listed = names.map((name) => {
      const bytes = readFileSync(join(at, '..', name));
      registries.files.set(`/debian/pool/${version}/${name}`, bytes);
      return ` ${digestOf('sha256', bytes)} ${bytes.length} ${name}`;
    });
    const md5s = names.map(
      (name) =>
        ` ${digestOf('md5', registries.files.get(`/debian/pool/${version}/${name}`)!)} ${readFileSync(join(at, '..', name)).length} ${name}`,
    );
    const head = `Package: sample\nBinary: sample\nVersion: ${version}\nMaintainer: T <t@t.example>\nArchitecture: all\nFormat: 3.0 (quilt)\nDirectory: pool/${version}`;
    stanzas.push(`${head}\nFiles:\n${md5s.join('\n')}\nChecksums-Sha256:\n${listed.join('\n')}\n`);
  }
  registries.files.set('/debian/dists/stable/main/source/Sources', Buffer.from(stanzas.join('\n')));
  const home = join(dir, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const keyring = signRelease(registries, home);
  const etc = join(dir, 'etc-apt');
  mkdirSync(etc);
  writeFileSync(join(etc, 'sources.list'), `deb [signed-by=${keyring}] ${registries.origin}/debian stable main\n`);
  return etc;
}

const wheel = zipOf([
  { name: 'sample/__init__.py', bytes: Buffer.from('text = "wheel"') },
  { name: 'sample-1.0.dist-info/METADATA', bytes: Buffer.from('Name: sample') },
]);
const sdist = gzipSync(
  tarOf([
    { name: 'sample-1.0/setup.py', bytes: Buffer.from('raise SystemExit("never run")') },
    { name: 'sample-1.0/PKG-INFO', bytes: Buffer.from('Name: sample') },
    { name: 'sample-1.0/src/sample/__init__.py', bytes: Buffer.from('text = "sdist"') },
  ]),
);
const archive = gzipSync(tarOf([{ name: 'top/file', bytes: Buffer.from('archive') }]));

/** One of each kind, as its recipe would name it, and what must be in the tree. */
function everyKind(): [Source, string, string][] {
  const [wheelDigest] = publishPypi(registries, 'sample', { 'sample-1.0-py3-none-any.whl': wheel, 'sample-1.0.tar.gz': sdist });
  registries.files.set('/archive.tar.gz', archive);
  return [
    [{ kind: 'npm', package: 'main', version: '1.0.0' }, 'node_modules/leaf/index.js', 'leaf two'],
    [{ kind: 'pypi', package: 'sample', version: '1.0', sha256: wheelDigest! }, 'site-packages/sample/__init__.py', 'text = "wheel"'],
    [{ kind: 'git', url: `${registries.origin}/git/project`, revision: commits[1]! }, 'file', 'two'],
    [{ kind: 'archive', url: `${registries.origin}/archive.tar.gz`, sha256: digestOf('sha256', archive), strip: 1 }, 'file', 'archive'],
    [{ kind: 'debian', package: 'sample', version: '1.0-2', patch: 'fix.patch', including: false }, 'file', 'flaw\n'],
  ];
}
const kinds = ['npm', 'pypi', 'git', 'archive', 'debian'].map((kind, i) => [kind, i] as const);
const codeOf = (value: unknown) => (isRefusal(value) ? (value as Refusal).code : 'none');
const textIn = async ({ sources }: Store, fetched: Fetched, path: string) =>
  Buffer.from(insist(await sources.read(fetched.tree, path))).toString();

describe.each(kinds)('%s', (_, which) => {
  test('comes from a registry, and stays when the registry goes', async () => {
    const [source, path, text] = everyKind()[which]!;
    const store = machine();
    const fetched = insist(await store.sources.fetch(source));
    expect(await textIn(store, fetched, path)).toBe(text);
    expect(fetched.archives.length).toBeGreaterThan(0);
    for (const mood of ['down', 'gone', 'lying'] as const) {
      registries.mood = mood;
      registries.asked.length = 0;
      expect(await machine(store.at).sources.fetch(source)).toEqual(fetched);
      expect(registries.asked).toEqual([]);
    }
  });

  test('gone, out of reach, and false are told apart', async () => {
    const [source] = everyKind()[which]!;
    registries.mood = 'down';
    expect(codeOf(await machine().sources.fetch(source))).toBe('unavailable');
    registries.mood = 'gone';
    // apt's whole archive being gone is the archive's failure, not word of one package.
    expect(codeOf(await machine().sources.fetch(source))).toBe(source.kind === 'debian' ? 'unavailable' : 'not_found');
    if (source.kind === 'git') return;
    registries.mood = 'lying';
    expect(codeOf(await machine().sources.fetch(source))).toBe('untrusted');
  });

  test('what broke off leaves nothing that is taken for whole', async () => {
    const [source, path, text] = everyKind()[which]!;
    const store = machine();
    registries.mood = source.kind === 'git' ? 'down' : 'broken';
    expect(codeOf(await store.sources.fetch(source))).toBe('unavailable');
    registries.mood = 'here';
    expect(await textIn(store, insist(await store.sources.fetch(source)), path)).toBe(text);
  });

  test('two processes at once get the same', async () => {
    const [source] = everyKind()[which]!;
    const [a, b] = [machine(), machine()].map(({ at }) => machine(at));
    const again = machine(a!.at);
    const both = await Promise.all([a!.sources.fetch(source), again.sources.fetch(source), b!.sources.fetch(source)]);
    expect(new Set(both.map((each) => insist(each).tree)).size).toBe(1);
  });
});

describe('a lock', () => {
  test('holds every dependency where it was; without one they drift', async () => {
    const source = { kind: 'npm', package: 'main', version: '1.0.0' } as const;
    publishNpm(registries, 'leaf', { '1.0.0': { text: 'leaf one' } });
    const pinned = insist(await machine().sources.pin(source));
    expect(pinned).toMatchObject({ integrity: expect.stringMatching(/^sha512-/), lock: expect.not.stringContaining('127.0.0.1') });
    publishNpm(registries, 'leaf', { '1.0.0': { text: 'leaf one' }, '1.0.1': { text: 'leaf two' } });
    const [locked, free] = [machine(), machine()];
    expect(await textIn(locked, insist(await locked.sources.fetch(pinned)), 'node_modules/leaf/index.js')).toBe('leaf one');
    expect(await textIn(free, insist(await free.sources.fetch(source)), 'node_modules/leaf/index.js')).toBe('leaf two');
    // The same version, other bytes: the registry announces another hash than the lock has.
    publishNpm(registries, 'leaf', { '1.0.0': { text: 'leaf replaced' } });
    expect(await machine().sources.fetch(pinned)).toMatchObject({ code: 'untrusted', because: expect.stringContaining('leaf@1.0.0') });
    // Where its archives lie already nobody is asked, even when the tree itself went.
    rmSync(join(locked.at, 'trees'), { recursive: true });
    registries.mood = 'down';
    registries.asked.length = 0;
    expect(await textIn(locked, insist(await machine(locked.at).sources.fetch(pinned)), 'node_modules/leaf/index.js')).toBe('leaf one');
    expect(registries.asked).toEqual([]);
  });
});

describe('Python', () => {
  test('the pure wheel goes first, an sdist is laid out without running it, what it needs is named', async () => {
    const [wheelDigest, sdistDigest] = publishPypi(registries, 'sample', {
      'sample-1.0-py3-none-any.whl': wheel,
      'sample-1.0.tar.gz': sdist,
    });
    publishPypi(registries, 'other', { 'Other-2.0-py2.py3-none-any.whl': zipOf([{ name: 'other.py', bytes: Buffer.from('x = 1') }]) });
    const store = machine();
    const base = { kind: 'pypi', package: 'Sample', version: '1.0.0' } as const;
    const chosen = insist(await store.sources.fetch({ ...base, requires: [{ package: 'other', version: '2.0' }] }));
    expect(chosen.archives.map(({ sha256 }) => sha256)).toContain(wheelDigest);
    expect(await textIn(store, chosen, 'site-packages/other.py')).toBe('x = 1');
    const source = insist(await store.sources.fetch({ ...base, sha256: sdistDigest! }));
    expect(await textIn(store, source, 'site-packages/sample/__init__.py')).toBe('text = "sdist"');
    expect(await textIn(store, source, 'site-packages/Sample-1.0.dist-info/METADATA')).toBe('Name: sample');
    expect(await store.sources.fetch({ ...base, sha256: 'a'.repeat(64) })).toMatchObject({ code: 'untrusted' });
    expect(await store.sources.fetch({ ...base, version: '3.0' })).toMatchObject({
      code: 'not_found',
      because: expect.stringContaining('1.0'),
    });
    expect(insist(await store.sources.pin(base))).toEqual({ ...base, sha256: wheelDigest });
    const line = insist(await store.sources.history({ ...base, version: '1.0' }));
    expect(line).toEqual([{ ...base, version: '1.0' }]);
  });
});

describe('git', () => {
  const at = (i: number): Source => ({ kind: 'git', url: `${registries.origin}/git/project`, revision: commits[i]! });

  test('a commit comes whole: nothing is filtered, left out or filled in', async () => {
    const store = machine();
    const fetched = insist(await store.sources.fetch(at(2)));
    expect(await textIn(store, fetched, 'secret')).toBe('$Format:%H$');
    expect(readdirSync(store.trees.pathOf(fetched.tree))).not.toContain('.git');
  });

  test('its history is the first-parent line, oldest first', async () => {
    const { sources } = machine();
    expect(insist(await sources.history(at(0), at(2)))).toEqual([at(0), at(1), at(2)]);
    expect(insist(await sources.history(at(1)))).toEqual([at(0), at(1)]);
    expect(codeOf(await sources.history(at(2), at(0)))).toBe('conflict');
  });

  test('no commit, no repository, no other way in', async () => {
    const { sources } = machine();
    expect(codeOf(await sources.fetch({ ...at(0), revision: 'a'.repeat(40) } as Source))).toBe('not_found');
    expect(codeOf(await sources.fetch({ ...at(0), url: `${registries.origin}/git/none` } as Source))).toBe('not_found');
    expect(codeOf(await sources.fetch({ ...at(0), url: `file://${repositories}/project` } as Source))).toBe('untrusted');
    const outside = registrySources({
      dir: join(dir, 'outside'),
      trees: treeStore(join(dir, 'outside-trees')),
      compare: comparePackageVersions,
    });
    expect(codeOf(await outside.fetch(at(0)))).toBe('untrusted');
    expect(codeOf(await outside.fetch({ kind: 'archive', url: `${registries.origin}/archive.tar.gz`, sha256: 'a'.repeat(64) }))).toBe(
      'untrusted',
    );
  });

  test('a link in it that leads out is refused', async () => {
    const evil = join(repositories, 'evil');
    mkdirSync(evil);
    git(evil, 'init', '-q');
    execFileSync('ln', ['-s', '/etc/passwd', 'l'], { cwd: evil });
    git(evil, 'add', '-A');
    git(evil, 'commit', '-q', '-m', 'x');
    const source = { kind: 'git', url: `${registries.origin}/git/evil`, revision: git(evil, 'rev-parse', 'HEAD') } as const;
    expect(await machine().sources.fetch(source)).toMatchObject({ code: 'malformed', because: expect.stringContaining('link leads out') });
  });
});

describe('archives', () => {
  test('one that was handed in is asked for nowhere', async () => {
    const store = machine();
    const file = join(dir, 'mine.tar.gz');
    writeFileSync(file, archive);
    const sha256 = insist(await store.sources.handIn(file));
    registries.mood = 'down';
    const fetched = insist(await store.sources.fetch({ kind: 'archive', url: 'https://nowhere.invalid/x.tar.gz', sha256, strip: 1 }));
    expect(await textIn(store, fetched, 'file')).toBe('archive');
    expect(registries.asked).toEqual([]);
  });

  test('neither an archive nor a list of files is read without end', async () => {
    const store = machine();
    const file = join(dir, 'large');
    writeFileSync(file, '');
    truncateSync(file, limits.archiveBytes + 1);
    expect(codeOf(await store.sources.handIn(file))).toBe('too_large');
    truncateSync(file, limits.archiveBytes);
    expect(insist(await store.sources.handIn(file))).toHaveLength(64);
    const page = Buffer.alloc(limits.indexBytes + 1, ' ');
    const project = { kind: 'pypi', package: 'endless', version: '1.0' } as const;
    registries.files.set('/simple/endless/', page);
    expect(codeOf(await store.sources.fetch(project))).toBe('too_large');
    registries.files.set('/simple/endless/', page.subarray(1));
    expect(codeOf(await store.sources.fetch(project))).toBe('not_found');
  });

  test('a full disk is said to be that, and leaves nothing behind', async ({ skip }) => {
    const at = join(dir, 'full');
    mkdirSync(at);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'full', at]).status !== 0) skip('only root can mount a small disk');
    try {
      const large = gzipSync(tarOf([{ name: 'x', bytes: Buffer.alloc(3_000_000) }]));
      const noise = randomBytes(2_000_000);
      for (const [name, bytes] of [
        ['unpacked', large],
        ['packed', noise],
      ] as const) {
        registries.files.set(`/${name}.tar.gz`, bytes);
        const source = { kind: 'archive', url: `${registries.origin}/${name}.tar.gz`, sha256: digestOf('sha256', bytes) } as const;
        const full = await machine(at).sources.fetch(source);
        expect(full).toMatchObject({ code: 'unavailable', because: expect.stringContaining('full') });
      }
      const left = readdirSync(at, { recursive: true }).map(String);
      expect(left.filter((name) => name.includes('.new-') || name.includes('tree_'))).toEqual([]);
    } finally {
      spawnSync('umount', [at]);
    }
  });

  test('two Debian versions make a pair, and a line', async () => {
    const store = machine();
    const [a, b] = ['1.0-1', '1.0-2'].map((version) => ({ kind: 'debian', package: 'sample', version }) as const);
    expect(await textIn(store, insist(await store.sources.fetch(a!)), 'file')).toBe('flaw\n');
    expect(await textIn(store, insist(await store.sources.fetch(b!)), 'file')).toBe('mended\n');
    expect(insist(await store.sources.history(a!, b!))).toEqual([a, b]);
    expect(codeOf(await store.sources.history(b!, a!))).toBe('conflict');
  });
});
