import { sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { hour, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Actor, tierOf } from '../../../trust/access.ts';
import { action, type Ctx, type Done, done } from '../../../trust/action.ts';
import { actorById, personById } from '../../../trust/orgs/store.ts';
import { type Attachment, named, sealNames } from '../../findings/attachment.ts';
import { copyFor } from '../canaries/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { mayDraft } from '../participants/coordinating.ts';
import { caseById } from '../store.ts';
import { type Audience, audienceOf, type Message, type Reader, reads, type Way } from './message.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const message = action({
  name: 'cases.message',
  at: 'POST /api/cases/:id/messages',
  summary: 'Write to a tier of the case, or to its coordinators; coordinators also to one person.',
  by: 'signed-in',
  input: wire.messageInput,
  output: wire.messageOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const refused = await mayWrite(ctx, of);
    if (refused) return refused;
    const author = readerOf(of, ctx.actor);
    const withTier = input.withId === undefined ? undefined : await tierFor(ctx, of, input.withId);
    const audience = audienceOf(input, author, withTier);
    if (isRefusal(audience)) return audience;
    const unknown = await unknownMention(ctx, of, author, audience, input.mentions);
    if (unknown) return unknown;
    return write(ctx, of, { ...input, ...audience, way: 'direct' });
  },
  present: wire.present,
});

export const byMail = action({
  name: 'cases.messageByMail',
  at: 'POST /api/cases/:id/messages/by-mail',
  summary: 'Write what came by mail to the address of one person in one case: as that person, at its tier, and shown as such.',
  by: 'signed-in',
  internal: true,
  input: wire.byMailInput,
  output: wire.messageOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { from, ...input }, of: Case) {
    const person = await personById(ctx.tx, ctx.actor.id);
    // A header is anybody's to write; but whoever forwards a notice by mistake has not lent out their name with it.
    if (person?.email.toLowerCase() !== from.toLowerCase()) return refuse('untrusted', 'not from the address this hub knows', '/from');
    const refused = await mayWrite(ctx, of);
    if (refused) return refused;
    const lately = await store.countByMail(ctx.tx, of.id, ctx.actor.id, plusMs(ctx.now, -hour));
    if (lately >= limits.repliesPerHour) return refuse('too_many', `by mail at most ${limits.repliesPerHour} messages an hour`);
    const audience = audienceOf({}, readerOf(of, ctx.actor), undefined);
    return isRefusal(audience) ? audience : write(ctx, of, { ...input, ...audience, mentions: [], way: 'mail' });
  },
  present: wire.present,
});

export const messages = action({
  name: 'cases.messages',
  at: 'GET /api/cases/:id/messages',
  summary: 'The messages of a case that you read, oldest first, and how many are new to you.',
  by: 'signed-in',
  input: wire.messagesInput,
  output: wire.messagesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const who = readerOf(of, ctx.actor);
    const items = await store.messagesFor(ctx.tx, of.id, who, input);
    const code = await copyFor(ctx, of);
    const copies = shown(ctx, items).map((m) => wire.copied(m, code, who.id));
    return done({ items: copies, ...(await store.readStateOf(ctx.tx, of.id, who)) });
  },
  present: ({ items, ...rest }) => ({ items: items.map(wire.present), ...rest }),
});

export const readMessages = action({
  name: 'cases.readMessages',
  at: 'POST /api/cases/:id/messages/read',
  summary: 'Say up to which message you have read.',
  by: 'signed-in',
  input: wire.readInput,
  output: wire.readOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    await store.markRead(ctx.tx, of, ctx.actor.id, input.upTo);
    return done(await store.readStateOf(ctx.tx, of.id, readerOf(of, ctx.actor)));
  },
});

export const messageFile = action({
  name: 'cases.messageFile',
  at: 'GET /api/cases/:id/messages/:seq/files/:blobId',
  summary: 'A file of a message that you read.',
  by: 'signed-in',
  input: wire.fileOfInput,
  output: wire.fileOutput,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const found = await store.messageBySeq(ctx.tx, of.id, input.seq);
    const file = found && reads(found, readerOf(of, ctx.actor)) ? found.files.find((f) => f.id === input.blobId) : undefined;
    if (!file) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(file.id);
    if (isRefusal(bytes)) return bytes;
    const { filename } = named(ctx.doors.keys.secret('names'), file);
    return done({ filename, data: Buffer.from(bytes).toString('base64') });
  },
});

export const unread = action({
  name: 'cases.unread',
  at: 'GET /api/messages/unread',
  summary: 'The cases in which there is something new to you, and how many messages name you.',
  by: 'signed-in',
  input: wire.unreadInput,
  output: wire.unreadOut,
  async run(ctx, input) {
    const { id, tiers } = ctx.actor;
    return done({ items: await store.unreadOf(ctx.tx, id, isCoordinator(ctx.actor), tiers, input.limit) });
  },
});

/** The messages a viewer of the whole case sees with it: the last ones. */
export async function lastMessages(ctx: Ctx, of: Case): Promise<wire.Shown[]> {
  return shown(ctx, await store.messagesFor(ctx.tx, of.id, readerOf(of, ctx.actor), { limit: limits.pageRows }));
}

/** Staff of a hub of several organisations reads along; in the case's name only those write who coordinate it. */
async function mayWrite(ctx: Ctx, of: Case): Promise<Refusal | undefined> {
  return isCoordinator(ctx.actor) ? mayDraft(ctx, of) : undefined;
}

interface Given extends Audience {
  readonly text: string;
  readonly mentions: readonly string[];
  readonly files: readonly { readonly filename: string; readonly data: string }[];
  readonly way: Way;
}

async function write(ctx: Ctx, of: Case, given: Given): Promise<Done<wire.Shown> | Refusal> {
  if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
  const seq = (await store.lastMessageSeq(ctx.tx, of.id)) + 1;
  if (seq > limits.messagesPerCase) return refuse('too_many', `a case holds at most ${limits.messagesPerCase} messages`);
  const { text, tier, withId, mentions, way } = given;
  const author = { authorId: ctx.actor.id, authorName: ctx.actor.name };
  const files = await kept(ctx, given.files);
  const written: Message = { seq, ...author, text, at: ctx.now, tier, withId, mentions: [...new Set(mentions)], files, way };
  await store.appendMessage(ctx.tx, of, written);
  const payload = { seq, tier, withId, mentions: written.mentions, way };
  return done(shown(ctx, [written])[0]!, { event: 'case.message-written', thing: of.id, label: ledgerLabel(of), payload });
}

async function kept(ctx: Ctx, files: Given['files']): Promise<Attachment[]> {
  const all: Attachment[] = [];
  for (const { filename, data } of files) {
    const bytes = Buffer.from(data, 'base64');
    const id = ctx.id('blb');
    await ctx.doors.blobs.put(id, bytes);
    const names = sealNames(ctx.doors.keys.secret('names'), id, { filename, description: null }, ctx.doors.chance(12));
    all.push({ id, names, contentType: 'application/octet-stream', type: 'other', sha256: sha256(bytes), bytes: bytes.length });
  }
  return all;
}

function shown(ctx: Ctx, items: readonly Message[]): wire.Shown[] {
  const key = ctx.doors.keys.secret('names');
  return items.map((m) => ({ ...m, files: m.files.map((f) => named(key, f)) }));
}

/** Whom one reads in the case one may name; coordinators anybody who would read it. Nobody learns so who else is read in. */
async function unknownMention(ctx: Ctx, of: Case, author: Reader, audience: Audience, mentions: readonly Id<'psn'>[]) {
  const known = mentions.length > 0 ? new Set(await store.authorsFor(ctx.tx, of.id, author)) : new Set<string>();
  for (const [i, id] of mentions.entries()) {
    const mayName = author.isCoordinator || known.has(id);
    const tier = mayName ? await tierFor(ctx, of, id) : undefined;
    if (tier === undefined || tier > audience.tier) return refuse('not_found', 'nobody of that id reads this', `/mentions/${i}`);
  }
  return undefined;
}

/** At which tier somebody reads the case now; undefined: not at all. */
async function tierFor(ctx: Ctx, of: Case, id: string): Promise<number | undefined> {
  const who = await actorById(ctx.tx, id, ['*'], ctx.now);
  return who && tierOf(who, of.id);
}

export function readerOf(of: Pick<Case, 'id'>, actor: Actor): Reader {
  return { id: actor.id, tier: tierOf(actor, of.id) ?? 3, isCoordinator: isCoordinator(actor) };
}

function isCoordinator(actor: Actor): boolean {
  return actor.roles.includes('coordinator');
}

export const messageActions = [message, byMail, messages, readMessages, messageFile, unread];
