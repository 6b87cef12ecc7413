import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Move } from '../../../base/states.ts';
import type { Mail } from '../../../lab/fix/mail.ts';
import type { SeriesStep } from '../../../lab/fix.ts';
import type { FunctionalTest } from '../../../lab/recipe.ts';

export const patchVerdicts = ['verified', 'incomplete', 'breaks-tests', 'new-crash', 'could-not-tell'] as const;
export type PatchVerdict = (typeof patchVerdicts)[number];

/** `superseded`: another push took its place before it was judged. */
export const patchStates = ['submitted', 'judged', 'superseded'] as const;
export type PatchState = (typeof patchStates)[number];
export const patchMoves: readonly Move<PatchState, 'judge' | 'supersede'>[] = [
  { from: 'submitted', by: 'judge', to: 'judged' },
  { from: 'submitted', by: 'supersede', to: 'superseded' },
  // What was said of it stays; it is no longer what goes live.
  { from: 'judged', by: 'supersede', to: 'judged' },
];

export const writers = ['person', 'ai'] as const;

/** A fix as pushed, of one patch or several in order, and what our own re-run said of it: never the maintainer's word, never the patch's. */
export interface Patch {
  readonly id: Id<'pat'>;
  readonly caseId: Id<'cas'>;
  /** Who pushed it; null for what was handed in before pushes had branches. */
  readonly orgId: string | null;
  /** Of the project's own naming: for which of its lines of releases it is. */
  readonly branch: string;
  /** All patches, one after the other: what `sha256` and `bytes` are of. */
  readonly blobId: Id<'blb'>;
  readonly sha256: string;
  readonly bytes: number;
  readonly series: readonly Mail[];
  /** Tests that came with it, run under the recipe's toolchain. */
  readonly ownTests: readonly FunctionalTest[];
  /** What each patch does, with those before it; empty where there is but one. */
  readonly steps: readonly SeriesStep[];
  readonly supersededById: Id<'pat'> | null;
  readonly writtenBy: (typeof writers)[number];
  /** The named human who answers for it, whoever wrote it. */
  readonly answerableId: string;
  readonly state: PatchState;
  readonly verdict: PatchVerdict | null;
  readonly because: string | null;
  readonly submittedAt: Instant;
  readonly judgedAt: Instant | null;
  readonly label: Label;
}

/** The newest patch that held and that no other push replaced: what is staged and goes live. */
export function artefactOf(patches: readonly Patch[]): Patch | undefined {
  return patches
    .filter((p) => p.verdict === 'verified' && p.supersededById === null)
    .sort((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1))
    .at(-1);
}

/** The first patch of a series from which on every PoC is silent; null where none is, or where there is but one patch. */
export function stopsAt({ series, steps }: Pick<Patch, 'series' | 'steps'>): (Mail & { readonly n: number }) | null {
  const last = steps.findLastIndex((step) => step.outcome === 'trips');
  const i = steps.findIndex((step, at) => at > last && step.outcome === 'stops');
  const mail = series[i];
  return mail ? { n: i + 1, ...mail } : null;
}
