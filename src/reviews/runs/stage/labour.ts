import type { Source, TreeId } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Pinned } from '../../../lab/experiment.ts';
import { differenceBox } from '../../../lab/fix/difference.ts';
import { type Recipe, sourceOf } from '../../../lab/recipe.ts';
import { buildVariant, isOurs, type LabDoors, runOnce } from '../../../lab/run.ts';
import { see } from '../../../lab/see.ts';
import type { Level } from '../../suites/suite.ts';
import { type Place, taskTreeBox, taskTreeKey } from '../boxes.ts';
import { shownFiles } from '../briefing.ts';
import { scrubbed } from '../scrub.ts';

/** What a task's place is made of. Its hidden parts are no part of it. */
export interface StageSpec {
  readonly level: Level;
  readonly recipe: Recipe;
  /** From level 2 on: the experiment whose crash is shown, on an input that the task does not hide. */
  readonly crash: Pinned | null;
}

export type Stage = Pick<Place, 'tree' | 'needsNode'> & { readonly shown: readonly { readonly at: string; readonly bytes: Uint8Array }[] };

/** The source without what tells of the fix, and what the task's level shows, made by the lab itself and scrubbed. */
export async function setStage(spec: StageSpec, doors: LabDoors, signal: AbortSignal): Promise<Stage | Refusal> {
  const tree = await taskTree(sourceOf(spec.recipe, 'vulnerable')!, doors, signal);
  if (isRefusal(tree)) return tree;
  const report = spec.level < 2 ? undefined : await reportOf(spec, doors, signal);
  if (isRefusal(report)) return report;
  const fix = spec.level < 3 ? undefined : await fixOf(spec, tree, doors, signal);
  if (isRefusal(fix)) return fix;
  const shown = [
    ...(report === undefined ? [] : [{ at: shownFiles.report, bytes: Buffer.from(report) }]),
    ...(fix === undefined ? [] : [{ at: shownFiles.fix, bytes: Buffer.from(fix) }]),
  ];
  return { tree, needsNode: spec.recipe.target.ecosystem === 'npm', shown };
}

/** The source without anything that tells of the fix; made once for each source. */
export async function taskTree(source: Source, doors: LabDoors, signal?: AbortSignal): Promise<TreeId | Refusal> {
  const fetched = await doors.sources.fetch(source, signal);
  if (isRefusal(fetched)) return refuse(fetched.code, fetched.because, 'fetch');
  if (source.kind !== 'debian') return fetched.tree;
  const key = taskTreeKey(fetched.tree);
  const known = await doors.box.cached(key);
  if (known) return known;
  const { kept, end, because } = await doors.box.run(taskTreeBox(fetched.tree), signal);
  if (!kept) return refuse('unavailable', because ?? `the source could not be prepared (${end})`, 'box');
  await doors.box.remember(key, kept);
  return kept;
}

/** What the oracle saw, and the sanitizer's own report where there is one; the input itself is not shown. */
async function reportOf({ crash }: StageSpec, doors: LabDoors, signal: AbortSignal): Promise<string | Refusal> {
  if (!crash) return refuse('not_found', 'the task shows a crash, and its recipe has no input that may be shown to crash it');
  const built = await buildVariant(crash, 'vulnerable', doors, () => {}, signal);
  if (isRefusal(built)) return built;
  const run = { variant: 'vulnerable', input: 'poc', index: 0 } as const;
  const record = await runOnce(crash, built.tree, run, true, doors.box, signal);
  const seen = see(crash, record);
  if (seen.saw !== 'crash')
    return refuse('unavailable', 'the crash that the task shows could not be made', isOurs(record) ? 'box' : undefined);
  const isPrinted = crash.recipe.oracle.kind === 'sanitizer';
  const printed = isPrinted ? record.reports.map(({ text }) => text).join('\n') : '';
  const how = record.end === 'exited' ? `exit ${record.exit}` : record.end === 'signalled' ? `signal ${record.signal}` : record.end;
  return `Seen: ${crash.recipe.oracle.kind} (${how})\n${scrubbed(Buffer.from(printed), limits.shownReportChars)}\n`;
}

async function fixOf({ recipe }: StageSpec, vulnerable: TreeId, doors: LabDoors, signal: AbortSignal): Promise<string | Refusal> {
  const fixed = sourceOf(recipe, 'fixed');
  if (!fixed) return refuse('not_found', 'the task shows the fix, and its recipe has none');
  const tree = await taskTree(fixed, doors, signal);
  if (isRefusal(tree)) return tree;
  const { end, exit, stdout } = await doors.box.run(differenceBox(recipe, vulnerable, tree), signal);
  if (end !== 'exited' || stdout.length === 0) return refuse('unavailable', `the fix could not be shown (${end} ${exit})`);
  return scrubbed(stdout, limits.shownFixChars);
}
