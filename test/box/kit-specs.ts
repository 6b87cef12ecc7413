import type { BoxLimits, BoxSpec } from '../../src/base/doors.ts';

export const mib = 1 << 20;
export const bounds: BoxLimits = {
  wallMs: 20_000,
  cpuSec: 5,
  memoryBytes: 128 * mib,
  pids: 24,
  cpus: 1,
  fileBytes: 8 * mib,
  openFiles: 64,
  tmpBytes: 4 * mib,
  outputBytes: 64 * 1024,
};
export type More = Partial<Omit<BoxSpec, 'limits'>> & { readonly limits?: Partial<BoxLimits> };

export function specOf(hostile: Uint8Array, argv: readonly string[], more: More): BoxSpec {
  const files = [...(more.files ?? []), { at: '/hostile', bytes: hostile, executable: true }];
  return { cwd: '/tmp', env: {}, trees: [], profile: 'poc', ...more, argv, files, limits: { ...bounds, ...more.limits } };
}
