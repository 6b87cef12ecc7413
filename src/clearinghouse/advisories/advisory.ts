import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Move } from '../../base/states.ts';

/** One half-open range of versions: `introduced` is in it, `fixed` is not. Several ranges of a package are a union. */
export interface AffectedRange {
  /** Canonical purl without version. */
  readonly package: string;
  /** The first affected version; null = from the beginning. */
  readonly introduced: string | null;
  /** The first version without the flaw; null = there is none yet. */
  readonly fixed: string | null;
}

/** A co-finder. All of them keep their credit and the time of their report, in that order. */
export interface Credit {
  readonly name: string;
  readonly at: Instant;
}

export const referenceKinds = ['advisory', 'article', 'detection', 'discussion', 'report', 'fix', 'package', 'evidence', 'web'] as const;
interface Reference {
  readonly kind: (typeof referenceKinds)[number];
  readonly url: string;
}

export interface Cvss {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  readonly vector: string;
  readonly base: number;
  readonly severity: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

/** The coordinator's SSVC outcome and its decision points by name. */
export interface Ssvc {
  readonly decision: string;
  readonly points: Readonly<Record<string, string>>;
}

/** What an advisory says: exactly this, in whatever format, becomes public. */
export interface AdvisoryText {
  readonly title: string;
  readonly summary: string;
  /** The package the case is about. */
  readonly package: string;
  readonly affected: readonly AffectedRange[];
  readonly cve: string | null;
  readonly cwe: string | null;
  readonly credits: readonly Credit[];
  readonly cvss: Cvss | null;
  readonly ssvc: Ssvc | null;
  readonly references: readonly Reference[];
  /** Name of the coordinating organisation. */
  readonly publisher: string;
  /** What this revision changes, for the revision history. */
  readonly change: string;
}

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

export function textDigest(text: AdvisoryText): string {
  return digestOf(text);
}

/** Two persons, and both human: whoever answers for the draft cannot be the one who approves it. */
export function decideApproval(advisory: Advisory, approver: { kind: string; id: string }): Refusal | undefined {
  if (approver.kind !== 'person') return refuse('not_permitted', 'an advisory is approved by a person, not by software');
  if (approver.id === advisory.answerableId) return refuse('not_permitted', 'another person than the drafter must approve');
  return undefined;
}

/** Ranges that cannot mean anything; whether versions are in order is known only where an ecosystem's order is. */
export function faultOfRanges(affected: readonly AffectedRange[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const [i, range] of affected.entries()) {
    if (range.introduced !== null && range.introduced === range.fixed)
      return refuse('malformed', 'introduced and fixed are the same version: nothing would be affected', `/affected/${i}/fixed`);
    const key = JSON.stringify([range.package, range.introduced, range.fixed]);
    if (seen.has(key)) return refuse('malformed', 'this range is given twice', `/affected/${i}`);
    seen.add(key);
  }
  return undefined;
}

/** One credit per organisation, first report first; of two at the same moment, by name. */
export function creditsOf(reports: readonly { readonly orgId: string; readonly name: string; readonly at: Instant }[]): Credit[] {
  const key = (r: { at: string; name: string }) => `${r.at} ${r.name}`;
  const sorted = reports.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  return sorted.filter((r, i) => sorted.findIndex((o) => o.orgId === r.orgId) === i).map(({ name, at }) => ({ name, at }));
}
