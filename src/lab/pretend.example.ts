import type { Box, BoxResult, BoxSpec, Sources, TreeId } from '../base/doors.ts';
import { refuse } from '../base/refusal.ts';
import { exampleRecipe } from './recipe.example.ts';
import type { LabDoors } from './run.ts';

/** Pretended boxes for tests of the lab's verbs: a source is built into a tree of its own name, and a rule says where an input crashes on it. */
export const pretendTree = (digit: string): TreeId => `tree_${digit.repeat(64)}`;
const silent: BoxResult = {
  ...{ end: 'exited', exit: 0, signal: null, oomKills: 0, pidsRefused: 0, wallMs: 1, cpuUs: 1, peakBytes: 1 },
  ...{ stdout: new Uint8Array(), stderr: new Uint8Array(), reports: [] },
};

interface PretendRun {
  readonly tree: TreeId;
  readonly input: string;
  readonly argv: readonly string[];
}
/** A function in which it crashes, `''` for silence (and for a test that prints what it must), or how the box ends instead. */
export type Rule = (run: PretendRun) => string | Partial<BoxResult>;

interface PretendDoors extends LabDoors {
  readonly asked: BoxSpec[];
}

export function pretendDoors(
  rule: Rule,
  sources: Partial<Sources> = {},
  keep: (spec: BoxSpec) => TreeId | undefined = () => undefined,
): PretendDoors {
  const asked: BoxSpec[] = [];
  const builds = new Map<string, TreeId>();
  const box: Box = {
    id: 'rehearsed',
    probe: async () => ({
      ...{ usable: true, isolation: 'none', missing: [] },
      enforced: { memory: true, pids: true, cpu: true, disk: true, net: true, seccomp: true },
    }),
    run: async (spec, signal) => {
      asked.push(spec);
      if (signal?.aborted) return { ...silent, end: 'killed', exit: null };
      if (spec.keep) {
        const kept = keep(spec) ?? spec.trees[0]!.tree;
        return { ...silent, kept };
      }
      // Taken apart, it has one function, which asks the sanitizer.
      if (spec.argv[3] === 'sight') return { ...silent, stdout: Buffer.from('1 0 3 3 9 parse\n') };
      if (spec.argv[3] === 'immutable') return silent;
      const input = Buffer.from(spec.files.find((file) => file.at === '/input/poc')?.bytes ?? []).toString('latin1');
      const said = rule({ tree: spec.trees[0]!.tree, input, argv: spec.argv });
      if (typeof said === 'object') return { ...silent, ...said };
      return said === ''
        ? { ...silent, stdout: Buffer.from(spec.argv[1] === 'test' ? exampleRecipe.tests[0]!.stdout : '') }
        : { ...silent, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(reportOf(said, isNamed(spec))) }] };
    },
    discard: async () => {},
    cached: async (key) => builds.get(key),
    remember: async (key, tree) => void builds.set(key, tree),
    reap: async () => 0,
  };
  return {
    box,
    asked,
    sources: {
      fetch: async (source) => ({ tree: pretendTree(source.kind === 'debian' && source.including ? '2' : '1'), archives: [] }),
      history: async () => refuse('unsupported', 'no history'),
      read: async () => refuse('not_found', 'nothing'),
      ...sources,
    },
  };
}

const isNamed = (spec: BoxSpec) => spec.env.ASAN_OPTIONS?.includes('symbolize=1') ?? false;

/** As AddressSanitizer writes it, with an address of its own for each function. */
function reportOf(place: string, named: boolean): string {
  const at = `0x${Buffer.from(place).toString('hex').slice(0, 12)}`;
  const frame = named ? `    #0 ${at} in ${place} /src/x.c:1:2` : `    #0 ${at}  (/src/target+0x2)`;
  return `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2 bp 0x3 sp 0x4\nREAD of size 1 at 0x1 thread T0\n${frame}\n`;
}
