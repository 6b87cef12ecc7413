import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label, Tlp } from '../../../base/label.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Move } from '../../../base/states.ts';
import type { writers } from '../../cases/patches/patch.ts';
import { projectOf } from '../repository/repository.ts';

/** What a release may bring with it. A virtual patch shields what is not mended: a rule for a WAF, an IDS or a linter. */
export const artefactKinds = ['patch', 'backport', 'fixed-build', 'mitigation', 'virtual-patch'] as const;
type ArtefactKind = (typeof artefactKinds)[number];

type ArtefactState = 'draft' | 'approved' | 'dropped' | 'live' | 'withdrawn';
type ArtefactTrigger = 'approve' | 'publish' | 'withdraw';

export const artefactMoves: readonly Move<ArtefactState, ArtefactTrigger>[] = [
  { from: 'draft', by: 'approve', to: 'approved' },
  { from: 'draft', by: 'withdraw', to: 'dropped' },
  { from: 'approved', by: 'withdraw', to: 'dropped' },
  { from: 'approved', by: 'publish', to: 'live' },
  { from: 'live', by: 'withdraw', to: 'withdrawn' },
];

/** Where it is to be applied: at least one of the two. */
interface AppliesTo {
  /** Git object name, SHA-1 or SHA-256. */
  readonly commit: string | null;
  readonly version: string | null;
}

export interface Artefact {
  readonly id: Id<'art'>;
  readonly advisoryId: Id<'adv'>;
  readonly caseId: Id<'cas'>;
  readonly package: string;
  readonly kind: ArtefactKind;
  /** File name. */
  readonly name: string;
  readonly blobId: Id<'blb'>;
  readonly sha256: string;
  readonly bytes: number;
  /** The case's patch that it is, judged by our own re-run. */
  readonly patchId: Id<'pat'> | null;
  readonly appliesTo: AppliesTo;
  /** The colour under which it was handed in; only CLEAR leaves the house. */
  readonly marking: Tlp;
  readonly writtenBy: (typeof writers)[number];
  readonly builtBy: string | null;
  /** Why a patch goes out although our own re-run did not verify it. */
  readonly reason: string | null;
  readonly attachedBy: string;
  /** The person who answers for it: for the case's patch whoever handed that in. */
  readonly answerableId: string;
  readonly attachedAt: Instant;
  readonly state: ArtefactState;
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
  /** The in-toto statement in its DSSE envelope, one line, as it is published. */
  readonly statement: string | null;
  readonly releaseId: Id<'rel'> | null;
  readonly liveAt: Instant | null;
  /** The age identity that opens what was staged: here from the hour on, never before. */
  readonly opened: string | null;
  readonly withdrawnAt: Instant | null;
  readonly withdrawnBecause: string | null;
  readonly label: Label;
}

/** One line of a release's entry in the feed. */
export interface Carried {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
  readonly statement: { readonly path: string; readonly sha256: string };
  /** The age identity of what was staged: whoever has that opens it with this. */
  readonly identity?: string;
}

/** "Builds and stops the PoC" is not enough, and somebody's word is nothing: a patch was verified by us, or says why it goes all the same. */
export function decideVerified(kind: ArtefactKind, verdict: string | null | undefined, reason: string | null): Refusal | undefined {
  if (kind !== 'patch' || verdict === 'verified' || reason !== null) return undefined;
  const because =
    verdict === undefined ? 'it is not a patch that our own re-run has judged' : `our own re-run says ${verdict ?? 'nothing yet'}`;
  return refuse('not_permitted', `${because}; name the case's verified patch, or give a reason that is published with it`, '/reason');
}

/** Two people, and the second a human: an AI's patch has a named approver, and nobody approves what they answer for. */
export function decideApproval(artefact: Artefact, approver: { readonly kind: string; readonly id: string }): Refusal | undefined {
  if (approver.kind !== 'person') return refuse('not_permitted', 'an artefact is approved by a named person, not by software');
  if (approver.id === artefact.attachedBy || approver.id === artefact.answerableId)
    return refuse('not_permitted', 'another person than whoever handed it in or answers for it must approve');
  return undefined;
}

/** Why it does not go out with its release, or undefined. Looked at once more at the hour: a patch that was verified may have been sent back. */
export function decideKeep(artefact: Artefact, verdict: string | null | undefined): string | undefined {
  if (artefact.marking !== 'CLEAR') return `it is marked TLP:${artefact.marking}`;
  return decideVerified(artefact.kind, verdict, artefact.reason)?.because;
}

/** Path of the target; its statement lies beside it. */
export function targetPathOf(artefact: Pick<Artefact, 'id' | 'package' | 'name'>): string {
  return `${projectOf(artefact.package)}/${artefact.id}/${artefact.name}`;
}

export const statementSuffix = '.intoto.jsonl';
