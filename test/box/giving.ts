import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import { type Kit, openBox, out, type Probe } from './kit.ts';
import { mib } from './kit-specs.ts';

const forged = '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1';
const most = { collect: '/reports', limits: { fileBytes: 16 * mib } };
const writable = async (kit: Kit, files: Record<string, string> = { 'a.txt': 'one' }) => ({
  trees: [{ tree: await kit.treeOf(files), at: '/src', writable: true }],
  keep: '/src',
});

/** Files: what a box is given, and what comes back. */
export const giving: readonly Probe[] = [
  {
    tries: 'files with no bytes, odd bytes, 5 MiB, blanks and letters of others in their names, deep paths',
    must: 'read as they were given',
    happens: async ({ run }) => {
      const given: Record<string, Buffer> = {
        '/input/empty': Buffer.alloc(0),
        '/input/odd': Buffer.from([0xc3, 0x28, 0, 10, 13]),
        '/input/large': Buffer.alloc(5_000_000, 0xc3),
        '/input/file with space': Buffer.from('to the moon'),
        '/input/ё✨/глубоко/a/b/c': Buffer.from('✨☽︎✨🚀'),
      };
      for (const [at, bytes] of Object.entries(given)) {
        const result = await run(['/bin/cat', at], { files: [{ at, bytes }], limits: { outputBytes: 6_000_000 } });
        expect([at, result.end, Buffer.from(result.stdout).equals(bytes)]).toEqual([at, 'exited', true]);
      }
      return `${Object.keys(given).length} of ${Object.keys(given).length} as given`;
    },
  },
  {
    tries: 'write to, remove, rename, chmod a given file; make one beside it',
    must: 'refused, its bytes unchanged',
    happens: async ({ sh }) => {
      const files = [{ at: '/input/x', bytes: Buffer.from('given') }];
      const result = await sh(
        'for c in "echo y > /input/x" "rm -f /input/x" "mv /input/x /input/y" "chmod 777 /input/x" "touch /input/new"; do sh -c "$c" 2>/dev/null && echo "DONE $c"; done; cat /input/x',
        { files },
      );
      expect(out(result)).toBe('given');
      return 'five refused';
    },
  },
  {
    tries: 'execute a given file with and without the right',
    must: 'as the spec says',
    happens: async ({ run }) => {
      const bytes = Buffer.from('#!/bin/sh\nexit 5\n');
      expect(await run(['/input/s'], { files: [{ at: '/input/s', bytes, executable: true }] })).toMatchObject({ end: 'exited', exit: 5 });
      expect((await run(['/input/s'], { files: [{ at: '/input/s', bytes }] })).end).toBe('box-failed');
      return 'exited 5; box-failed';
    },
  },
  {
    tries: 'write into a kept tree',
    must: 'refused; the tree is the same',
    happens: async ({ sh, treeOf, fileIn }) => {
      const tree = await treeOf({ 'a.txt': 'one' });
      expect((await sh('echo x > /src/a.txt || touch /src/b', { trees: [{ tree, at: '/src' }] })).exit).not.toBe(0);
      expect(await fileIn(tree, 'a.txt')).toBe('one');
      return 'refused';
    },
  },
  {
    tries: 'change a private copy and fail; change it and succeed, twice',
    must: 'nothing kept; the same new tree both times, the old as it was',
    happens: async (kit) => {
      const more = await writable(kit);
      const script = 'echo two > /src/a.txt; mkdir -p /src/d; ln -s ../a.txt /src/d/l; cp /bin/true /src/t; chmod 755 /src/t';
      expect((await kit.sh(`${script}; exit 1`, more)).kept).toBeUndefined();
      const kept = await kit.sh(script, more);
      expect(kept.kept).toMatch(/^tree_[0-9a-f]{64}$/);
      expect(await kit.fileIn(kept.kept!, 'a.txt')).toBe('two\n');
      expect(await kit.fileIn(more.trees[0]!.tree, 'a.txt')).toBe('one');
      expect(isRefusal(await kit.trees.read(kept.kept!, 'd/l'))).toBe(true);
      expect((await kit.sh(script, more)).kept).toBe(kept.kept);
      return 'nothing; one digest twice';
    },
  },
  ...[
    ['a link to /etc/passwd', 'ln -s /etc/passwd /src/l'],
    ['a link out by ../..', 'ln -s ../../x /src/l'],
    ['a pipe', 'mkfifo /src/p'],
    ['a socket', '/hostile socket-at /src/s'],
    ['a file of 65 MiB that has holes', 'truncate -s 68157440 /src/h'],
    ['directories deeper than 64', 'cd /src; i=0; while [ $i -lt 70 ]; do mkdir d; cd d; i=$((i+1)); done'],
  ].map(
    ([what, trap]): Probe => ({
      tries: `leave ${what} in a tree to be kept`,
      must: 'not kept, and said why',
      happens: async (kit) => {
        const more = await writable(kit);
        const result = await kit.sh(trap!, { ...more, limits: { fileBytes: 256 * mib } });
        // gVisor keeps pipes and sockets to itself: on the host there is none.
        if (!kit.isShared && result.kept === more.trees[0]!.tree) return 'never reaches the host: the tree is as it was';
        expect(result.kept).toBeUndefined();
        expect([result.end, result.because]).toEqual(['box-failed', expect.stringMatching(/cannot keep \/src/)]);
        return result.because!.replace('cannot keep /src: ', '');
      },
    }),
  ),
  {
    tries: 'leave a hard link, a set-user-ID file, a directory without rights and a name with a line end in it',
    must: 'plain files and directories without special bits',
    happens: async (kit) => {
      const script =
        'ln /src/a.txt /src/hard; cp /usr/bin/id /src/id; chmod 4755 /src/id; mkdir /src/shut; touch /src/shut/f; touch "/src/a\nb"; chmod 0 /src/shut';
      const { kept, end } = await kit.sh(script, await writable(kit));
      if (!kept) return `not kept: ${end}`;
      expect(await kit.fileIn(kept, 'hard')).toBe('one');
      const mode = await kit.run(['/usr/bin/find', '/src', '-perm', '/6000'], { trees: [{ tree: kept, at: '/src' }] });
      expect(out(mode)).toBe('');
      return 'kept without the bits';
    },
  },
  {
    tries: 'a workspace: written by one run, read by the next, by another owner, and after it was discarded',
    must: "its owner's alone, gone when discarded",
    happens: async ({ sh, box }) => {
      const at = (owner: string) => ({ workspace: { owner, at: '/space', maxBytes: 2 * mib } });
      expect((await sh('echo kept > /space/f', at('agent'))).exit).toBe(0);
      expect(out(await sh('cat /space/f', at('agent')))).toBe('kept\n');
      expect((await sh('cat /space/f', at('other'))).exit).not.toBe(0);
      await box.discard('agent');
      expect((await sh('cat /space/f', at('agent'))).exit).not.toBe(0);
      return 'kept; not seen; gone';
    },
  },
  {
    tries: 'the same key from another worker; a key that is a path',
    must: 'the same build; none',
    happens: async ({ box, dir, driver, trees, treeOf }) => {
      const tree = await treeOf({ 'a.txt': 'cached' });
      const key = 'ab'.repeat(32);
      expect(await box.cached(key)).toBeUndefined();
      await box.remember(key, tree);
      expect(await openBox(driver, join(dir, 'store'), trees).cached(key)).toBe(tree);
      expect(await box.cached('../../etc/passwd')).toBeUndefined();
      return 'the same; none';
    },
  },
  {
    tries: 'a file of a kept tree as large as is shown, and one byte more; a chain of links out of it',
    must: 'shown; too large; not found',
    happens: async ({ dir, trees }) => {
      const from = join(dir, 'shown');
      mkdirSync(from);
      for (const [name, bytes] of [
        ['fits', limits.reportFileBytes],
        ['not', limits.reportFileBytes + 1],
      ] as const) {
        writeFileSync(join(from, name), '');
        truncateSync(join(from, name), bytes);
      }
      const tree = await trees.add(from);
      if (isRefusal(tree)) throw new Error(tree.because);
      const codes = await Promise.all(['fits', 'not', '../x', 'fits/..'].map((path) => trees.read(tree, path)));
      expect(codes.map((c) => (isRefusal(c) ? c.code : 'shown'))).toEqual(['shown', 'too_large', 'malformed', 'malformed']);
      return 'shown; too_large; malformed';
    },
  },
  {
    tries: '16 reports, 17, one of 1 MiB, one of a byte more',
    must: '16, 16, whole, cut',
    happens: async ({ evil }) => {
      const sizes = async (words: string) => (await evil(words, most)).reports.map((r) => r.bytes.length);
      expect(await sizes('reports 16 1000')).toEqual(Array(limits.reportFiles).fill(1000));
      expect(await sizes('reports 17 10')).toHaveLength(limits.reportFiles);
      expect(await sizes(`reports 1 ${limits.reportFileBytes}`)).toEqual([limits.reportFileBytes]);
      expect(await sizes(`reports 1 ${limits.reportFileBytes + 1}`)).toEqual([limits.reportFileBytes]);
      return '16, 16, 1048576, 1048576 bytes';
    },
  },
  {
    tries: 'links, pipes, sockets, devices, directories, names with line ends and a sparse file among the reports',
    must: 'only plain files come back, none followed, none waited for',
    happens: async ({ evil }) => {
      const result = await evil('traps', most);
      expect(result.end).toBe('exited');
      const names = result.reports.map((r) => r.name);
      for (const bad of ['link', 'up', 'dangling', 'fifo', 'socket', 'block', 'directory']) expect(names).not.toContain(bad);
      expect(result.reports.find((r) => r.name === 'r0')).toMatchObject({ bytes: Buffer.from('rrrr') });
      for (const { name, bytes } of result.reports) {
        expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
        expect(bytes.length).toBeLessThanOrEqual(limits.reportFileBytes);
      }
      return names.join(', ');
    },
  },
  {
    tries: "print a sanitizer's report and exit 86",
    must: 'no report',
    happens: async ({ sh }) => {
      const result = await sh(`echo "${forged}"; echo "${forged}" >&2; exit 86`, { collect: '/reports' });
      expect(result).toMatchObject({ end: 'exited', exit: 86, reports: [] });
      return 'exited 86, no report';
    },
  },
  {
    tries: 'a grandchild that goes on writing reports after the target ended',
    must: 'dead before they are read',
    happens: async ({ evil }) => {
      const result = await evil('grandchild /reports/late', most);
      expect(result).toMatchObject({ end: 'exited', exit: 0 });
      for (const { bytes } of result.reports) expect(Buffer.from(bytes).toString().replaceAll('late\n', '')).toBe('');
      return `${result.reports.length} whole`;
    },
  },
  {
    tries: 'fill the directory of the reports',
    must: 'ENOSPC; what fitted comes back within the limits',
    happens: async ({ sh }) => {
      const result = await sh('for i in 1 2 3 4 5 6; do head -c 4194304 /dev/zero > /reports/f$i || echo full; done', most);
      expect(out(result)).toContain('full');
      expect(result.reports.every((r) => r.bytes.length <= limits.reportFileBytes)).toBe(true);
      return `full; ${result.reports.length} reports of at most 1 MiB`;
    },
  },
];
