import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Move } from '../../../base/states.ts';

/** `unknown`: the supplier answers that it cannot tell. Whoever does not answer has no statement. */
export const statementStatuses = ['affected', 'not-affected', 'fixed', 'under-investigation', 'unknown'] as const;
export type StatementStatus = (typeof statementStatuses)[number];

/** Why a product is not affected (the five justifications of VEX, CSAF 2.0 §3.2.3.5). */
export const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type Justification = (typeof justifications)[number];

/** Half-open: `introduced` is affected, `fixed` is not. */
export interface SaidRange {
  readonly introduced: string | null;
  readonly fixed: string | null;
}

export type StatementState = 'given' | 'approved' | 'replaced';
export const statementMoves: readonly Move<StatementState, 'approve' | 'replace'>[] = [
  { from: 'given', by: 'approve', to: 'approved' },
  { from: 'given', by: 'replace', to: 'replaced' },
  { from: 'approved', by: 'replace', to: 'replaced' },
];

/** What a supplier says of its own package. Nothing was heard is no statement, and never reads as "not affected". */
export interface Statement {
  readonly id: Id<'stm'>;
  readonly caseId: Id<'cas'>;
  readonly participantId: Id<'par'>;
  readonly vulnerabilityId: Id<'vul'>;
  /** Null: of a supplier who is no member; then `heard` says where it was heard, and whoever wrote it down is `saidBy`. */
  readonly orgId: Id<'org'> | null;
  readonly heard: string | null;
  /** Canonical purl without version. */
  readonly package: string;
  readonly status: StatementStatus;
  readonly justification: Justification | null;
  readonly affected: readonly SaidRange[];
  readonly text: string;
  readonly saidBy: string;
  readonly saidAt: Instant;
  readonly state: StatementState;
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
  readonly label: Label;
}

/** VEX minimum requirements (CISA, 2023): `not-affected` says why, `fixed` says since which version. */
export function faultOfStatement(said: Pick<Statement, 'status' | 'justification' | 'affected'>): Refusal | undefined {
  const { status, justification, affected } = said;
  if (status === 'not-affected' && justification === null)
    return refuse('malformed', 'say why it is not affected: one of the five justifications', '/justification');
  if (status !== 'not-affected' && justification !== null)
    return refuse('malformed', 'a justification goes with not-affected only', '/justification');
  if ((status === 'not-affected' || status === 'under-investigation' || status === 'unknown') && affected.length > 0)
    return refuse('malformed', `${status} names no affected versions`, '/affected');
  if (status === 'fixed' && !affected.some((r) => r.fixed !== null))
    return refuse('malformed', 'say in which version it is fixed', '/affected');
  const empty = affected.findIndex((r) => r.introduced !== null && r.introduced === r.fixed);
  return empty < 0
    ? undefined
    : refuse('malformed', 'introduced and fixed are the same version: nothing would be affected', `/affected/${empty}`);
}
