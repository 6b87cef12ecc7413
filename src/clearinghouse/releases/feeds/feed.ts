import { createHmac, type KeyObject } from 'node:crypto';
import type { Id } from '../../../base/id.ts';
import { epochMs, type Instant, instantOf } from '../../../base/instant.ts';
import { join, type Label, label, publicLabel, type Tlp, tlps } from '../../../base/label.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Bulletin } from '../../advisories/bulletin.ts';

export const sharings = ['GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;

/** Advisories for the client systems of named members. Its label's colour is what it shares under. */
export interface Feed {
  readonly id: Id<'fed'>;
  readonly name: string;
  /** Of its TAXII collection: a random UUID. */
  readonly collection: string;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly label: Label;
}

/** One system of one member, with a token of its own; a person of that member answers for it. */
export interface FeedClient {
  readonly agentId: Id<'agt'>;
  readonly feedId: Id<'fed'>;
  readonly orgId: Id<'org'>;
  readonly tokenId: Id<'tok'>;
  readonly name: string;
  readonly answerableId: Id<'psn'>;
  readonly addedBy: string;
  readonly addedAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly label: Label;
}

/** An advisory in a feed: one approved text, under the feed's colour. */
export interface FeedItem {
  readonly id: Id<'shr'>;
  readonly feedId: Id<'fed'>;
  readonly advisoryId: Id<'adv'>;
  readonly caseId: Id<'cas'>;
  readonly digest: string;
  readonly bulletin: Bulletin;
  readonly sharedBy: string;
  readonly sharedAt: Instant;
  readonly label: Label;
}

/** Read by the clearinghouse's staff and by whom it is granted; a kind of its own wing, so that nobody else comes by it. */
export function feedLabel(id: Id<'fed'>, sharing: Tlp): Label {
  return label(sharing, `hou_${id}`);
}

/** Before the case is public, only who is read into the case as well. */
export function itemLabel(feed: Feed, caseId: Id<'cas'>, isOver: boolean): Label {
  return isOver ? feed.label : join(feed.label, label(feed.label.tlp, caseId));
}

/** The widest tier that sees all that an advisory says (DESIGN §7, read-in). */
export const wholeTier = 1;

interface ShareGate {
  readonly advisory: { readonly state: string; readonly tlp: Tlp };
  readonly sharing: Tlp;
  /** The case is public, or nothing binds any more. */
  readonly isOver: boolean;
  /** Every client of the feed, with the tier at which whoever answers for it is read into the case. */
  readonly recipients: readonly { readonly name: string; readonly tier: number | undefined }[];
}

/** Membership opens nothing early (invariant 6): before disclosure each recipient is read in by name, or it is shared with none of them. */
export function decideShare({ advisory, sharing, isOver, recipients }: ShareGate): Refusal | undefined {
  if (advisory.state !== 'approved') return refuse('wrong_state', 'a second person must approve the advisory first');
  if (tlps.indexOf(sharing) < tlps.indexOf(advisory.tlp))
    return refuse('not_permitted', `its label forbids it: TLP:${advisory.tlp} does not go to a feed of TLP:${sharing}`, '/feedId');
  if (isOver) return undefined;
  if (sharing === 'GREEN')
    return refuse('not_permitted', 'a community gets no early sight: before disclosure nothing is shared under TLP:GREEN');
  if (recipients.length === 0) return refuse('wrong_state', 'this feed has no client yet; before disclosure every recipient is looked at');
  const unread = recipients.filter((r) => r.tier === undefined || r.tier > wholeTier).map((r) => r.name);
  if (unread.length > 0)
    return refuse('not_permitted', `not read into the case at tier ${wholeTier} or closer: whoever answers for ${unread.join(', ')}`);
  return undefined;
}

/** What marks one client's copies of one item: whoever holds the hub's secret can tell whose copy it was, nobody else can make one. */
export function canaryOf(hubSecret: KeyObject, agentId: string, itemId: string): string {
  return createHmac('sha256', hubSecret).update(`canary ${agentId} ${itemId}`).digest('hex').slice(0, 20);
}

/** RFC 9562 §5.4, of 16 random bytes. */
export function uuid4(random: Uint8Array): string {
  const bytes = Buffer.from(random.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A TAXII collection, whoever's it is. */
export interface Collection {
  /** What the objects lie under: a feed's id, or `public`. */
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly label: Label;
}

export function collectionOf(feed: Feed): Collection {
  const description = `Advisories under TLP:${feed.label.tlp}, for those they are shared with.`;
  return { key: feed.id, id: feed.collection, title: feed.name, description, label: feed.label };
}

/** Its id is random to everybody else and the same for this hub for ever. */
export function publicCollection(hubSecret: KeyObject): Collection {
  const id = uuid4(createHmac('sha256', hubSecret).update('public collection').digest());
  return {
    key: 'public',
    id,
    title: 'Published advisories',
    description: 'Everything that this clearinghouse has published.',
    label: publicLabel,
  };
}

/** TAXII 2.1 §2: microseconds. */
export function microText(us: number): string {
  const ms = Math.floor(us / 1000);
  return instantOf(ms).replace('Z', `${String(us % 1000).padStart(3, '0')}Z`);
}

export function microsOf(at: Instant): number {
  return epochMs(at) * 1000;
}

/** What a client's token is good for, and nothing else. */
export const readerScopes = ['feeds.read', 'feeds.took', 'feeds.collections', 'feeds.objects'];
