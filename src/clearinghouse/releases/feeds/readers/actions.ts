import { z } from 'zod';
import type { Doors, Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import { epochMs, hour, type Instant, instantOf, minute, plusMs } from '../../../../base/instant.ts';
import { join, label } from '../../../../base/label.ts';
import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { type Actor, house } from '../../../../trust/access.ts';
import { action, type Ctx, done, type Happening } from '../../../../trust/action.ts';
import { actorById, actorCounted } from '../../../../trust/orgs/store.ts';
import { type Collection, canaryOf, collectionOf, type Feed, type FeedItem, publicCollection, wholeTier } from '../feed.ts';
import * as store from '../store.ts';
import type { TaxiiPage } from '../taxii.ts';
import * as wire from '../wire.ts';

/** What a client of a feed is given; the door that asks has looked up whose token it was. */
export const read = action({
  name: 'feeds.read',
  at: 'GET /api/feeds/:id/read',
  summary: 'A feed as one client sees it.',
  by: 'signed-in',
  internal: true,
  input: wire.byFeed,
  output: z.custom<{ feed: Feed; items: readonly FeedItem[]; canaries: Readonly<Record<string, string>> }>(),
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input, feed: Feed) {
    const found = await store.itemsOf(ctx.tx, input.id, limits.itemsPerFeed);
    const secret = ctx.doors.keys.secret('names');
    const canaries = Object.fromEntries(found.map((i) => [i.id, canaryOf(secret, ctx.actor.id, i.id)]));
    return done({ feed, items: found, canaries });
  },
});

/** Counts what was handed over, whole: a list is no download. */
export const took = action({
  name: 'feeds.took',
  at: 'POST /api/feeds/:id/took',
  summary: 'Note that a client was given an advisory.',
  by: 'signed-in',
  internal: true,
  input: wire.itemInput,
  output: wire.countOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input) {
    const item = await store.itemById(ctx.tx, input.itemId);
    if (!item) return refuse('not_found', 'no such thing');
    await noteTaken(ctx, [item]);
    return done({ moved: 1 }, taken(ctx, item));
  },
});

/** The collections that somebody sees: the public one, and for a client of a feed that one. */
export const collections = action({
  name: 'feeds.collections',
  at: 'GET /api/taxii/collections',
  summary: 'The TAXII collections.',
  by: 'anyone',
  internal: true,
  input: wire.nothing,
  output: z.custom<readonly Collection[]>(),
  async run(ctx) {
    const all = [publicCollection(ctx.doors.keys.secret('names'))];
    // Row-level security leaves exactly those that are this reader's.
    if (ctx.actor.kind !== 'anonymous') all.push(...(await store.listFeeds(ctx.tx, '', limits.pageRows)).map(collectionOf));
    return done(all);
  },
});

export const objects = action({
  name: 'feeds.objects',
  at: 'GET /api/taxii/objects',
  summary: 'Objects of a TAXII collection.',
  by: 'anyone',
  internal: true,
  input: wire.objectsInput,
  output: z.custom<TaxiiPage>(),
  async run(ctx, { collection, filter }) {
    const page = await store.objectsIn(ctx.tx, collection, filter);
    if (ctx.actor.kind === 'anonymous' || collection === 'public') return done(page);
    const shared = await store.itemsOf(ctx.tx, collection, limits.itemsPerFeed);
    const brought = new Set(page.objects.map((o) => o.broughtBy));
    const given = shared.filter((i) => brought.has(i.id));
    await noteTaken(ctx, given);
    return done(page, ...given.map((item) => taken(ctx, item)));
  },
});

/** Whose token it is: the client with what it reads now, early advisories included where whoever answers for it is read in. */
export async function clientBySecret(doors: Doors, secret: string): Promise<Actor | Refusal> {
  const [pepper, now] = [doors.keys.secret('tokens'), doors.clock.now()];
  const hourAt = instantOf(Math.floor(epochMs(now) / hour) * hour);
  const counted = await doors.db.singly((tx) => actorCounted(tx, pepper, secret, now, hourAt));
  if (!counted?.actor.scopes.includes(read.name)) return refuse('not_permitted', 'this credential is not of a client', 'Authorization');
  if (counted.requests > limits.feedRequestsPerHour)
    return refuse('too_many', `at most ${limits.feedRequestsPerHour} requests an hour for one token`);
  const { actor } = counted;
  return doors.db.transaction(house.reads, async (tx) => {
    const client = await store.clientById(tx, actor.id);
    const compartment = client && `hou_${client.feedId}`;
    if (!client || client.endedAt !== null || compartment === undefined || actor.tiers[compartment] === undefined)
      return refuse('not_permitted', 'this credential is not of a client', 'Authorization');
    // Not at every request: its row would be the one place where they all wait.
    if (client.lastUsedAt === null || plusMs(client.lastUsedAt, minute) <= now) await store.noteUse(tx, client.agentId, now);
    const tiers = await tiersOf(tx, client.answerableId, now);
    const early = Object.entries(tiers).filter(([c, tier]) => c.startsWith('cas_') && tier <= wholeTier);
    // Of its own grants only this feed's: whatever else its organisation reads is not for a token that lies on a server.
    return { ...actor, reads: [client.orgId, compartment, ...early.map(([c]) => c)] };
  });
}

async function tiersOf(tx: Tx, personId: string, now: Instant): Promise<Actor['tiers']> {
  return (await actorById(tx, personId, [], now))?.tiers ?? {};
}

async function noteTaken(ctx: Ctx, taken: readonly FeedItem[]): Promise<void> {
  const labelled = taken.map((i) => ({ id: i.id, label: ownLabel(ctx, i) }));
  await store.noteDownloads(ctx.tx, ctx.actor.id as Id<'agt'>, labelled, ctx.now);
}

/** What one recipient took is not for the other recipients. */
function ownLabel(ctx: Ctx, item: FeedItem) {
  return join(item.label, label('AMBER', ctx.actor.orgId ?? 'hou_clearinghouse'));
}

function taken(ctx: Ctx, item: FeedItem): Happening {
  return { event: 'feed.taken', thing: item.feedId, label: ownLabel(ctx, item), payload: { itemId: item.id } };
}

export const readerActions = [read, took, collections, objects];
