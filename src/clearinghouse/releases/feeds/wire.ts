import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { type Feed, type FeedClient, type FeedItem, sharings } from './feed.ts';
import type { TaxiiFilter } from './taxii.ts';

export const createInput = z.object({ name: wireName, sharing: z.enum(sharings) });
export const page = wirePage;
export const byFeed = z.object({ id: wireId('fed') });
export const addClientInput = z.object({
  id: wireId('fed'),
  orgId: wireId('org'),
  /** What the system is called. */
  name: wireName,
  /** Who answers for it: before disclosure it sees what this person is read into. */
  answerableId: wireId('psn'),
  days: z.coerce.number().int().min(1).max(limits.tokenDays).default(90),
});
export const endClientInput = z.object({ id: wireId('fed'), agentId: wireId('agt') });
export const shareInput = z.object({ id: wireId('fed'), advisoryId: wireId('adv') });
export const itemInput = z.object({ id: wireId('fed'), itemId: wireId('shr') });
export const canaryInput = z.object({
  id: wireId('fed'),
  canary: z.string().regex(/^[0-9a-f]{20}$/, 'must be the 20 hexadecimal digits of a copy'),
});
export const byCase = z.object({ caseId: wireId('cas') });
export const byRelease = z.object({ id: wireId('rel') });
export const nothing = z.object({});
/** Only the hub's own doors ask so; what came from outside was read by `readFilter`. */
export const objectsInput = z.object({ collection: z.string().max(64), filter: z.custom<TaxiiFilter>() });

export const feedOut = z.object({
  id: wireId('fed'),
  name: z.string(),
  sharing: z.enum(sharings),
  collection: z.string(),
  createdAt: wireInstant,
});
export const feedsOut = z.object({ items: z.array(feedOut) });
export const clientOut = z.object({
  agentId: wireId('agt'),
  feedId: wireId('fed'),
  orgId: wireId('org'),
  name: z.string(),
  answerableId: wireId('psn'),
  addedAt: wireInstant,
  expiresAt: wireInstant,
  endedAt: wireInstant.nullable(),
  lastUsedAt: wireInstant.nullable(),
});
export const clientSecretOut = clientOut.extend({ secret: z.string() });
export const clientsOut = z.object({ items: z.array(clientOut) });
export const itemOut = z.object({
  id: wireId('shr'),
  feedId: wireId('fed'),
  advisoryId: wireId('adv'),
  caseId: wireId('cas'),
  trackingId: z.string(),
  version: z.number(),
  sharedAt: wireInstant,
  /** Only for those who are read into the case. */
  isEarly: z.boolean(),
});
export const itemsOut = z.object({ items: z.array(itemOut) });
export const downloadsOut = z.object({
  items: z.array(z.object({ agentId: wireId('agt'), firstAt: wireInstant, lastAt: wireInstant, times: z.number() })),
});
export const tracedOut = z.object({ agentId: wireId('agt'), orgId: wireId('org'), name: z.string(), itemId: wireId('shr') });
export const countOut = z.object({ moved: z.number() });

export function present({ id, name, label, collection, createdAt }: Feed, _viewer: Actor): z.input<typeof feedOut> {
  return { id, name, sharing: label.tlp as (typeof sharings)[number], collection, createdAt };
}

export function presentClient(client: FeedClient, _viewer: Actor): z.input<typeof clientOut> {
  const { agentId, feedId, orgId, name, answerableId, addedAt, expiresAt, endedAt, lastUsedAt } = client;
  return { agentId, feedId, orgId, name, answerableId, addedAt, expiresAt, endedAt, lastUsedAt };
}

/** With the secret, once. */
export function presentSecret(
  { secret, ...client }: FeedClient & { readonly secret: string },
  viewer: Actor,
): z.input<typeof clientSecretOut> {
  return { ...presentClient(client, viewer), secret };
}

export function presentItem(
  { id, feedId, advisoryId, caseId, bulletin, sharedAt, label }: FeedItem,
  _viewer: Actor,
): z.input<typeof itemOut> {
  const { trackingId, versions } = bulletin;
  return { id, feedId, advisoryId, caseId, trackingId, version: versions.length, sharedAt, isEarly: label.compartments.includes(caseId) };
}
