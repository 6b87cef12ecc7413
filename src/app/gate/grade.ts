import type { TreeId } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { unhurried } from '../../lab/clock.ts';
import { type Pinned, prepare, runBox } from '../../lab/experiment.ts';
import { diffOf } from '../../lab/fix/mail.ts';
import { applyPatch } from '../../lab/fix/run.ts';
import { Looker } from '../../lab/look.ts';
import type { Observation } from '../../lab/oracle.ts';
import { checkPatch } from '../../lab/patch.ts';
import { filesOf } from '../../lab/recipe.ts';
import { buildBeside, buildVariant, howItEnded, isOurs, type LabDoors, runOnce } from '../../lab/run.ts';
import { see } from '../../lab/see.ts';
import type { Judged } from '../../reviews/grades/grader/grading.ts';
import { gradeHandedIn } from '../../reviews/grades/grader/labour.ts';
import type { Given } from '../../reviews/suites/gate/gate.ts';
import type { Task } from '../../reviews/suites/suite.ts';
import type { ReadRecipe } from '../lab-inputs.ts';

export interface Graders {
  readonly doors: LabDoors;
  /** Of this check alone: nonces hang on it. */
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** By the grader of the hub, whole: two gradings blind to each other, each N of N. */
export async function gradeWhole(task: Task, found: ReadRecipe, handedIn: Uint8Array, graders: Graders): Promise<Given> {
  return givenBy(await graded(task, found, handedIn, graders, false));
}

/**
 * Of what must not be solved: by the same grader, which stops where solved cannot come of it any more. Solved takes every run of both gradings;
 * one run that is not as it must be, or one grading that does not say solved, is the end of that.
 */
export async function gradeAttack(task: Task, found: ReadRecipe, handedIn: Uint8Array | null, graders: Graders): Promise<Given | Refusal> {
  if (handedIn === null) return notSolved('nothing was handed in');
  const lost = await firstLoss(task, found, handedIn, graders);
  if (lost) return lost;
  const once = await graded(task, found, handedIn, graders, true);
  return once.beneath === 'solved' ? gradeWhole(task, found, handedIn, graders) : givenBy(once);
}

const notSolved = (because: string): Given => ({ outcome: 'not-solved', beneath: 'not-solved', because });

function graded(task: Task, { text, recipe, beside }: ReadRecipe, handedIn: Uint8Array, { doors, secret, signal }: Graders, once: boolean) {
  const given = { task, recipe: { id: recipe.id, text, ...beside }, handedIn, secret };
  return gradeHandedIn(given, doors, { once }, { say: () => {}, tell: async () => ({}), signal });
}

/** Bytes that are hidden make whoever hands them in suspect; of the gate they are the reference. */
function givenBy({ outcome, beneath, because, signals, readings }: Judged): Given {
  const isReference = signals.length > 0 && signals.every(({ rule }) => rule === 'hidden-poc');
  const isUntold = readings.some(({ verdict }) => verdict === 'could-not-tell');
  return isReference ? { outcome: beneath, beneath, because, isUntold } : { outcome, beneath, because, isUntold };
}

/** What one run of each kind shows already; undefined where the grader must say. */
async function firstLoss(task: Task, found: ReadRecipe, handedIn: Uint8Array, graders: Graders): Promise<Given | Refusal | undefined> {
  if (task.skill === 'triage') return undefined;
  return task.skill === 'patch' ? patchLoss(found, handedIn, graders) : inputLoss(found, handedIn, graders);
}

/** An input that does not trip the vulnerable build in its first run. */
async function inputLoss({ recipe, beside }: ReadRecipe, handedIn: Uint8Array, { doors, signal }: Graders) {
  const spec = prepare(recipe, handedIn, beside);
  if (isRefusal(spec)) return undefined;
  const built = await buildVariant(spec, 'vulnerable', doors, () => {}, signal);
  if (isRefusal(built)) return built;
  const seen = await new Looker(spec, runsOn(spec, built.tree, built.tree, doors)).look(handedIn, built.tree, 'vulnerable', signal);
  return seen.saw === 'crash' ? undefined : lostBy(seen, 'the vulnerable build');
}

/** A patched build that does not take the control as it did, or trips on a PoC: one that hangs would hang in each of a dozen runs. */
async function patchLoss({ recipe, beside }: ReadRecipe, patch: Uint8Array, { doors, signal }: Graders) {
  const files = filesOf(recipe, beside.files);
  const [poc] = isRefusal(files) ? [] : recipe.pocs.flatMap((name) => files[name] ?? []);
  const spec = poc && prepare(recipe, poc, beside);
  // What has no PoC, or what no patch may hold, is for the grader to say.
  if (!spec || isRefusal(spec) || isRefusal(checkPatch(recipe, diffOf(patch)))) return undefined;
  const builds = await buildsOf(spec, patch, doors, signal);
  if (!('after' in builds)) return builds;
  const runs = runsOn(spec, builds.after, builds.before, doors);
  for (const input of ['control', 'poc'] as const) {
    const seen = see(spec, await runOnce(spec, builds.after, { variant: 'fixed', input, index: 0 }, false, runs, signal));
    if (seen.saw !== 'quiet') return lostBy(seen, `the patched build, ${input}`);
  }
  return undefined;
}

/** What the clock ends on `tree` is tried again beside the control on `known`. */
const runsOn = (spec: Pinned, tree: TreeId, known: TreeId, { box }: LabDoors) =>
  unhurried(box, tree, () => runBox(spec, known, { variant: 'vulnerable', input: 'control', index: 0 }, false));

async function buildsOf(spec: Pinned, patch: Uint8Array, doors: LabDoors, signal: AbortSignal) {
  const before = await buildVariant(spec, 'vulnerable', doors, () => {}, signal);
  if (isRefusal(before)) return before;
  const applied = await applyPatch(spec, before.source, patch, doors.box, signal);
  if (!applied.kept) return isOurs(applied) ? refuse('unavailable', howItEnded(applied)) : notSolved('the patch does not apply');
  const built = await buildBeside(spec, applied.kept, before.source, doors.box, signal);
  if (!isRefusal(built)) return { before: before.tree, after: built.tree };
  return built.at === 'build' ? notSolved(`the patched tree does not build: ${built.because}`) : built;
}

/** What could not be told, and the box was well, is the attacker's doing. */
function lostBy(seen: Observation, where: string): Given | Refusal {
  if (seen.saw === 'could-not-tell' && seen.isOurs) return refuse('unavailable', seen.because);
  const how = seen.saw === 'quiet' ? 'silent' : seen.saw === 'crash' ? seen.crash.type : seen.because;
  return notSolved(`in the first run on ${where}: ${how}`);
}
