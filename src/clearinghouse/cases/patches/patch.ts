import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Move } from '../../../base/states.ts';

export const patchVerdicts = ['verified', 'incomplete', 'breaks-tests', 'new-crash', 'could-not-tell'] as const;
export type PatchVerdict = (typeof patchVerdicts)[number];

export type PatchState = 'submitted' | 'judged';
export const patchMoves: readonly Move<PatchState, 'judge'>[] = [{ from: 'submitted', by: 'judge', to: 'judged' }];

export const writers = ['person', 'ai'] as const;

/** A fix as handed in, and what our own re-run said of it: never the maintainer's word, never the patch's. */
export interface Patch {
  readonly id: Id<'pat'>;
  readonly caseId: Id<'cas'>;
  readonly blobId: Id<'blb'>;
  readonly sha256: string;
  readonly bytes: number;
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

/** The newest patch that held: what is staged and goes live. */
export function artefactOf(patches: readonly Patch[]): Patch | undefined {
  return patches
    .filter((p) => p.verdict === 'verified')
    .sort((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1))
    .at(-1);
}
