import { z } from 'zod';
import type { OutgoingMail } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import { day, plusMs } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import { refuse } from '../../../../base/refusal.ts';
import { tierOf } from '../../../../trust/access.ts';
import { action, type Ctx, deskOf, done, type Happening, originOf, presentItems } from '../../../../trust/action.ts';
import type { Labour } from '../../../../trust/labour.ts';
import { actorById, personById } from '../../../../trust/orgs/store.ts';
import { markText } from '../../canaries/canary.ts';
import { copyFor } from '../../canaries/store.ts';
import type { Message } from '../../messages/message.ts';
import { mailAddress } from '../address.ts';
import { letterOf, type Told } from '../letter.ts';
import { type Notice, noticeLabel, type Recipient } from '../notice.ts';
import { type Kind, optionalKinds, points } from '../points.ts';
import { insertReplyAddress, noticesInMail, recipientById, replyAddressById, replyAddressFor, saveRecipient } from '../store.ts';
import { toldOf } from '../telling.ts';
import { post } from './labour.ts';
import { afterAttempt, isOfAddress, leaseMs, type Mail, type MailSpec } from './mail.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

const forHub = { by: ['coordinator'], internal: true } as const;

export const wakeMail = action({
  ...{ name: 'cases.wakeMail', at: 'POST /api/mails/wake-due', ...forHub },
  summary: 'Have every mail sent whose hour has come.',
  input: wire.nothing,
  output: wire.wokenOut,
  async run(ctx) {
    if (!ctx.doors.mail.sends) return done({ woken: 0 });
    const due = await store.dueMails(ctx.tx, ctx.now, limits.followBatchRows);
    for (const of of due) await store.saveMail(ctx.tx, { ...of, leasedUntil: plusMs(ctx.now, leaseMs) });
    return done({ woken: due.length }, ...due.map((of) => happened('mail.due', of, { isUrgent: of.isUrgent })));
  },
});

export const beginMail = action({
  ...{ name: 'cases.beginMail', at: 'POST /api/mails/:id/begin', ...forHub },
  summary: 'One mail as it is to be sent now: of what its recipient may still know.',
  input: wire.byId,
  output: z.custom<MailSpec>(),
  async run(ctx, input) {
    const of = await store.mailById(ctx.tx, input.id);
    if (of?.state !== 'waiting' || of.leasedUntil === null) return refuse('wrong_state', 'nobody asked for it');
    return done(await specOf(ctx, of));
  },
});

export const concludeMail = action({
  ...{ name: 'cases.concludeMail', at: 'POST /api/mails/:id/conclude', ...forHub },
  summary: 'Take down what became of an attempt.',
  input: wire.answerInput,
  output: wire.stateOut,
  async run(ctx, { id, evidence }) {
    const of = await store.mailById(ctx.tx, id);
    if (of?.state !== 'waiting' || of.leasedUntil === null) return refuse('wrong_state', 'nobody asked for it');
    const next = afterAttempt(of, evidence, ctx.now, ctx.doors.chance(1)[0]! / 255);
    await store.saveMail(ctx.tx, next);
    const fails = evidence?.outcome === 'refused' && isOfAddress(evidence.status, evidence.enhanced);
    const because = next.because ?? '';
    if (fails) return done(next, ...(await addressFails(ctx, next, because)));
    return next.state === 'parked' ? done(next, await parked(ctx, next, because)) : done(next);
  },
});

export const cameBack = action({
  ...{ name: 'cases.mailCameBack', at: 'POST /api/mails/:id/came-back', ...forHub },
  summary: 'Take down what a mail server reported of a mail later (RFC 3464).',
  input: wire.cameBackInput,
  output: wire.stateOut,
  async run(ctx, { id, report }) {
    const of = await store.mailById(ctx.tx, id);
    if (!of) return refuse('not_found', 'no such mail');
    // Told once: whoever holds the address may send a thousand reports, and each would be told every coordinator.
    if (of.state === 'parked' || of.state === 'dropped') return done(of);
    const failed = report.find((r) => r.action === 'failed');
    // A report that says nothing we can read proves nothing: it is shown, and the address is believed to work.
    if (!failed) return done(of, happened('mail.reported', of, { report: report.map((r) => r.action) }));
    const because = `came back: ${failed.status} ${failed.diagnostic ?? ''}`.trim().slice(0, limits.becauseChars);
    const next: Mail = { ...of, state: 'parked', because, lastAt: ctx.now, leasedUntil: null };
    await store.saveMail(ctx.tx, next);
    if (failed.status.startsWith('5.')) return done(next, ...(await addressFails(ctx, next, because)));
    return done(next, await parked(ctx, next, because));
  },
});

export const dropMail = action({
  ...{ name: 'cases.dropMail', at: 'POST /api/mails/drop', ...forHub },
  summary: 'Record that a mail came in and nothing was made of it.',
  input: wire.droppedInput,
  output: z.object({}),
  async run(_ctx, { address, because }) {
    return done({}, { event: 'mail.dropped', thing: 'cases.dropMail', label: noticeLabel, payload: { address, because } });
  },
});

export const stopByMail = action({
  ...{ name: 'cases.stopByMail', at: 'POST /api/mails/:id/stop', ...forHub },
  summary: 'Mail a person no more of the optional kinds that this mail was of (RFC 2369).',
  input: wire.byId,
  output: z.object({}),
  async run(ctx, input) {
    const of = await store.mailById(ctx.tx, input.id);
    if (!of) return refuse('not_found', 'no such mail');
    const before = await recipientById(ctx.tx, of.personId);
    const kinds = optionalIn(await noticesInMail(ctx.tx, of.id));
    await saveRecipient(ctx.tx, { ...before, off: [...new Set([...before.off, ...kinds])] });
    return done({}, { event: 'notice.chosen', thing: of.personId, label: noticeLabel, payload: { off: kinds, way: 'mail' } });
  },
});

export const replyAddress = action({
  ...{ name: 'cases.replyAddress', at: 'POST /api/mails/addresses/:id', ...forHub },
  summary: 'Whose address for answers this is, and in which case.',
  input: wire.byAddress,
  output: wire.repliesOut,
  async run(ctx, input) {
    const found = await replyAddressById(ctx.tx, input.id);
    return found && found.expiresAt > ctx.now ? done(found) : refuse('not_found', 'no such address');
  },
});

export const failedMail = action({
  name: 'cases.failedMail',
  at: 'GET /api/mails/failed',
  summary: 'Mail that could not be sent or came back, oldest first.',
  by: ['coordinator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    const found = await store.parkedMails(ctx.tx, input.after, input.limit);
    const items: wire.Named[] = [];
    for (const of of found) items.push(await named(ctx, of));
    return done({ items });
  },
  present: presentItems(wire.present),
});

export const retryMail = action({
  name: 'cases.retryMail',
  at: 'POST /api/mails/:id/retry',
  summary: 'Send a mail again that was parked; from now on the address counts as working.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.mailOut,
  async run(ctx, input) {
    const of = await store.mailById(ctx.tx, input.id);
    if (!of) return refuse('not_found', 'no such mail');
    if (of.state !== 'parked') return refuse('wrong_state', `this mail is ${of.state}`);
    const recipient = await recipientById(ctx.tx, of.personId);
    if (recipient.addressFailsSince !== null) await saveRecipient(ctx.tx, { ...recipient, addressFailsSince: null, addressBecause: null });
    const again: Mail = { ...of, state: 'waiting', dueAt: ctx.now, leasedUntil: null, tries: 0, because: null };
    await store.saveMail(ctx.tx, again);
    return done(await named(ctx, again), happened('mail.retried', again, null));
  },
  present: wire.present,
});

async function specOf(ctx: Ctx, of: Mail): Promise<MailSpec> {
  const [recipient, person] = [await recipientById(ctx.tx, of.personId), await personById(ctx.tx, of.personId)];
  const { protection, publicKey } = recipient;
  const told = await toldNow(ctx, of, recipient);
  if (!person || told.length === 0) return { mail: null, text: '', protection, publicKey };
  const [origin, domain, key] = [originOf(ctx), ctx.doors.mail.replyDomain, ctx.doors.keys.secret('mail')];
  const answers = domain === undefined ? new Map<string, string>() : await answersOf(ctx, of, told, domain);
  const desk = deskOf(ctx);
  const letter = letterOf(told, recipient, { name: origin, desk }, answers);
  const until = plusMs(ctx.now, limits.replyDays * day);
  const own = (kind: 'b' | 'u') => (domain === undefined ? undefined : mailAddress(key, kind, of.id, until, domain));
  const [bounceTo, stopAt] = [own('b'), optionalIn(told).length > 0 ? own('u') : undefined];
  const caseId = new Set(told.map((t) => t.caseId)).size === 1 ? told[0]!.caseId : null;
  const replyTo = caseId === null ? undefined : answers.get(caseId);
  const mail: Omit<OutgoingMail, 'body'> = {
    ...{ messageId: `${of.id}@${domain ?? origin}`, at: of.madeAt, to: person.email, subject: letter.subject },
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(bounceTo === undefined ? {} : { bounceTo }),
    headers: {
      // Mails of one case lie together in the recipient's program.
      ...(caseId === null ? {} : { references: `<${caseId}@${origin}>` }),
      ...(stopAt === undefined ? {} : { 'list-unsubscribe': `<mailto:${stopAt}>, <${desk}/notices>` }),
    },
  };
  return { mail, text: letter.text, protection, publicKey };
}

async function toldNow(ctx: Ctx, of: Mail, recipient: Recipient): Promise<(Told & Notice)[]> {
  const who = await actorById(ctx.tx, of.personId, ['*'], ctx.now);
  const told: (Told & Notice)[] = [];
  for (const notice of who ? await noticesInMail(ctx.tx, of.id) : []) {
    const still = await toldOf(ctx.tx, notice, who!);
    if (!still) continue;
    const { message } = still;
    const content = message && recipient.protection !== 'none' ? await contentOf(ctx, notice.caseId!, message, of.personId) : {};
    told.push({ ...notice, ...content });
  }
  return told;
}

/** For a mail that only its recipient opens; marked as their copy, as it is on their desk. */
async function contentOf(ctx: Ctx, caseId: Id<'cas'>, message: Message, personId: string): Promise<{ readonly content: string }> {
  const code = await copyFor(ctx, { id: caseId }, personId);
  return { content: `${message.authorName} wrote:\n${markText(message.text, code)}` };
}

/** For each case that the recipient reads, an address that is good for at least half of its time. */
async function answersOf(ctx: Ctx, of: Mail, told: readonly Notice[], domain: string): Promise<Map<string, string>> {
  const who = await actorById(ctx.tx, of.personId, ['*'], ctx.now);
  const answers = new Map<string, string>();
  for (const caseId of new Set(told.map((t) => t.caseId))) {
    if (caseId === null || !who || tierOf(who, caseId) === undefined) continue;
    const good = await replyAddressFor(ctx.tx, of.personId, caseId, plusMs(ctx.now, (limits.replyDays * day) / 2));
    const expiresAt = plusMs(ctx.now, limits.replyDays * day);
    const address = good ?? { id: ctx.id('rad'), personId: of.personId, caseId, expiresAt };
    if (!good) await insertReplyAddress(ctx.tx, address);
    answers.set(caseId, mailAddress(ctx.doors.keys.secret('mail'), 'r', address.id, address.expiresAt, domain));
  }
  return answers;
}

async function addressFails(ctx: Ctx, of: Mail, because: string): Promise<Happening[]> {
  const before = await recipientById(ctx.tx, of.personId);
  if (before.addressFailsSince !== null) return [];
  await saveRecipient(ctx.tx, { ...before, addressFailsSince: ctx.now, addressBecause: because });
  const { event } = await parked(ctx, of, because);
  return [happened(event === 'mail.parked' ? 'mail.address-failing' : event, of, { personId: of.personId, because })];
}

/** That a mail about failing mail failed is told nobody by mail: it would never end. */
async function parked(ctx: Ctx, of: Mail, because: string) {
  const isAboutMail = (await noticesInMail(ctx.tx, of.id)).every((n) => points[n.point].kind === 'mail');
  return happened(isAboutMail ? 'mail.given-up' : 'mail.parked', of, { because });
}

async function named(ctx: Ctx, of: Mail): Promise<wire.Named> {
  const person = await personById(ctx.tx, of.personId);
  return { ...of, name: person?.name ?? '', email: person?.email ?? '' };
}

function optionalIn(told: readonly Notice[]): Kind[] {
  const kinds = new Set<Kind>(told.map((t) => points[t.point].kind));
  return optionalKinds.filter((kind) => kinds.has(kind));
}

function happened<E extends `mail.${string}`>(event: E, of: Mail, payload: unknown): Happening & { readonly event: E } {
  return { event, thing: of.id, label: noticeLabel, payload };
}

export const mailLabour: Labour<MailSpec, Awaited<ReturnType<typeof post>>> = {
  name: 'mail',
  begin: beginMail,
  work: post,
  conclude: concludeMail,
};

export const mailActions = [
  ...[wakeMail, beginMail, concludeMail, cameBack, dropMail, stopByMail, replyAddress],
  ...[failedMail, retryMail],
];
