import type { Instant } from '../../../base/instant.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Attachment } from '../../findings/attachment.ts';

/** `mail`: whoever wrote it held the address that a person was sent, and that is all that is known of them. */
export type Way = 'direct' | 'mail';

export interface Message {
  /** Counts from 1 within the case, whoever may read it. */
  readonly seq: number;
  readonly authorId: string;
  readonly authorName: string;
  readonly text: string;
  readonly at: Instant;
  /** The widest tier that reads it; 0 is the narrowest. */
  readonly tier: number;
  /** Set: of that tier this one person alone, and the coordinators. */
  readonly withId: string | null;
  readonly mentions: readonly string[];
  readonly files: readonly Attachment[];
  readonly way: Way;
}

/** Somebody who reads in a case. */
export interface Reader {
  readonly id: string;
  readonly tier: number;
  readonly isCoordinator: boolean;
}

/** The same rule as the store's. What one wrote oneself one reads. */
export function reads(of: Pick<Message, 'tier' | 'withId' | 'authorId'>, who: Reader): boolean {
  if (of.authorId === who.id) return true;
  return who.tier <= of.tier && (of.withId === null || of.withId === who.id || who.isCoordinator);
}

/** To whom a message goes, before it is settled. */
interface Asked {
  readonly tier?: number | undefined;
  readonly withId?: string | undefined;
}

export interface Audience {
  readonly tier: number;
  readonly withId: string | null;
}

/**
 * To whom somebody may write. Tiers 0 and 1 work on the case and write to each other. Who is at 2 or 3 does not learn who else is, and
 * writes to the coordinators; to them only coordinators write, so that nobody tells a tier what it was not to know by choosing wrongly.
 * `withTier`: of the one person written to, where there is one.
 */
export function audienceOf(asked: Asked, author: Reader, withTier: number | undefined): Audience | Refusal {
  const { id, tier: own, isCoordinator } = author;
  if (asked.withId !== undefined && asked.withId !== id && !isCoordinator)
    return refuse('not_permitted', 'only coordinators write to one person; others to the coordinators, as themselves', '/withId');
  if (asked.withId !== undefined) {
    // Whether such a person is here is not told apart from whether they are in this case.
    if (withTier === undefined) return refuse('not_found', 'nobody of that id reads this case', '/withId');
    return { tier: withTier, withId: asked.withId };
  }
  if (isCoordinator) return { tier: asked.tier ?? 1, withId: null };
  if (own > 1 && asked.tier === undefined) return { tier: own, withId: id };
  const tier = asked.tier ?? 1;
  if (own > 1 || tier > 1) return refuse('not_permitted', 'only coordinators write to tiers 2 and 3', '/tier');
  if (tier < own) return refuse('not_permitted', 'this goes to a tier that you do not read', '/tier');
  return { tier, withId: null };
}
