import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Move } from '../../base/states.ts';
import type { AdvisoryText, Credit } from './text.ts';

export interface Advisory {
  readonly id: Id<'adv'>;
  readonly caseId: Id<'cas'>;
  readonly text: AdvisoryText;
  /** SHA-256 of the canonical text: what an approval is bound to. */
  readonly digest: string;
  /** Counts drafts, from 1. */
  readonly revision: number;
  readonly state: AdvisoryState;
  readonly draftedBy: string;
  /** The person who answers for the draft: the drafter, or whoever answers for the agent that drafted. */
  readonly answerableId: string;
  readonly draftedAt: Instant;
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
  readonly label: Label;
}

export type AdvisoryState = 'draft' | 'approved';
type AdvisoryTrigger = 'redraft' | 'approve';

export const advisoryMoves: readonly Move<AdvisoryState, AdvisoryTrigger>[] = [
  { from: 'draft', by: 'redraft', to: 'draft' },
  // An approval is for one text; a new text needs a new one.
  { from: 'approved', by: 'redraft', to: 'draft' },
  { from: 'draft', by: 'approve', to: 'approved' },
];

/** Two persons, and both human: whoever answers for the draft cannot be the one who approves it. */
export function decideApproval(advisory: Advisory, approver: { kind: string; id: string }): Refusal | undefined {
  if (approver.kind !== 'person') return refuse('not_permitted', 'an advisory is approved by a person, not by software');
  if (approver.id === advisory.answerableId) return refuse('not_permitted', 'another person than the drafter must approve');
  return undefined;
}

/** One credit per finder, first report first; of two at the same moment, by name. */
export function creditsOf(reports: readonly { readonly key: string; readonly name: string; readonly at: Instant }[]): Credit[] {
  const place = (r: { at: string; name: string }) => `${r.at} ${r.name}`;
  const sorted = reports.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  return sorted.filter((r, i) => sorted.findIndex((o) => o.key === r.key) === i).map(({ name, at }) => ({ name, at }));
}
