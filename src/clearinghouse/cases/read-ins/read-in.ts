import { canonical, sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Move } from '../../../base/states.ts';
import type { Org, Person } from '../../../trust/orgs/org.ts';
import type { Hardware } from '../../../trust/orgs/passkeys/passkey.ts';

/** 0 finder, maintainer, coordinator · 1 patch and test · 2 fix and timing only · 3 artefact and go-live only. */
export const tiers = [0, 1, 2, 3] as const;
export type Tier = (typeof tiers)[number];

export const abilities = ['analyse', 'patch', 'test', 'stage'] as const;
export type Ability = (typeof abilities)[number];

/** What was looked for before somebody is vetted. */
export const exclusions = ['conflict', 'antitrust', 'breach', 'sanctions'] as const;
/** True = found. A check that was not made is not an answer. */
export type ExclusionCheck = Readonly<Record<(typeof exclusions)[number], boolean>>;

export type ReadInState = 'offered' | 'acknowledged' | 'declined' | 'ended';
type ReadInTrigger = 'acknowledge' | 'decline' | 'end';

export const readInMoves: readonly Move<ReadInState, ReadInTrigger>[] = [
  { from: 'offered', by: 'acknowledge', to: 'acknowledged' },
  { from: 'offered', by: 'decline', to: 'declined' },
  { from: 'offered', by: 'end', to: 'ended' },
  { from: 'acknowledged', by: 'end', to: 'ended' },
];

const endings = ['need-ended', 'suspected-breach', 'disclosed', 'case-closed', 'expired'] as const;

/** How the terms were accepted: `token` = by somebody who was never at the desk; `emergency` = for hours only, not signed yet. */
export const signings = ['passkey', 'token', 'emergency'] as const;
export type Signing = (typeof signings)[number];

/** One named person and one case. Until it is acknowledged it opens nothing; then the grant of the same id exists. */
export interface ReadIn {
  readonly id: Id<'grt'>;
  readonly caseId: Id<'cas'>;
  readonly personId: Id<'psn'>;
  readonly orgId: Id<'org'>;
  readonly tier: Tier;
  /** Why this case needs this person. */
  readonly need: string;
  readonly ability: Ability;
  readonly sponsorId: Id<'psn'>;
  readonly exclusions: ExclusionCheck;
  readonly offeredBy: string;
  readonly offeredAt: Instant;
  /** Null = ends at disclosure, or for tier 0 when the case is closed. */
  readonly expiresAt: Instant | null;
  /** Of an emergency: access ends then, whatever else was agreed, unless the terms are signed by then. */
  readonly emergencyUntil: Instant | null;
  readonly termsDigest: string;
  readonly state: ReadInState;
  readonly acknowledgedAt: Instant | null;
  readonly signedBy: Signing | null;
  readonly signature: Signature | null;
  /** Under which delegation it was offered; null = by a coordinator. */
  readonly delegationId: Id<'dlg'> | null;
  readonly endedAt: Instant | null;
  readonly endedBecause: (typeof endings)[number] | null;
  readonly label: Label;
}

/** Everything with which a stranger verifies that this person's key signed these terms (WebAuthn level 3 §7.2). */
export interface Signature {
  readonly passkeyId: Id<'pky'>;
  readonly hardware: Hardware;
  /** COSE_Key, base64url; the other three are as the browser gave them. */
  readonly publicKey: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  /** What the challenge's last 32 bytes are the SHA-256 of. */
  readonly subject: string;
}

/** When access ends by itself; null = with the case. */
export function endsAt({ expiresAt, emergencyUntil }: Pick<ReadIn, 'expiresAt' | 'emergencyUntil'>): Instant | null {
  if (expiresAt === null || emergencyUntil === null) return expiresAt ?? emergencyUntil;
  return expiresAt < emergencyUntil ? expiresAt : emergencyUntil;
}

/** What a person's passkey signs: these terms, as this person, for this case. */
export function signingSubject(of: Pick<ReadIn, 'caseId' | 'personId' | 'termsDigest'>): string {
  return canonical({ act: 'cases.acknowledge', caseId: of.caseId, personId: of.personId, termsDigest: of.termsDigest });
}

/**
 * Whether the key's place is good enough for the tier. What is copied from device to device keeps neither reports nor proofs of concept;
 * where the hub knows makers, their word is needed there, and a key of which it cannot be told is none.
 */
export function decideKey(tier: Tier, hardware: Hardware, knowsMakers: boolean): Refusal | undefined {
  if (tier > 1 || hardware === 'yes') return undefined;
  if (hardware === 'no')
    return refuse('not_permitted', `tier ${tier} needs a key that stays on one device; this one is copied to others`, '/answer');
  if (knowsMakers) return refuse('not_permitted', `tier ${tier} needs a key in hardware, and of this one it could not be told`, '/answer');
  return undefined;
}

export interface Candidate {
  readonly person: Person;
  readonly org: Org;
  readonly sponsor: Person;
  readonly sponsorOrg: Org;
  readonly tier: Tier;
  readonly ability: Ability;
  readonly exclusions: ExclusionCheck;
  /** A breach was suspected when this person was read into some case before. */
  readonly suspected: boolean;
  /** By somebody whom a coordinator trusts to answer for people of other organisations. */
  readonly isDelegated?: boolean;
  readonly expiresAt: Instant | null;
}

/** The tier that sees least and still lets one do it: who stages needs no PoC. */
const widestTier: Record<Ability, Tier> = { analyse: 0, patch: 0, test: 1, stage: 2 };

/** The gates after "need", which the schema demands: able, and vetted. None can be waived. */
export function decideReadIn(candidate: Candidate, now: Instant): Refusal | undefined {
  const { org, tier, ability, person, sponsor, sponsorOrg, expiresAt } = candidate;
  if (org.roles.includes('coordinator')) return refuse('conflict', 'coordinators are read into every case', '/personId');
  if (tier < widestTier[ability])
    return refuse('not_permitted', `to ${ability}, tier ${widestTier[ability]} is enough; place lower`, '/tier');
  if (tier === 0 && !org.roles.some((role) => role === 'finder' || role === 'maintainer'))
    return refuse('not_permitted', 'tier 0 is for finder, maintainer and coordinator; place lower', '/tier');
  if (sponsor.id === person.id) return refuse('not_permitted', 'nobody sponsors themself', '/sponsorId');
  if (sponsor.orgId !== person.orgId && !sponsorOrg.roles.includes('coordinator') && !candidate.isDelegated)
    return refuse('not_permitted', 'a sponsor answers for the person: of the same organisation, or a coordinator', '/sponsorId');
  const found = exclusions.find((e) => candidate.exclusions[e]);
  if (found) return refuse('not_permitted', `excluded: ${found}`, `/exclusions/${found}`);
  if (candidate.suspected) return refuse('not_permitted', 'excluded: an earlier read-in ended on a suspected breach', '/exclusions/breach');
  if (expiresAt !== null && expiresAt <= now) return refuse('expired', 'a read-in ends in the future', '/expiresAt');
  if (expiresAt !== null && expiresAt > plusMs(now, limits.readInDays * day))
    return refuse('too_large', `a read-in lasts at most ${limits.readInDays} days`, '/expiresAt');
  return undefined;
}

const seen: Record<Tier, string> = {
  0: 'everything in the case',
  1: 'the reports, their proofs of concept and the patches',
  2: 'the fix and its timing, nothing else',
  3: 'the artefact and the go-live time, nothing else',
};

/** What the person accepts before anything opens; the digest binds the acknowledgement to exactly these words. It tells nothing of the flaw. */
export function termsOf(caseId: string, tier: Tier, expiresAt: Instant | null): string {
  return [
    `You are asked to be read into case ${caseId} at tier ${tier}: ${seen[tier]}.`,
    'Until the go-live time of the case you tell nobody, inside or outside your organisation, what it holds or that it exists, except those on its list of knowers.',
    'You use it only to do what you were read in for, on machines of your organisation, and put none of it into a system that others read or learn from.',
    'You tell the coordinator at once when you suspect that it leaked, was found by others or is exploited.',
    'Your name, your sponsor and every time you read the case are recorded. A suspected breach ends your access at once.',
    expiresAt === null
      ? 'Your access ends with the disclosure, or for tier 0 when the case is closed.'
      : `Your access ends at ${expiresAt}, or earlier with the case.`,
  ].join('\n');
}

export function termsDigest(terms: string): string {
  return sha256(terms);
}
