import { createHmac, type KeyObject } from 'node:crypto';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';

/** What an organisation comes for (DESIGN §1); one may come for several things. */
export const roles = ['finder', 'maintainer', 'coordinator', 'operator', 'developer', 'evaluator'] as const;
export type Role = (typeof roles)[number];

export interface Org {
  readonly id: Id<'org'>;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly createdAt: Instant;
  /** Since then no credential of its people and agents is known here. */
  readonly disabledAt: Instant | null;
}

export interface Person {
  readonly id: Id<'psn'>;
  readonly orgId: Id<'org'>;
  readonly name: string;
  readonly email: string;
  readonly createdAt: Instant;
}

/** Software that acts for an organisation. A named person answers for it. */
export interface Agent {
  readonly id: Id<'agt'>;
  readonly orgId: Id<'org'>;
  readonly name: string;
  readonly answerableId: Id<'psn'>;
  readonly createdAt: Instant;
}

/** A secret that stands for its holder until it expires, is used up or is revoked. The secret itself is never stored. */
export interface Credential {
  readonly id: Id<'tok'> | Id<'ses'> | Id<'lnk'>;
  readonly holderId: Id<'psn'> | Id<'agt'>;
  readonly scopes: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly usedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** Read-in: a compartment opened to an organisation, a person or an agent, at a tier, with a reason and usually an end. */
export interface Grant {
  readonly id: Id<'grt'>;
  readonly compartment: string;
  readonly holderId: string;
  readonly tier: number;
  readonly because: string;
  readonly grantedAt: Instant;
  readonly expiresAt: Instant | null;
}

export function secretText(kind: 'tok' | 'ses' | 'lnk', random: Uint8Array): string {
  return `bw_${kind}_${Buffer.from(random).toString('base64url')}`;
}

/** Keyed, so that a stolen table of digests cannot even be compared with guesses. 32 random bytes need no slow hash. */
export function digestSecret(pepper: KeyObject, secret: string): string {
  return createHmac('sha256', pepper).update(secret).digest('hex');
}

export function isLive(credential: Credential, now: Instant): boolean {
  if (credential.revokedAt !== null || credential.expiresAt <= now) return false;
  return !(credential.id.startsWith('lnk_') && credential.usedAt !== null);
}
