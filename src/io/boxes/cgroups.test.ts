import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { BoxLimits } from '../../base/doors.ts';
import { controlGroups } from './cgroups.ts';

/** An invented hierarchy: which files are written, on a machine that has the other version. */
const dir = mkdtempSync(join(tmpdir(), 'cgroups-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const limits: BoxLimits = {
  ...{ wallMs: 1000, cpuSec: 1, memoryBytes: 1 << 20, pids: 10, cpus: 0.5 },
  ...{ fileBytes: 1, openFiles: 1, tmpBytes: 1, outputBytes: 1 },
};

test('v2: the worker moves aside, then hands its controllers down', () => {
  const own = join(dir, 'v2', 'hub.service');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(dir, 'v2', 'cgroup.controllers'), 'cpu memory pids');
  writeFileSync(join(own, 'cgroup.procs'), '4242\n');
  const groups = controlGroups(join(dir, 'v2'), '/hub.service');
  expect(groups.version).toBe('v2');
  const read = (path: string) => readFileSync(join(own, path), 'utf8');
  expect(read('worker/cgroup.procs')).toBe('4242');
  // One controller a write; an invented file keeps the last.
  expect([read('cgroup.subtree_control'), read('boxes/cgroup.subtree_control')]).toEqual(['+pids', '+pids']);
  const group = groups.make('run-1', limits)!;
  expect(group.procs).toEqual([join(own, 'boxes/run-1/cgroup.procs')]);
  expect(['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.max'].map((file) => read(`boxes/run-1/${file}`))).toEqual([
    ...[String(1 << 20), '0', '1', '13', '50000 100000'],
  ]);
  writeFileSync(join(own, 'boxes/run-1/memory.events'), 'low 0\noom 2\noom_kill 1\noom_group_kill 1\n');
  writeFileSync(join(own, 'boxes/run-1/pids.events'), 'max 7\n');
  writeFileSync(join(own, 'boxes/run-1/cpu.stat'), 'usage_usec 99\nuser_usec 1\n');
  writeFileSync(join(own, 'boxes/run-1/memory.peak'), '4096\n');
  expect(group.counters()).toEqual({ oomKills: 1, pidsRefused: 7, cpuUs: 99, peakBytes: 4096 });
  group.kill();
  expect(read('boxes/run-1/cgroup.kill')).toBe('1');
});

test('v1: one group in each controller', () => {
  for (const controller of ['memory', 'pids', 'cpu', 'cpuacct']) mkdirSync(join(dir, 'v1', controller), { recursive: true });
  writeFileSync(join(dir, 'v1', 'memory', 'memory.limit_in_bytes'), '');
  const groups = controlGroups(join(dir, 'v1'), '/');
  expect(groups.version).toBe('v1');
  expect(groups.make('run-1', limits)!.procs).toHaveLength(4);
  const read = (path: string) => readFileSync(join(dir, 'v1', path), 'utf8');
  expect(read('memory/breakwater/run-1/memory.limit_in_bytes')).toBe(String(1 << 20));
  expect(read('pids/breakwater/run-1/pids.max')).toBe('13');
  expect(read('cpu/breakwater/run-1/cpu.cfs_quota_us')).toBe('50000');
});

test('none: it says so', () => {
  writeFileSync(join(dir, 'file'), '');
  const groups = controlGroups(join(dir, 'file'), '/');
  expect([groups.version, groups.make('x', limits)]).toEqual(['none', undefined]);
  expect(existsSync(join(dir, 'file', 'memory'))).toBe(false);
});
