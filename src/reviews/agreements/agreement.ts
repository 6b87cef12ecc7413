import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { type Move, move } from '../../base/states.ts';

export const sides = ['developer', 'evaluator'] as const;
type Side = (typeof sides)[number];

export interface Party {
  readonly orgId: Id<'org'>;
  readonly as: Side;
  readonly signedBy: string | null;
  readonly signedAt: Instant | null;
  readonly withdrawnAt: Instant | null;
}

/** What the parties agree on, in their own words. */
const termNames = ['confidentiality', 'ip', 'insiderRisk', 'use', 'retention'] as const;
export type Terms = Readonly<Record<(typeof termNames)[number], string>>;

/** On what law the sharing rests, and the day that law ends. */
interface LegalBasis {
  readonly name: string;
  readonly expiresAt: Instant;
}

/** One developer and one or more evaluators; every one of them can leave at any moment. */
export interface Agreement {
  readonly id: Id<'agr'>;
  /** Who proposed it. */
  readonly orgId: Id<'org'>;
  readonly parties: readonly Party[];
  readonly terms: Terms;
  readonly legalBasis: LegalBasis;
  /** SHA-256 (hex) of parties, terms and basis: what a signature is under. */
  readonly digest: string;
  readonly state: AgreementState;
  readonly label: Label;
  readonly proposedAt: Instant;
}

export const agreementStates = ['proposed', 'in-force', 'withdrawn'] as const;
export type AgreementState = (typeof agreementStates)[number];
type AgreementTrigger = 'sign' | 'complete' | 'withdraw' | 'end';

export const agreementMoves: readonly Move<AgreementState, AgreementTrigger>[] = [
  { from: 'proposed', by: 'sign', to: 'proposed' },
  { from: 'proposed', by: 'complete', to: 'in-force' },
  { from: 'proposed', by: 'withdraw', to: 'proposed' },
  { from: 'proposed', by: 'end', to: 'withdrawn' },
  { from: 'in-force', by: 'withdraw', to: 'in-force' },
  { from: 'in-force', by: 'end', to: 'withdrawn' },
];

/** An organisation that is both never sits on both sides: it is there as a developer. */
export function partiesOf(orgs: readonly { readonly id: Id<'org'>; readonly roles: readonly string[] }[]): Party[] | Refusal {
  const parties: Party[] = [];
  for (const org of orgs) {
    const as = sides.find((side) => org.roles.includes(side));
    if (!as) return refuse('malformed', `${org.id} is neither a developer nor an evaluator`, '/parties');
    parties.push({ orgId: org.id, as, signedBy: null, signedAt: null, withdrawnAt: null });
  }
  if (parties.filter((p) => p.as === 'developer').length !== 1)
    return refuse('malformed', 'there must be exactly one developer', '/parties');
  if (!parties.some((p) => p.as === 'evaluator')) return refuse('malformed', 'there must be at least one evaluator', '/parties');
  return parties;
}

export function decideSign(agreement: Agreement, orgId: string | null, personId: string, now: Instant): Agreement | Refusal {
  const mine = agreement.parties.find((p) => p.orgId === orgId);
  if (!mine) return refuse('not_permitted', 'only the parties sign');
  if (mine.withdrawnAt !== null) return refuse('wrong_state', 'your organisation has withdrawn from this agreement');
  if (mine.signedAt !== null) return refuse('wrong_state', 'your organisation has signed already');
  if (agreement.legalBasis.expiresAt <= now) return refuse('expired', 'the legal basis has lapsed; propose a new agreement');
  const parties = agreement.parties.map((p) => (p === mine ? { ...p, signedBy: personId, signedAt: now } : p));
  return moved({ ...agreement, parties }, isComplete(parties) ? 'complete' : 'sign');
}

export function decideWithdraw(agreement: Agreement, orgId: string | null, now: Instant): Agreement | Refusal {
  const mine = agreement.parties.find((p) => p.orgId === orgId);
  if (!mine) return refuse('not_permitted', 'only the parties withdraw');
  if (mine.withdrawnAt !== null) return refuse('wrong_state', 'your organisation has withdrawn already');
  const parties = agreement.parties.map((p) => (p === mine ? { ...p, withdrawnAt: now } : p));
  const left = parties.filter((p) => p.withdrawnAt === null);
  const goesOn = left.some((p) => p.as === 'developer') && left.some((p) => p.as === 'evaluator');
  return moved({ ...agreement, parties }, goesOn ? (isWaiting(agreement, left) ? 'complete' : 'withdraw') : 'end');
}

/** Told from the time as well: where the law ends, so does the agreement, whether or not anybody notices. */
export function isInForce(agreement: Agreement, now: Instant): boolean {
  return agreement.state === 'in-force' && now < agreement.legalBasis.expiresAt;
}

export function evaluatorsOf(agreement: Agreement): Id<'org'>[] {
  return agreement.parties.filter((p) => p.as === 'evaluator' && p.withdrawnAt === null).map((p) => p.orgId);
}

function moved(agreement: Agreement, by: AgreementTrigger): Agreement | Refusal {
  const state = move(agreementMoves, agreement.state, by);
  return isRefusal(state) ? state : { ...agreement, state };
}

function isComplete(parties: readonly Party[]): boolean {
  return parties.every((p) => p.signedAt !== null || p.withdrawnAt !== null);
}

/** The last one whose signature was missing has left: the others had all signed. */
function isWaiting(agreement: Agreement, left: readonly Party[]): boolean {
  return agreement.state === 'proposed' && left.every((p) => p.signedAt !== null);
}
