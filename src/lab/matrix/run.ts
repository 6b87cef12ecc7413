import type { Box, TreeId } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { recordRun } from '../evidence.ts';
import { runBox } from '../experiment.ts';
import { patchBox, testBox } from '../fix.ts';
import { sourceOf } from '../recipe.ts';
import { build, howItEnded, type LabDoors } from '../run.ts';
import { see } from '../see.ts';
import type { BuiltColumn, CellRun, MatrixEvidence } from './evidence.ts';
import { cellsOf, columnsOf, type PinnedMatrix, type PlannedCell, type PlannedColumn, specAt, specOf } from './plan.ts';

/** Every input on every build, every functional test on every build. It decides nothing: see conclude.ts. */
export async function runMatrix(plan: PinnedMatrix, doors: LabDoors, onProgress: (of: string) => void = () => {}): Promise<MatrixEvidence> {
  const evidence: MatrixEvidence = { matrixDigest: plan.digest, provider: doors.box.id, columns: [], runs: [] };
  for (const [at, column] of columnsOf(plan).entries()) {
    onProgress(column.name);
    const built = await buildColumn(plan, column, evidence.columns, doors);
    evidence.columns.push(built);
    for (const [recipe, { tree }] of built.builds.entries()) {
      if (tree) evidence.runs.push(...(await runColumn(plan, cellsOf(plan, at, recipe), tree, doors.box)));
    }
  }
  return evidence;
}

async function buildColumn(
  plan: PinnedMatrix,
  column: PlannedColumn,
  before: readonly BuiltColumn[],
  doors: LabDoors,
): Promise<BuiltColumn> {
  const source = await sourceFor(plan, column, before, doors);
  if (isRefusal(source)) return { source: null, failure: source.because, builds: [] };
  const builds: BuiltColumn['builds'] = [];
  for (const recipe of plan.recipes.keys()) {
    const built = await build(specOf(plan, recipe), source, doors.box);
    builds.push(isRefusal(built) ? { key: null, tree: null, failure: built.because } : { key: built.key, tree: built.tree, failure: null });
  }
  return { source, failure: null, builds };
}

async function sourceFor(
  plan: PinnedMatrix,
  { fix, base, recipe }: PlannedColumn,
  before: readonly BuiltColumn[],
  doors: LabDoors,
): Promise<TreeId | Refusal> {
  if (!fix?.patch) {
    const fetched = await doors.sources.fetch(sourceOf(plan.recipes[recipe]!, fix ? 'fixed' : 'vulnerable')!);
    return isRefusal(fetched) ? fetched : fetched.tree;
  }
  if (fix.refused !== null) return refuse('not_permitted', fix.refused);
  const unpatched = before[base!]?.source;
  if (!unpatched) return refuse('unavailable', 'there is no unpatched source to apply it to');
  const applied = await doors.box.run(patchBox(specOf(plan, recipe), unpatched, fix.patch));
  return applied.kept ?? refuse('unavailable', `the patch does not apply: patch ${howItEnded(applied)}`);
}

async function runColumn(plan: PinnedMatrix, cells: readonly PlannedCell[], tree: TreeId, box: Box): Promise<CellRun[]> {
  const runs: CellRun[] = [];
  const named = new Set<number>();
  for (const cell of cells) {
    const run = await runCell(plan, cell, tree, box, false);
    runs.push(run);
    const { oracle } = plan.recipes[cell.recipe]!;
    if (cell.row === null || named.has(cell.row) || oracle.kind !== 'sanitizer') continue;
    if (see(specAt(plan, cell), run).saw !== 'crash') continue;
    // Symbolising costs ten times a run: once for each input that crashed on this build.
    named.add(cell.row);
    runs.push(await runCell(plan, cell, tree, box, true));
  }
  return runs;
}

async function runCell(plan: PinnedMatrix, cell: PlannedCell, tree: TreeId, box: Box, symbolize: boolean): Promise<CellRun> {
  const spec = specAt(plan, cell);
  const { column, recipe, row, test, input, index } = cell;
  const run = { variant: columnVariant(plan, column), input, index };
  const functional = test === null ? undefined : spec.recipe.tests[test]!;
  const asked = functional ? testBox(spec, tree, functional) : runBox(spec, tree, run, symbolize);
  return { column, recipe, row, test, ...recordRun(run, symbolize, asked.argv, await box.run(asked)) };
}

function columnVariant(plan: PinnedMatrix, column: number): 'vulnerable' | 'fixed' {
  return columnsOf(plan)[column]!.base === null ? 'vulnerable' : 'fixed';
}
