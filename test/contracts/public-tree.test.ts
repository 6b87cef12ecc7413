import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publisher } from '../../src/app/publisher.ts';
import type { PublicTree } from '../../src/base/doors.ts';
import type { Instant } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { openNote } from '../../src/base/signature.ts';
import { readZip } from '../../src/clearinghouse/findings/formats/zip.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { release } from '../equipment/synthetic-releases.ts';
import { openHub, type TestHub } from '../hub.ts';

const from = '2026-11-01T00:00:00.000Z' as Instant;
const site = { origin: 'test.example' };
let hub: TestHub;
let dir: string;
beforeAll(async () => {
  hub = await openHub();
  dir = mkdtempSync(join(tmpdir(), 'bw-public-'));
});
afterAll(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const publishInto = (name: string, of: TestHub = hub) => publisher(of.doors, diskTree(join(dir, name)), site, () => 0).publish('whole');
const at = (name: string, path: string) => join(dir, name, path);
const textAt = (name: string, path: string) => readFileSync(at(name, path), 'utf8');
const jsonAt = (name: string, path: string) => JSON.parse(textAt(name, path));

/** Path → digest. Without earlier partial tiles and drafts, which no list names. */
function treeAt(name: string): Map<string, string> {
  const paths = readdirSync(join(dir, name), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(join(dir, name).length + 1))
    .filter((path) => !/\.p\/\d+$|^\.drafts\//.test(path));
  return new Map(
    paths.sort().map((p) => [
      p,
      createHash('sha256')
        .update(readFileSync(at(name, p)))
        .digest('hex'),
    ]),
  );
}

describe('a tree that grew', () => {
  beforeAll(async () => {
    await publishInto('grown');
    for (const count of [1, 3, 16, 40, 200, 7]) {
      await release(hub.doors, from, count);
      await publishInto('grown');
    }
  });

  test('is the tree that is made at once, byte for byte', async () => {
    await publishInto('whole');
    expect(treeAt('grown')).toEqual(treeAt('whole'));
  });

  test('lists everything once, the newest first, and nothing that is not there', () => {
    const lines = (path: string) => textAt('grown', path).trimEnd().split('\n');
    const names = lines('csaf/white/index.txt');
    const changes = lines('csaf/white/changes.csv').map((line) => /^"([^"]+)","([^"]+)"$/.exec(line)!.slice(1));
    const entries = jsonAt('grown', 'csaf/feed-tlp-white.json').feed.entry as { id: string; link: { href: string }[]; updated: string }[];
    const count = new Set(
      jsonAt('grown', '.complete.json') && readdirSync(at('grown', 'csaf/white/2026')).filter((f) => f.endsWith('.json')),
    ).size;
    expect([names, changes, entries].map((l) => l.length)).toEqual([count, count, count]);
    expect(new Set(names).size).toBe(count);
    const times = changes.map(([, time]) => time!);
    expect(times).toEqual(times.toSorted().reverse());
    for (const name of names) expect(existsSync(at('grown', `csaf/white/${name}`)), name).toBe(true);
    for (const { href } of entries.flatMap((e) => e.link)) expect(existsSync(at('grown', href.split('/public/')[1]!)), href).toBe(true);
    for (const eco of lines('osv/ecosystems.txt'))
      for (const line of lines(`osv/${eco}/modified_id.csv`))
        expect(existsSync(at('grown', `osv/${eco}/${line.split(',')[1]}.json`))).toBe(true);
    expect(
      lines('osv/modified_id.csv')
        .map((l) => l.split(',')[1]!.split('/'))
        .every(([eco, id]) => existsSync(at('grown', `osv/${eco}/${id}.json`))),
    ).toBe(true);
  });

  test('tells a revised advisory in every place it ever had', () => {
    const [id, before, now] = ['x_BW-2026-0010', 'PyPI', ['npm', 'Debian']];
    const texts = [before, ...now].map(
      (eco) => existsSync(at('grown', `osv/${eco}/${id}.json`)) && textAt('grown', `osv/${eco}/${id}.json`),
    );
    expect(texts.filter(Boolean).length).toBeGreaterThan(1);
    expect(new Set(texts.filter(Boolean)).size).toBe(1);
    expect(jsonAt('grown', 'csaf/white/2026/bw-2026-0010.json').document.tracking.version).toBe('2');
  });

  test.each(['osv/all.zip', 'osv/npm/all.zip'])(
    '%s holds what lies beside it, by a reader that knows nothing of the writer',
    async (path) => {
      const folder = path === 'osv/all.zip' ? undefined : path.slice(0, -'/all.zip'.length);
      const found = readZip(readFileSync(at('grown', path)));
      if ('refused' in found) throw new Error(found.because);
      const ids = (
        folder
          ? readdirSync(at('grown', folder))
          : [...treeAt('grown').keys()].filter((p) => /^osv\/[^/]+\/x_/.test(p)).map((p) => p.split('/')[2]!)
      ).filter((f) => /^x_.*\.json$/.test(f));
      expect(found.map((f) => f.name).sort()).toEqual([...new Set(ids)].sort());
      for (const { name, bytes } of found.slice(0, 5))
        expect(Buffer.from(bytes).toString()).toBe(
          textAt(
            'grown',
            `${folder ?? `osv/${['npm', 'PyPI', 'Debian'].find((e) => existsSync(at('grown', `osv/${e}/${name}`)))}`}/${name}`,
          ),
        );
    },
  );

  test('signs what sha256sum and sha512sum check', () => {
    const cwd = at('grown', 'csaf/white/2026');
    for (const sum of ['sha256', 'sha512'])
      expect(execFileSync(`${sum}sum`, ['-c', `bw-2026-0001.json.${sum}`], { cwd, encoding: 'utf8' })).toContain('OK');
  });

  test('pages of 256 releases end the history of what the newest feed no longer has', () => {
    expect(textAt('grown', 'atom.xml')).toContain('<link rel="prev-archive" href="https://test.example/public/atom/000000.xml"/>');
    expect(textAt('grown', 'atom/000000.xml')).toContain('<fh:archive/>');
    expect(textAt('grown', 'atom/000000.xml').match(/<entry>/g)).toHaveLength(256);
    expect(jsonAt('grown', 'jsonfeed.json').next_url).toBe('https://test.example/public/jsonfeed/000000.json');
    expect(jsonAt('grown', 'feed/000000.json')).toMatchObject({ first: 1, last: 256 });
    expect(jsonAt('grown', 'feed.json').items.at(-1).seq).toBe(267);
  });
});

describe('a tree that is damaged', () => {
  let small: TestHub;
  beforeAll(async () => {
    small = await openHub();
    await release(small.doors, from, 20);
  });
  afterAll(() => small.close());

  test.each([
    ['its marker is gone', () => rmSync(at('hurt', '.complete.json'))],
    ['its marker is no marker', () => writeFileSync(at('hurt', '.complete.json'), '{"layout":0}')],
    [
      'it is of another feed',
      () =>
        writeFileSync(at('hurt', '.complete.json'), textAt('hurt', '.complete.json').replace(/"leaf":"[0-9a-f]{8}/, '"leaf":"00000000')),
    ],
    [
      'it is ahead of the database',
      () => writeFileSync(at('hurt', '.complete.json'), textAt('hurt', '.complete.json').replace(/"size":\d+/, '"size":9999')),
    ],
    ['it is gone', () => rmSync(join(dir, 'hurt'), { recursive: true })],
  ])('%s: made anew', async (_, hurt) => {
    await publishInto('hurt', small);
    writeFileSync(at('hurt', 'csaf/white/index.txt'), 'nonsense\n');
    hurt();
    await publishInto('hurt', small);
    await publishInto('sound', small);
    expect(treeAt('hurt')).toEqual(treeAt('sound'));
  });

  test.each([
    ['csaf/white/changes.csv', 'cut within a line', (path: string) => truncateSync(path, 100)],
    [
      'csaf/feed-tlp-white.json',
      'cut after a line',
      (path: string) => writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 5).join('\n')}\n`),
    ],
    ['osv/all.zip', 'cut', (path: string) => truncateSync(path, 3000)],
    ['osv/npm/all.zip', 'empty', (path: string) => truncateSync(path, 0)],
    ['osv/PyPI/modified_id.csv', 'gone', (path: string) => rmSync(path)],
  ])('%s %s: made anew from the database with the next release', async (path, _, hurt) => {
    await publishInto('torn', small);
    hurt(at('torn', path));
    await release(small.doors, from, 8);
    await publishInto('torn', small);
    await publishInto('sound', small);
    expect(treeAt('torn')).toEqual(treeAt('sound'));
  });
});

test('what else should lie in the tree and is lost keeps the log’s word from growing old no more than the advisories from going out', async () => {
  const lost = async () => {
    throw new Error('a file is lost');
  };
  const failing = publisher(hub.doors, diskTree(join(dir, 'others')), site, () => 0, lost);
  await expect(failing.publish()).rejects.toThrow('a file is lost');
  await publishInto('without');
  for (const path of ['checkpoint', 'freshness', 'metrics.json']) expect(textAt('others', path)).toBe(textAt('without', path));
});

test('large lists are written less often, and nothing is left out', async () => {
  let nowMs = 0;
  const lazy = publisher(hub.doors, diskTree(join(dir, 'lazy')), site, () => nowMs);
  await lazy.publish('whole');
  const list = 'csaf/feed-tlp-white.json';
  // As large as the limit, and one byte larger: what lies there is not looked into before it is due.
  for (const [bytes, isWritten] of [
    [limits.promptListBytes, true],
    [limits.promptListBytes + 1, false],
  ] as const) {
    writeFileSync(at('lazy', list), Buffer.alloc(bytes, 32));
    await release(hub.doors, from, 1);
    await lazy.publish();
    expect([bytes, (jsonMaybe(textAt('lazy', list))?.feed.entry.length ?? 0) > 0]).toEqual([bytes, isWritten]);
  }
  expect(Object.keys(jsonAt('lazy', '.complete.json').behind)).toEqual([list]);
  nowMs = (1000 * (limits.promptListBytes + 1)) / limits.listBytesPerSecond - 1;
  await lazy.publish();
  expect(Object.keys(jsonAt('lazy', '.complete.json').behind)).toEqual([list]);
  nowMs += 1;
  await lazy.publish();
  await publishInto('prompt');
  expect(treeAt('lazy')).toEqual(treeAt('prompt'));
});

function jsonMaybe(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('a publication that is killed', () => {
  const moments = ['before', 'after', 'after, unanswered'] as const;
  let other: TestHub;
  beforeAll(async () => {
    other = await openHub();
    await release(other.doors, from, 8);
    await publishInto('base', other);
    await release(other.doors, from, 3);
    await publishInto('goal', other);
  });
  // What died in the middle of a transaction would hold its connection for ever.
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  afterAll(() => {
    gone.reject(new Error('the process is gone'));
    return other.close();
  });

  /**
   * A tree at whose n-th write something happens. Before: the process is gone, and the write was not made. After, unanswered: it was made,
   * and the process is gone. After: it was made, and the process is told that it failed; that one lives on.
   */
  function mortal(tree: PublicTree, killAt: number, moment: (typeof moments)[number], look: () => void) {
    let [changes, isDead] = [0, false];
    const { promise: dead, resolve: die } = Promise.withResolvers<void>();
    const never = () => gone.promise;
    const alive =
      <A extends unknown[], R>(run: (...given: A) => Promise<R>) =>
      async (...given: A): Promise<R> => {
        if (isDead) await never();
        return run(...given);
      };
    const change = <A extends unknown[]>(run: (...given: A) => Promise<void>) =>
      alive(async (...given: A) => {
        const isIt = ++changes === killAt;
        if (isIt && moment !== 'after') isDead = true;
        if (!isIt || moment !== 'before') await run(...given);
        look();
        if (!isIt) return;
        die();
        if (moment === 'after') throw new Error('the disk said no');
        await never();
      });
    const draft = alive(async (path: string) => {
      const of = await tree.draft(path);
      const finish = change(of.finish);
      return { write: alive(of.write), finish: () => (isDead ? of.abandon().then(never) : finish()), abandon: of.abandon };
    });
    return {
      tree: { ...tree, draft, show: change(tree.show), remove: change(tree.remove), settle: alive(tree.settle) },
      dead,
      changes: () => changes,
    };
  }

  /** What a reader relies on at every moment. */
  function isWhole(name: string): void {
    const note = openNote(textAt(name, 'checkpoint'), feedKey)!;
    const size = Number(note.split('\n')[1]);
    const [full, rest] = [Math.floor(size / 256), size % 256];
    for (const row of ['0', 'entries']) {
      for (let n = 0; n < full; n++) mustBe(name, `tile/${row}/${String(n).padStart(3, '0')}`);
      if (rest) mustBe(name, `tile/${row}/${String(full).padStart(3, '0')}.p/${rest}`);
    }
    for (const line of textAt(name, 'csaf/white/index.txt').trimEnd().split('\n').slice(0, 20)) mustBe(name, `csaf/white/${line}`);
    for (const line of textAt(name, 'osv/modified_id.csv').trimEnd().split('\n').slice(0, 20))
      mustBe(name, `osv/${line.split(',')[1]}.json`);
    const feed = jsonAt(name, 'csaf/feed-tlp-white.json').feed;
    for (const { href } of feed.entry.slice(0, 20).flatMap((e: { link: object[] }) => e.link)) mustBe(name, href.split('/public/')[1]);
    const own = jsonAt(name, 'feed.json');
    for (const { path } of own.items.slice(-20).flatMap((i: { documents: object[] }) => i.documents)) mustBe(name, path);
    const archive = /rel="prev-archive" href="[^"]+public\/([^"]+)"/.exec(textAt(name, 'atom.xml'))?.[1];
    if (archive) mustBe(name, archive);
  }
  const mustBe = (name: string, path: string) => {
    if (!existsSync(at(name, path))) throw new Error(`${path} is named and not there`);
  };
  let feedKey = '';

  test.each(moments)(
    '%s each of its writes: every reader sees a whole tree, and the next process completes it',
    async (moment) => {
      feedKey = jsonAt('goal', 'feed.json').key;
      const goal = treeAt('goal');
      const counted = mortal(diskTree(fresh()), Number.POSITIVE_INFINITY, 'before', () => isWhole('killed'));
      await publisher(other.doors, counted.tree, site, () => 0).publish('whole');
      const writes = counted.changes();
      expect(writes).toBeGreaterThan(80);
      // Every one near the ends, where what counts is shown; a part of the many alike in the middle.
      const kills = Array.from({ length: writes }, (_, i) => i + 1).filter((n) => n > writes - 14 || n % 23 === 0);
      for (const killAt of kills) {
        const path = fresh();
        // What a reader sees after each of the writes before it was looked at above.
        const { tree, dead } = mortal(diskTree(path), killAt, moment, () => {});
        const first = publisher(other.doors, tree, site, () => 0);
        const dying = first.publish('whole');
        dying.catch(() => {});
        // What a reader must not see ends it sooner.
        await Promise.race([dead, dying]);
        if (moment === 'after') await expect(dying).rejects.toThrow('the disk said no');
        // What the dead process had asked of the disk may still be done.
        else await new Promise((resolve) => setTimeout(resolve, 20));
        isWhole('killed');
        await (moment === 'after' ? first : publisher(other.doors, diskTree(path), site, () => 0)).publish('whole');
        expect(treeAt('killed'), `killed ${moment} write ${killAt} of ${writes}`).toEqual(goal);
      }
    },
    300_000,
  );

  function fresh(): string {
    rmSync(join(dir, 'killed'), { recursive: true, force: true });
    // Links: files are replaced, never changed.
    execFileSync('cp', ['-al', join(dir, 'base'), join(dir, 'killed')]);
    return join(dir, 'killed');
  }
});
