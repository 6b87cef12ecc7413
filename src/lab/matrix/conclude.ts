import { limits } from '../../base/limits.ts';
import { digestOfPlan } from '../experiment.ts';
import { judgeTest } from '../fix.ts';
import type { Crash, Observation } from '../oracle.ts';
import { see } from '../see.ts';
import { type BuiltColumn, type CellRun, type MatrixEvidence, matrixEvidenceSchema } from './evidence.ts';
import type { Cell, Column, Matrix } from './matrix.ts';
import { cellsOf, columnsOf, digestOfMatrix, keyOf, type PinnedMatrix, type PlannedColumn, specAt } from './plan.ts';

const placeChars = 200;

/** The trusted half after the boxes: the plan is the pinned one, the evidence is hostile. A string says why nothing can be read of it. */
export function concludeMatrix(plan: PinnedMatrix, given: unknown): Matrix | string {
  const { digest, ...rest } = plan;
  const isAltered = plan.rows.some(({ spec: { digest: own, ...spec } }) => digestOfPlan(spec) !== own);
  if (isAltered || digestOfMatrix(rest) !== digest) return 'the pinned matrix was altered';
  const evidence = matrixEvidenceSchema.safeParse(given).data;
  if (!evidence) return 'the evidence is malformed';
  if (evidence.matrixDigest !== digest) return 'the evidence is of another matrix';
  const planned = columnsOf(plan);
  if (!isComplete(plan, planned, evidence)) return 'the evidence is not of exactly the planned runs';
  const runs = Map.groupBy(evidence.runs, (run) => run.column);
  const columns: Column[] = [];
  for (const [at, column] of planned.entries()) {
    const { name, of, base } = column;
    const built = evidence.columns[at]!;
    const read = readColumn(plan, built, runs.get(at) ?? []);
    const before = base === null ? undefined : columns[base];
    // The same tests on the unpatched build, control included: what fails there already says nothing about a fix.
    const unheard = before?.void ? `unpatched, ${before.void}` : read.void;
    const cells = read.cells.map((cell) => ({ ...cell, because: keepable(cell.because) }));
    columns.push({ name, of, base, source: built.source, void: unheard && keepable(unheard), cells });
  }
  return { rows: plan.rows.map(({ name, of }) => ({ name, of })), columns };
}

/** Hostile words, as a database takes them. */
function keepable(text: string): string {
  return text.replaceAll('\0', '').slice(0, limits.shownChars).toWellFormed();
}

/** Each planned run once and no other, of each build that was had; a symbolised repeat only of a run that was planned. */
function isComplete(plan: PinnedMatrix, planned: readonly PlannedColumn[], { columns, runs }: MatrixEvidence): boolean {
  const isWhole = (built: BuiltColumn) => built.builds.length === (built.source === null ? 0 : plan.recipes.length);
  if (columns.length !== planned.length || !columns.every(isWhole)) return false;
  const wanted = columns.flatMap((column, at) =>
    column.builds.flatMap((built, recipe) => (built.tree === null ? [] : cellsOf(plan, at, recipe).map(keyOf))),
  );
  const asked = new Set(wanted);
  const done = runs.filter((run) => !run.symbolized).map(keyOf);
  return done.length === wanted.length && new Set(done).size === done.length && runs.every((run) => asked.has(keyOf(run)));
}

function readColumn(plan: PinnedMatrix, built: BuiltColumn, runs: readonly CellRun[]): Pick<Column, 'void' | 'cells'> {
  const seen = runs.map((run) => ({ run, saw: see(specAt(plan, run), run) }));
  const cells = plan.rows.map(({ recipe }, row): Cell => {
    const failure = built.failure ?? built.builds[recipe]!.failure;
    if (failure !== null) return { saw: 'could-not-tell', crashes: 0, of: 0, because: failure };
    return cellOf(seen.filter(({ run }) => run.row === row));
  });
  return { cells, void: whyVoid(plan, built, seen) };
}

interface SeenRun {
  readonly run: CellRun;
  readonly saw: Observation;
}

function cellOf(seen: readonly SeenRun[]): Cell {
  const votes = seen.filter(({ run }) => !run.symbolized).map(({ saw }) => saw);
  const crashes = votes.flatMap((saw) => (saw.saw === 'crash' ? [saw.crash] : []));
  const counts = { crashes: crashes.length, of: votes.length };
  const unsure = votes.find((saw) => saw.saw === 'could-not-tell');
  const [first] = crashes;
  if (first && crashes.length === votes.length) {
    if (crashes.some((crash) => crash.fingerprint !== first.fingerprint))
      return { saw: 'could-not-tell', ...counts, because: 'the runs end at different places' };
    const named = seen.find(({ run, saw }) => run.symbolized && saw.saw === 'crash' && saw.crash.fingerprint === first.fingerprint)?.saw;
    return { saw: 'crash', ...counts, because: placeOf(named?.saw === 'crash' ? named.crash : first) };
  }
  if (unsure?.saw === 'could-not-tell') return { saw: 'could-not-tell', ...counts, because: unsure.because };
  return first ? { saw: 'could-not-tell', ...counts, because: 'only some runs crash' } : { saw: 'quiet', ...counts, because: '' };
}

/** What went wrong and in which function: equal on two builds if it is the same flaw still there. */
function placeOf({ type, state }: Crash): string {
  const [what, where] = [type.split('\n')[0]!, state.split('\n')[0]!];
  return (where === '' || where === what ? what : `${what} in ${where}`).slice(0, placeChars);
}

function whyVoid(plan: PinnedMatrix, built: BuiltColumn, seen: readonly SeenRun[]): string | null {
  if (built.failure !== null) return built.failure;
  for (const [i, recipe] of plan.recipes.entries()) {
    const of = seen.filter(({ run }) => run.recipe === i && run.row === null);
    const reason = built.builds[i]!.failure ?? whyDeaf(recipe.tests, of);
    if (reason !== null) return plan.recipes.length > 1 ? `${recipe.id}: ${reason}` : reason;
  }
  return null;
}

/** A feature switched off is found by the tests, an oracle put to sleep by its self-check. */
function whyDeaf(tests: PinnedMatrix['recipes'][number]['tests'], seen: readonly SeenRun[]): string | null {
  if (tests.length === 0) return 'the recipe has no functional tests: silence alone does not make a fix';
  for (const { run, saw } of seen) {
    if (run.test !== null) {
      const outcome = judgeTest(tests[run.test]!, run);
      if (!outcome.passed) return `the test "${outcome.name}" ${outcome.unsure ? 'could not run' : 'fails'}: ${outcome.because}`;
    } else if (run.input === 'self-check' && saw.saw !== 'crash') return 'the oracle does not see its own self-check';
    else if (run.input === 'control' && saw.saw !== 'quiet') return saw.saw === 'crash' ? 'the control input trips it' : saw.because;
  }
  return null;
}
