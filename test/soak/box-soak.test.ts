import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { leftovers } from '../box/ending.ts';
import { absent, kitOf } from '../box/kit.ts';

const runs = 500;
if (absent.bubblewrap) console.warn(`500 boxes skipped: \`${absent.bubblewrap}\``);

/** Directories of control groups with this store's name: the first eight digits of each say whose they are. */
const groups = () => {
  const bases = ['memory', 'pids', 'cpu', 'cpuacct'].map((name) => `/sys/fs/cgroup/${name}/breakwater`);
  return bases.flatMap((base) =>
    listed(base)
      .filter((name) => /^[0-9a-f]{8}-\d+$/.test(name))
      .map((name) => `${base}/${name}`),
  );
};
const listed = (dir: string) => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};
const children = () =>
  listed('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => statOf(pid))
    .filter((fields) => fields[1] === String(process.pid));
const statOf = (pid: string): string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};

test.skipIf(absent.bubblewrap !== false)(
  '500 boxes of all kinds leave no process, zombie, group, mount, file or descriptor behind',
  async () => {
    const kit = kitOf('bubblewrap');
    expect((await kit.box.probe()).usable).toBe(true);
    const tree = await kit.treeOf({ 'a.txt': 'one' });
    await kit.evil('exit 0');
    const before = { descriptors: listed('/proc/self/fd').length, children: children().length, trees: listed(`${kit.dir}/store/trees`) };
    const kinds = [
      () => kit.evil('exit 0'),
      () => kit.evil('signal 11', { collect: '/reports' }),
      () => kit.evil('traps', { collect: '/reports' }),
      () => kit.evil('grandchild'),
      () => kit.evil('fork 20'),
      () => kit.evil('sleep', { limits: { wallMs: 150 } }),
      () => kit.evil('print 999999'),
      () => kit.sh('echo x > /src/b; exit 1', { trees: [{ tree, at: '/src', writable: true }], keep: '/src' }),
      () => kit.run(['/nowhere']),
      () => kit.evil('kill-init'),
    ];
    const ends = new Map<string, number>();
    let next = 0;
    const lane = async () => {
      for (let n = next++; n < runs; n = next++) {
        const { end } = await kinds[n % kinds.length]!();
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    };
    const mine = new Set(groups());
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(Object.fromEntries(ends)).toEqual({ exited: 250, signalled: 50, timeout: 50, 'output-limit': 50, 'box-failed': 50, killed: 50 });
    expect(leftovers(`${kit.dir}/store`)).toEqual([]);
    expect(listed(`${kit.dir}/store/trees`)).toEqual(before.trees);
    // Other stores on this machine come and go; ours alone is asked for.
    const name = kit.groupsOf();
    for (let i = 0; i < 100 && groups().some((group) => group.includes(name)); i++) await wait(20);
    expect(groups().filter((group) => group.includes(name) && !mine.has(group))).toEqual([]);
    expect(children().length).toBeLessThanOrEqual(before.children);
    expect(listed('/proc/self/fd').length).toBeLessThanOrEqual(before.descriptors + 2);
    kit.close();
  },
);
