import { digestOf, sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { defaultRuns, type Input, type Pinned, type PrepareOptions, prepare } from '../experiment.ts';
import { checkPatch } from '../patch.ts';
import { type Recipe, sourceOf } from '../recipe.ts';

/** What is asked: inputs of several sides (findings), each under its recipe, and the fixes to try them on. */
export interface Asked {
  readonly recipes: readonly {
    readonly recipe: Recipe;
    readonly files: PrepareOptions['files'];
    readonly observers?: PrepareOptions['observers'];
  }[];
  /** `recipe` is an index; `of` names the side. */
  readonly pocs: readonly { readonly of: string; readonly recipe: number; readonly bytes: Uint8Array }[];
  /** On the recipe's unpatched source; without a patch it is the recipe's own fixed variant. */
  readonly fixes: readonly { readonly of: readonly string[]; readonly recipe: number; readonly patch: Uint8Array | null }[];
  readonly runs?: number;
}

interface PinnedFix {
  readonly name: string;
  readonly of: readonly string[];
  readonly recipe: number;
  readonly patch: Uint8Array | null;
  /** Why it is not even applied. */
  readonly refused: string | null;
}

/** A matrix, complete: nothing that happens later can change what was asked. */
export interface PinnedMatrix {
  /** Of everything below. */
  readonly digest: string;
  readonly runs: number;
  readonly recipes: readonly Recipe[];
  readonly rows: readonly { readonly name: string; readonly of: string; readonly recipe: number; readonly spec: Pinned }[];
  readonly fixes: readonly PinnedFix[];
}

/** A build to be had: the unpatched source of a recipe, or that with a fix. */
export interface PlannedColumn {
  readonly name: string;
  readonly of: readonly string[];
  /** Index of the unpatched column; null = it is one. */
  readonly base: number | null;
  readonly recipe: number;
  readonly fix: PinnedFix | null;
}

/** One run on one build. `row` for an input of somebody's, `test` for a functional test, neither for the recipe's own control and self-check. */
export interface PlannedCell {
  readonly column: number;
  readonly recipe: number;
  readonly row: number | null;
  readonly test: number | null;
  readonly input: Input;
  readonly index: number;
}

export function prepareMatrix(asked: Asked): PinnedMatrix | Refusal {
  const { recipes } = asked;
  const fixes = mergeFixes(asked);
  if (asked.pocs.length > limits.matrixPocs) return refuse('too_many', `at most ${limits.matrixPocs} inputs`, 'pocs');
  if (fixes.length > limits.matrixFixes) return refuse('too_many', `at most ${limits.matrixFixes} fixes`, 'fixes');
  const runs = asked.runs ?? defaultRuns;
  const rows: PinnedMatrix['rows'][number][] = [];
  for (const { of, recipe, bytes } of asked.pocs) {
    const { recipe: under, ...files } = recipes[recipe]!;
    const spec = prepare(under, bytes, { ...files, runs });
    if (isRefusal(spec)) return spec;
    rows.push({ name: spec.poc.sha256.slice(0, 12), of, recipe, spec });
  }
  const idle = recipes.findIndex((_, i) => !rows.some((row) => row.recipe === i));
  if (idle >= 0) return refuse('malformed', `no input is of the recipe ${recipes[idle]!.recipe.id}`, 'recipes');
  const plan = { runs, recipes: recipes.map((_, i) => rows.find((row) => row.recipe === i)!.spec.recipe), rows, fixes };
  return { digest: digestOfMatrix(plan), ...plan };
}

/** Recomputed wherever a plan comes back. */
export function digestOfMatrix({ runs, rows, fixes }: Omit<PinnedMatrix, 'digest'>): string {
  return digestOf({
    runs,
    rows: rows.map(({ of, recipe, spec }) => ({ of, recipe, experiment: spec.digest })),
    fixes: fixes.map(({ of, recipe, patch }) => ({ of, recipe, patch: patch && sha256(patch) })),
  });
}

/** The same change handed in by two is one fix of both. */
function mergeFixes({ recipes, fixes }: Asked): PinnedFix[] {
  const merged = new Map<string, PinnedFix>();
  for (const { of, recipe, patch } of fixes) {
    const { recipe: under } = recipes[recipe]!;
    if (patch === null && !under.variants.fixed) continue;
    const name = patch ? `patch ${sha256(patch).slice(0, 12)}` : `fixed ${under.id}`;
    const known = merged.get(`${recipe} ${name}`);
    // What any of the recipes forbids: the patched build is tried under each.
    const refused = (patch && recipes.map((other) => checkPatch(other.recipe, patch)).find(isRefusal)?.because) ?? null;
    merged.set(`${recipe} ${name}`, { name, recipe, patch, refused, of: [...new Set([...(known?.of ?? []), ...of])].sort() });
  }
  return [...merged.values()];
}

/** Unpatched builds first, one for each source; then each fix. */
export function columnsOf({ recipes, fixes }: Pick<PinnedMatrix, 'recipes' | 'fixes'>): PlannedColumn[] {
  const sources = recipes.map((recipe) => digestOf(sourceOf(recipe, 'vulnerable')));
  const first = sources.flatMap((source, i) => (sources.indexOf(source) === i ? [i] : []));
  const unpatched = first.map((i): PlannedColumn => {
    return { name: first.length > 1 ? `unpatched ${recipes[i]!.id}` : 'unpatched', of: [], base: null, recipe: i, fix: null };
  });
  const baseOf = (recipe: number) => first.findIndex((i) => sources[i] === sources[recipe]);
  return [...unpatched, ...fixes.map((fix) => ({ name: fix.name, of: fix.of, base: baseOf(fix.recipe), recipe: fix.recipe, fix }))];
}

/** Every run that the decision needs of one column, built as one recipe says. Symbolised repeats come on top and say only where. */
export function cellsOf(plan: PinnedMatrix, column: number, recipe: number): PlannedCell[] {
  const at = { column, recipe, row: null, test: null, index: 0 };
  const under = plan.recipes[recipe]!;
  return [
    { ...at, input: 'control' },
    ...(under.selfCheck ? [{ ...at, input: 'self-check' as const }] : []),
    ...under.tests.map((_, test): PlannedCell => ({ ...at, input: 'control', test })),
    ...plan.rows.flatMap((row, i) =>
      row.recipe === recipe ? Array.from({ length: plan.runs }, (_, index): PlannedCell => ({ ...at, row: i, input: 'poc', index })) : [],
    ),
  ];
}

/** Any experiment under a recipe: its build, control and tests do not depend on the input. */
export function specOf(plan: PinnedMatrix, recipe: number): Pinned {
  return plan.rows.find((row) => row.recipe === recipe)!.spec;
}

/** The experiment of one cell: its nonce is of this matrix and this build, so that no build's report passes for another's. */
export function specAt(plan: PinnedMatrix, cell: PlannedCell): Pinned {
  const spec = cell.row === null ? specOf(plan, cell.recipe) : plan.rows[cell.row]!.spec;
  return { ...spec, digest: sha256(`${plan.digest} ${keyOf(cell)}`) };
}

export function keyOf({ column, recipe, row, test, input, index }: PlannedCell): string {
  return [column, recipe, row ?? '-', test ?? '-', input, index].join(' ');
}
