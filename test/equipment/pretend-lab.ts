import { sha256 } from '../../src/base/canonical.ts';
import type { Box, BoxSpec, Recipes, Sources, TreeId } from '../../src/base/doors.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';

/** Bytes that "crash" each recipe's vulnerable build. */
export type Flaws = Readonly<Record<string, string>>;

export interface PretendLab {
  readonly box: Box;
  readonly sources: Sources;
  readonly recipes: Recipes;
  /** Every spec that was run. */
  readonly ran: BoxSpec[];
  readonly discarded: string[];
  /** Makes every box of an agent fail from now on. */
  failAgents(because: string): void;
}

/**
 * A lab for tests of the flow: a shell that knows just enough to keep a file and hand it back, and targets that hang on one input.
 * Nothing real is run; test/slow does that.
 */
export function pretendLab(flaws: Flaws): PretendLab {
  const ran: BoxSpec[] = [];
  const discarded: string[] = [];
  const workspaces = new Map<string, Buffer>();
  let failing: string | undefined;
  const rehearsed = rehearsedBox((spec) => {
    ran.push(spec);
    if (spec.profile !== 'agent') return target(spec);
    if (failing) return { ...uneventful, end: 'box-failed', exit: null, because: failing };
    const written = /printf %s '([A-Za-z0-9+/=]*)' \| base64 -d/.exec(spec.argv[2] ?? '');
    const owner = spec.workspace!.owner;
    if (written) workspaces.set(owner, Buffer.from(written[1]!, 'base64'));
    if (spec.argv[0] !== '/usr/bin/head') return { ...uneventful, stdout: Buffer.from('as pretended\n') };
    const kept = workspaces.get(owner);
    return kept ? { ...uneventful, stdout: kept } : { ...uneventful, exit: 1, stderr: Buffer.from('head: cannot open\n') };
  });
  const target = (spec: BoxSpec) => {
    const input = Buffer.from(spec.files.find((f) => f.at === '/input/poc')?.bytes ?? []).toString();
    const on = spec.trees[0]!.tree;
    // Another flaw, that the fixed build has too, hangs on whatever begins with "other".
    const hangs = Object.entries(flaws).some(([name, bytes]) => {
      const isVulnerable = on === pretendTree(name, '1');
      return (isVulnerable && input === bytes) || ((isVulnerable || on === pretendTree(name, '2')) && input.startsWith('other'));
    });
    return hangs ? { ...uneventful, end: 'cpu-limit' as const, exit: null, signal: 24 } : uneventful;
  };
  return {
    ran,
    discarded,
    box: { ...rehearsed, discard: async (owner) => void discarded.push(owner) },
    sources: {
      async fetch(source) {
        if (source.kind !== 'npm') throw new Error('not in this test');
        const tree = pretendTree(source.package, source.version);
        return { tree, archives: [] };
      },
      history: () => Promise.reject(new Error('not in this test')),
      read: () => Promise.reject(new Error('not in this test')),
    },
    recipes: {
      all: () =>
        Object.entries(flaws).map(([id, flaw]) => {
          const files = { control: Buffer.from('fine'), shown: Buffer.from(flaw), kept: Buffer.from('kept back') };
          return { id, text: recipe(id), files };
        }),
      observers: () => ({}),
    },
    failAgents(because) {
      failing = because;
    },
  };
}

export function pretendTree(name: string, version: string): TreeId {
  return `tree_${sha256(`${name} ${version}`)}`;
}

function recipe(id: string): string {
  return JSON.stringify({
    id,
    title: id,
    target: { ecosystem: 'npm', purl: `pkg:npm/${id}` },
    vulnerability: { id: 'TEST-1', weaknesses: [] },
    variants: { vulnerable: { kind: 'npm', package: id, version: '1' }, fixed: { kind: 'npm', package: id, version: '2' } },
    run: { argv: ['/src/target', '{poc}'] },
    oracle: { kind: 'hang' },
    control: 'control',
    pocs: ['shown', 'kept'],
  });
}
