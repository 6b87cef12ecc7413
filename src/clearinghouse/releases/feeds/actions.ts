import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { join, label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening, originOf, presentItems } from '../../../trust/action.ts';
import { insertGrant, revokeGrants } from '../../../trust/orgs/grants/store.ts';
import { digestSecret, secretText } from '../../../trust/orgs/org.ts';
import { actorById, insertAgent, insertCredential, keyOf, orgById, personById, revokeCredential } from '../../../trust/orgs/store.ts';
import type { Advisory } from '../../advisories/advisory.ts';
import type { Bulletin } from '../../advisories/bulletin.ts';
import { sourceOf } from '../../advisories/drafted.ts';
import { timeless } from '../../advisories/formats/stix/object.ts';
import { writeStix } from '../../advisories/formats/stix/write.ts';
import type { Source } from '../../advisories/source.ts';
import { advisoryById } from '../../advisories/store.ts';
import { governing } from '../../cases/embargoes/embargo.ts';
import { caseById } from '../../cases/store.ts';
import { releaseById } from '../store.ts';
import {
  canaryOf,
  decideShare,
  type Feed,
  type FeedClient,
  type FeedItem,
  feedLabel,
  itemLabel,
  publicCollection,
  readerScopes,
  uuid4,
} from './feed.ts';
import { feedSource } from './files.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const create = action({
  name: 'feeds.create',
  at: 'POST /api/feeds',
  summary: 'Make a feed for advisories that are for named members only.',
  by: ['coordinator'],
  input: wire.createInput,
  output: wire.feedOut,
  async run(ctx, input) {
    const id = ctx.id('fed');
    const collection = uuid4(ctx.doors.chance(16));
    const feed: Feed = {
      id,
      name: input.name,
      collection,
      createdBy: ctx.actor.id,
      createdAt: ctx.now,
      label: feedLabel(id, input.sharing),
    };
    await store.insertFeed(ctx.tx, feed);
    return done(feed, happened('feed.created', feed, { sharing: input.sharing }));
  },
  present: wire.present,
});

export const list = action({
  name: 'feeds.list',
  at: 'GET /api/feeds',
  summary: 'The access-limited feeds.',
  by: ['coordinator'],
  input: wire.page,
  output: wire.feedsOut,
  async run(ctx, input) {
    return done({ items: await store.listFeeds(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const addClient = action({
  name: 'feeds.addClient',
  at: 'POST /api/feeds/:id/clients',
  summary: 'Give one system of a member a token of its own for one feed; shown once, expiring, good for nothing else.',
  by: ['coordinator'],
  secret: true,
  input: wire.addClientInput,
  output: wire.clientSecretOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input, feed: Feed) {
    const [org, answerable] = [await orgById(ctx.tx, input.orgId), await personById(ctx.tx, input.answerableId)];
    if (!org) return refuse('not_found', 'no such organisation', '/orgId');
    if (answerable?.orgId !== org.id)
      return refuse('not_found', 'whoever answers for it must belong to this organisation', '/answerableId');
    const before = await store.clientsOf(ctx.tx, feed.id);
    if (before.length >= limits.clientsPerFeed) return refuse('too_many', `a feed has at most ${limits.clientsPerFeed} clients`);
    const [agentId, tokenId, secret] = [ctx.id('agt'), ctx.id('tok'), secretText('tok', ctx.doors.chance(32))];
    const expiresAt = plusMs(ctx.now, input.days * day);
    await insertAgent(ctx.tx, { id: agentId, orgId: org.id, name: input.name, answerableId: answerable.id, createdAt: ctx.now });
    const credential = {
      id: tokenId,
      holderId: agentId,
      scopes: readerScopes,
      createdAt: ctx.now,
      expiresAt,
      usedAt: null,
      revokedAt: null,
    };
    await insertCredential(ctx.tx, digestSecret(ctx.doors.keys.secret('tokens'), secret), credential, keyOf(ctx));
    const because = `client of feed ${feed.id}`;
    const grant = { id: ctx.id('grt'), compartment: compartmentOf(feed), holderId: agentId, tier: 0, because };
    await insertGrant(ctx.tx, { ...grant, grantedAt: ctx.now, expiresAt });
    const client: FeedClient = {
      ...{ agentId, feedId: feed.id, orgId: org.id, tokenId, name: input.name, answerableId: answerable.id },
      ...{ addedBy: ctx.actor.id, addedAt: ctx.now, expiresAt, endedAt: null, lastUsedAt: null, label: label('AMBER', org.id) },
    };
    await store.insertClient(ctx.tx, client);
    return done({ ...client, secret }, happened('feed.client-added', feed, { agentId, orgId: org.id, answerableId: answerable.id }));
  },
  present: wire.presentSecret,
});

export const clients = action({
  name: 'feeds.clients',
  at: 'GET /api/feeds/:id/clients',
  summary: 'Which systems read a feed, who answers for them, and when they last came.',
  by: ['coordinator'],
  input: wire.byFeed,
  output: wire.clientsOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input) {
    return done({ items: await store.clientsOf(ctx.tx, input.id) });
  },
  present: presentItems(wire.presentClient),
});

export const endClient = action({
  name: 'feeds.endClient',
  at: 'POST /api/feeds/:id/clients/end',
  summary: 'Take the token of one system away, at once.',
  by: ['coordinator'],
  input: wire.endClientInput,
  output: wire.clientOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input, feed: Feed) {
    const client = await store.clientById(ctx.tx, input.agentId);
    if (client?.feedId !== feed.id) return refuse('not_found', 'no such client', '/agentId');
    if (client.endedAt !== null) return refuse('wrong_state', 'this client has ended');
    await revokeCredential(ctx.tx, client.tokenId, [client.agentId], ctx.now);
    await revokeGrants(ctx.tx, compartmentOf(feed), client.agentId, ctx.now);
    await store.endClient(ctx.tx, client.agentId, ctx.now);
    return done({ ...client, endedAt: ctx.now }, happened('feed.client-ended', feed, { agentId: client.agentId }));
  },
  present: wire.presentClient,
});

export const share = action({
  name: 'feeds.share',
  at: 'POST /api/feeds/:id/items',
  summary: 'Share an approved advisory with the clients of a feed, under the feed\u2019s colour; again shares a later revision.',
  by: ['coordinator'],
  input: wire.shareInput,
  output: wire.itemOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input, feed: Feed) {
    const advisory = await advisoryById(ctx.tx, input.advisoryId);
    if (!advisory) return refuse('not_found', 'no such advisory', '/advisoryId');
    const isOver = await isCaseOver(ctx.tx, advisory.caseId, ctx.now);
    const recipients = await recipientsOf(ctx, feed, advisory.caseId);
    const gate = { state: advisory.state, tlp: advisory.text.tlp ?? 'CLEAR' };
    const no = decideShare({ advisory: gate, sharing: feed.label.tlp, isOver, recipients });
    if (no) return no;
    const items = await store.itemsOf(ctx.tx, feed.id, limits.itemsPerFeed);
    const before = items.find((i) => i.advisoryId === advisory.id);
    if (before?.digest === advisory.digest) return refuse('wrong_state', 'this text is shared already');
    if (!before && items.length >= limits.itemsPerFeed) return refuse('too_many', `a feed holds at most ${limits.itemsPerFeed} advisories`);
    const id = before?.id ?? ctx.id('shr');
    const item: FeedItem = {
      ...{ id, feedId: feed.id, advisoryId: advisory.id, caseId: advisory.caseId, digest: advisory.digest },
      bulletin: bulletinOf(ctx, id, advisory, before?.bulletin),
      ...{ sharedBy: ctx.actor.id, sharedAt: ctx.now, label: itemLabel(feed, advisory.caseId, isOver) },
    };
    await store.saveItem(ctx.tx, item);
    await store.addObjects(ctx.tx, feed.id, item.id, objectsOf(feedSource(feed, item)), item.label, ctx.now);
    const payload = { feedId: feed.id, advisoryId: advisory.id, digest: advisory.digest, isEarly: !isOver };
    return done(item, { event: 'feed.shared', thing: item.id, label: join(item.label, label('RED', 'hou_clearinghouse')), payload });
  },
  present: wire.presentItem,
});

export const unshare = action({
  name: 'feeds.unshare',
  at: 'POST /api/feeds/:id/items/end',
  summary: 'Take an advisory out of a feed.',
  by: ['coordinator'],
  input: wire.itemInput,
  output: wire.itemOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input, feed: Feed) {
    const item = await store.itemById(ctx.tx, input.itemId);
    if (item?.feedId !== feed.id) return refuse('not_found', 'no such thing', '/itemId');
    await store.deleteItem(ctx.tx, item.id);
    const under = join(item.label, label('RED', 'hou_clearinghouse'));
    return done(item, { event: 'feed.unshared', thing: item.id, label: under, payload: { feedId: feed.id } });
  },
  present: wire.presentItem,
});

export const items = action({
  name: 'feeds.items',
  at: 'GET /api/feeds/:id/items',
  summary: 'What is shared in a feed.',
  by: ['coordinator'],
  input: wire.byFeed,
  output: wire.itemsOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input) {
    return done({ items: await store.itemsOf(ctx.tx, input.id, limits.itemsPerFeed) });
  },
  present: presentItems(wire.presentItem),
});

export const downloads = action({
  name: 'feeds.downloads',
  at: 'GET /api/feeds/:id/items/:itemId/downloads',
  summary: 'Which systems took a shared advisory, and when.',
  by: ['coordinator'],
  input: wire.itemInput,
  output: wire.downloadsOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input) {
    return done({ items: await store.downloadsOf(ctx.tx, input.itemId) });
  },
});

export const trace = action({
  name: 'feeds.trace',
  at: 'GET /api/feeds/:id/trace',
  summary: 'Whose copy it was that turned up somewhere, by the mark in it.',
  by: ['coordinator'],
  input: wire.canaryInput,
  output: wire.tracedOut,
  on: (ctx, input) => store.feedById(ctx.tx, input.id),
  async run(ctx, input) {
    const secret = ctx.doors.keys.secret('names');
    const shared = await store.itemsOf(ctx.tx, input.id, limits.itemsPerFeed);
    for (const { agentId, orgId, name } of await store.clientsOf(ctx.tx, input.id))
      for (const item of shared)
        if (canaryOf(secret, agentId, item.id) === input.canary) return done({ agentId, orgId, name, itemId: item.id });
    return refuse('not_found', 'no copy of this feed has that mark', '/canary');
  },
});

export const collect = action({
  name: 'feeds.collect',
  at: 'POST /api/taxii/collect',
  summary: 'Put a release into the public collection.',
  by: ['coordinator'],
  internal: true,
  input: wire.byRelease,
  output: wire.countOut,
  async run(ctx, input) {
    const release = await releaseById(ctx.tx, input.id);
    if (!release?.publication) return refuse('not_found', 'no such release');
    const open = publicCollection(ctx.doors.keys.secret('names'));
    const made = objectsOf(sourceOf(release.publication.bulletin));
    await store.addObjects(ctx.tx, open.key, release.id, made, open.label, ctx.now);
    return done({ moved: made.length });
  },
});

export const openItems = action({
  name: 'feeds.openItems',
  at: 'POST /api/feeds/open-items',
  summary: 'Once a case binds nobody any more, what was shared of it early is for every client of its feed.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wire.countOut,
  async run(ctx, { caseId }) {
    if (!(await isCaseOver(ctx.tx, caseId, ctx.now))) return done({ moved: 0 });
    const early = (await store.itemsOfCase(ctx.tx, caseId)).filter((i) => i.label.compartments.includes(caseId));
    for (const item of early) {
      const feed = await store.feedById(ctx.tx, item.feedId);
      if (!feed) continue;
      await store.saveItem(ctx.tx, { ...item, label: feed.label });
      // Added anew: those for whom it was not there have read on past the moment at which it was added.
      await store.addObjects(ctx.tx, feed.id, item.id, await store.takeObjects(ctx.tx, item.id), feed.label, ctx.now);
    }
    return done({ moved: early.length });
  },
});

async function recipientsOf(ctx: Ctx, feed: Feed, caseId: Id<'cas'>) {
  const live = (await store.clientsOf(ctx.tx, feed.id)).filter((c) => c.endedAt === null && c.expiresAt > ctx.now);
  return Promise.all(
    live.map(async ({ name, answerableId }) => ({ name, tier: (await actorById(ctx.tx, answerableId, [], ctx.now))?.tiers[caseId] })),
  );
}

async function isCaseOver(tx: Tx, caseId: Id<'cas'>, now: Instant): Promise<boolean> {
  const of = await caseById(tx, caseId);
  return of !== undefined && (of.state === 'disclosed' || of.embargo.state === 'exited' || governing(of.embargo).endsAt <= now);
}

/** Its number is the item's own: counted numbers would tell how much is shared that one does not see. */
function bulletinOf(ctx: Ctx, id: Id<'shr'>, advisory: Advisory, before: Bulletin | undefined): Bulletin {
  const versions = before?.versions ?? [];
  return {
    trackingId: `BW-SHARED-${id.slice(4).toUpperCase()}`,
    status: 'final',
    text: advisory.text,
    origin: originOf(ctx),
    versions: [...versions, { number: versions.length + 1, at: ctx.now, change: advisory.text.change }],
  };
}

function objectsOf(source: Source) {
  return writeStix(source).objects.map((o) => ({
    id: o.id,
    type: o.type,
    version: o.modified ?? o.created ?? timeless,
    object: JSON.stringify(o),
  }));
}

function compartmentOf(feed: Feed): string {
  return feed.label.compartments[0]!;
}

/** Who else reads a feed is not for its readers. */
function happened(event: `feed.${string}`, feed: Feed, payload: unknown): Happening {
  return { event, thing: feed.id, label: join(feed.label, label('RED', 'hou_clearinghouse')), payload };
}

export const feedActions = [
  ...[create, list, addClient, clients, endClient, share, unshare, items, downloads, trace],
  ...[collect, openItems],
];
