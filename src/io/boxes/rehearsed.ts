import type { Box, BoxResult, BoxSpec, TreeId } from '../../base/doors.ts';

/** What a box answers unless the script says otherwise: exit 0, silent. */
export const uneventful: BoxResult = {
  end: 'exited',
  exit: 0,
  signal: null,
  oomKills: 0,
  pidsRefused: 0,
  wallMs: 1,
  cpuUs: 1000,
  peakBytes: 1 << 20,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  reports: [],
};

/** A box for tests that runs nothing: `script` says how each run ends. */
export function rehearsedBox(script: (spec: BoxSpec) => BoxResult | Promise<BoxResult>): Box {
  const remembered = new Map<string, TreeId>();
  const enforced = { memory: true, pids: true, cpu: true, disk: true, net: true, seccomp: true };
  return {
    id: 'rehearsed',
    probe: async () => ({ usable: true, isolation: 'none', enforced, missing: [] }),
    run: async (spec) => script(spec),
    discard: async () => {},
    cached: async (key) => remembered.get(key),
    remember: async (key, tree) => {
      remembered.set(key, tree);
    },
    reap: async () => 0,
  };
}
