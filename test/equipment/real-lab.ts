import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Box, Sources } from '../../src/base/doors.ts';
import { insist, isRefusal, refuse } from '../../src/base/refusal.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { conclude } from '../../src/lab/conclude.ts';
import type { Evidence } from '../../src/lab/evidence.ts';
import { prepare } from '../../src/lab/experiment.ts';
import { verifyPatch } from '../../src/lab/fix/run.ts';
import type { PatchEvidence, PatchVerdict } from '../../src/lab/fix.ts';
import { type FunctionalTest, parseRecipe, type Recipe } from '../../src/lab/recipe.ts';
import { runExperiment } from '../../src/lab/run.ts';
import type { Verdict } from '../../src/lab/verdict.ts';

/** Path → content of a source tree. */
export type Tree = Readonly<Record<string, string>>;

interface Trial {
  /** Members of a recipe, over those of a driver's that are always the same. */
  readonly recipe: object;
  readonly vulnerable: Tree;
  readonly fixed?: Tree;
  readonly poc: string | Uint8Array;
  readonly runs?: number;
}

interface Mending extends Omit<Trial, 'fixed' | 'runs'> {
  readonly series: readonly string[];
  readonly ownTests?: readonly FunctionalTest[];
}

interface RealLab {
  readonly box: Box;
  /** Why nothing can be run here; empty when it can. */
  readonly missing: string;
  try(trial: Trial): Promise<{ verdict: Verdict; evidence: Evidence }>;
  /** A series of patches on the vulnerable tree. */
  mend(trial: Mending): Promise<{ verdict: PatchVerdict; evidence: PatchEvidence }>;
  close(): void;
}

/** Real boxes over sources that are written down in the test: version 1 is the vulnerable tree, 2 the fixed. */
export function realLab(): RealLab {
  const dir = mkdtempSync(join(tmpdir(), 'real-lab-'));
  const trees = treeStore(join(dir, 'trees'));
  const box = bubblewrapBox({ dir, trees });
  const observers = diskRecipes(join(import.meta.dirname, '../../recipes')).observers();
  const keep = async (tree: Tree) => {
    const at = mkdtempSync(join(dir, 'source-'));
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(join(at, dirname(path)), { recursive: true });
      writeFileSync(join(at, path), text);
    }
    return insist(await trees.add(at));
  };
  return {
    box,
    missing: existsSync('/usr/bin/bwrap') ? '' : 'bubblewrap is missing: `apt-get install -y bubblewrap clang`',
    async mend({ recipe, vulnerable, poc, series, ownTests = [] }) {
      const tree = await keep(vulnerable);
      const sources: Sources = {
        fetch: async () => ({ tree, archives: [] }),
        read: async () => refuse('not_found', 'nothing is read here'),
        history: async () => refuse('not_found', 'nothing has a history here'),
      };
      const patches = series.map((text) => Buffer.from(text));
      return insist(
        await verifyPatch(wholeOf(recipe), patches, [Buffer.from(poc)], { files: {}, observers, runs: 1, ownTests }, { box, sources }),
      );
    },
    async try({ recipe, vulnerable, fixed, poc, runs = 2 }) {
      const kept = { '1': await keep(vulnerable), '2': fixed && (await keep(fixed)) };
      const sources: Sources = {
        fetch: async (source) => ({ tree: kept[(source as { version: '1' | '2' }).version]!, archives: [] }),
        read: async () => refuse('not_found', 'nothing is read here'),
        history: async () => refuse('not_found', 'nothing has a history here'),
      };
      const whole = wholeOf({ ...(fixed ? { variants: { vulnerable: version('1'), fixed: version('2') } } : {}), ...recipe });
      const spec = insist(prepare(whole, Buffer.from(poc), { files: {}, observers, runs }));
      const evidence = await runExperiment(spec, { box, sources });
      return { verdict: conclude(spec, evidence), evidence };
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const version = (version: string) => ({ kind: 'npm', package: 'flawed', version });

function wholeOf(recipe: object): Recipe {
  const whole = parseRecipe(
    stringify({
      ...{ id: 'flawed', title: 'A flaw', target: { ecosystem: 'npm', purl: 'pkg:npm/flawed' } },
      vulnerability: { id: 'CVE-2026-0001', weaknesses: [] },
      variants: { vulnerable: version('1') },
      control: 'control',
      ...recipe,
    }),
  );
  if (isRefusal(whole)) throw new Error(`${whole.because} at ${whole.at}`);
  return whole;
}

/** A tree with the package `flawed`. */
export const flawedPackage = (index: string): Tree => ({
  'node_modules/flawed/index.js': index,
  'node_modules/flawed/package.json': '{"name":"flawed","version":"1.0.0"}',
});
