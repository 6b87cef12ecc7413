import type { Id } from '../../../base/id.ts';
import { label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { wireOk } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { action, type Ctx, done, presentItems } from '../../../trust/action.ts';
import { orgById, personById } from '../../../trust/orgs/store.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { commitmentOf, contentDigest } from '../commitment.ts';
import { receiptOf } from '../finding.ts';
import { happened, receive, submitters } from '../intake/actions.ts';
import * as findings from '../wire.ts';
import { countStanzas, type Sealed, sealedMoves } from './sealed.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const offerRecipient = action({
  name: 'findings.offerRecipient',
  at: 'POST /api/findings/recipients',
  summary: 'Offer an age public key of yours: findings can be sealed to you. Offering another replaces it.',
  by: ['coordinator', 'maintainer'],
  input: wire.offerInput,
  output: wireOk,
  async run(ctx, input) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'sealed findings are for named people');
    const orgId = ctx.actor.orgId as Id<'org'>;
    const of = { personId: ctx.actor.id, orgId, recipient: input.recipient, offeredAt: ctx.now, label: label('AMBER', orgId) };
    await store.saveRecipient(ctx.tx, of);
    return done({ ok: true as const }, { event: 'recipient.offered', thing: ctx.actor.id, label: of.label, payload: input });
  },
});

export const withdrawRecipient = action({
  name: 'findings.withdrawRecipient',
  at: 'POST /api/findings/recipients/withdraw',
  summary: 'Take your public key back; what was sealed to it stays so.',
  by: ['coordinator', 'maintainer'],
  input: wire.nothing,
  output: wireOk,
  async run(ctx) {
    if (!(await store.removeRecipient(ctx.tx, ctx.actor.id))) return refuse('not_found', 'you offer no key');
    return done({ ok: true as const }, { event: 'recipient.withdrawn', thing: ctx.actor.id, label: label('AMBER', ctx.actor.orgId!) });
  },
});

export const recipients = action({
  name: 'findings.recipients',
  at: 'GET /api/findings/recipients',
  summary: 'Whom a finding can be sealed to, and their age public keys.',
  by: 'signed-in',
  input: wire.page,
  output: wire.recipientsOut,
  async run(ctx, input) {
    // A public key is offered to everybody who has a finding, of whatever organisation.
    const items = await ctx.acrossCompartments(async (tx) => {
      const found: wire.NamedRecipient[] = [];
      for (const of of await store.listRecipients(tx, input.after, input.limit)) {
        const [person, org] = [await personById(tx, of.personId), await orgById(tx, of.orgId)];
        if (person && org && org.disabledAt === null) found.push({ ...of, name: person.name, orgName: org.name });
      }
      return found;
    });
    return done({ items });
  },
  present: presentItems(wire.presentRecipient),
});

export const submitSealed = action({
  name: 'findings.submitSealed',
  at: 'POST /api/findings/sealed',
  summary: 'Hand in a finding that only named people can read (age); the hub holds its commitment and what you choose to say.',
  by: submitters,
  input: wire.submitSealedInput,
  output: wire.submittedOut,
  async run(ctx, input) {
    const orgId = ctx.actor.orgId as Id<'org'>;
    const bytes = Buffer.from(input.ciphertext, 'base64');
    const recipientIds = [...new Set<string>(input.recipientIds)].sort();
    if (countStanzas(bytes) === undefined) return refuse('malformed', 'must be an age file', '/ciphertext');
    const known = await ctx.acrossCompartments(async (tx) => {
      const offered = await store.recipientsOf(tx, recipientIds);
      const orgs = await Promise.all([...new Set(offered.map((of) => of.orgId))].map((id) => orgById(tx, id)));
      const working = new Set(orgs.flatMap((org) => (org && org.disabledAt === null ? [org.id] : [])));
      return offered.filter((of) => working.has(of.orgId));
    });
    if (known.length < recipientIds.length) return refuse('not_found', 'not everybody named offers a key', '/recipientIds');
    const purl = input.purl === undefined ? null : canonicalPurl(input.purl);
    if (isRefusal(purl)) return { ...purl, at: '/purl' };
    if ((await store.countSealed(ctx.tx, orgId)) >= limits.sealedPerOrg)
      return refuse('too_many', `an organisation has at most ${limits.sealedPerOrg} findings sealed at a time`);
    const sealed: Sealed = {
      ...{ id: ctx.id('fnd'), orgId, reporterId: ctx.actor.id, receipt: receiptOf(ctx.doors.chance(12)), commitment: input.commitment },
      ...{ blobId: ctx.id('blb'), bytes: bytes.length, recipientIds, title: input.title ?? null, purl, exploited: input.exploited },
      ...{ state: 'sealed', stateBecause: null, stateBy: null, receivedAt: ctx.now, stateAt: ctx.now, label: label('RED', orgId) },
    };
    await ctx.doors.blobs.put(sealed.blobId, bytes);
    await store.insertSealed(ctx.tx, sealed);
    const payload = { commitment: sealed.commitment, recipientIds };
    return done(sealed, { event: 'finding.sealed', thing: sealed.id, label: sealed.label, payload });
  },
  present: ({ id, receipt }: Sealed) => ({ id, receipt }),
});

export const sealed = action({
  name: 'findings.sealed',
  at: 'GET /api/findings/sealed',
  summary: 'Sealed findings of yours, and those sealed to you; coordinators see all, without what is in them.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    const { roles, orgId, id: personId } = ctx.actor;
    const of = roles.includes('coordinator') ? undefined : { orgId, personId };
    return done({ items: await ctx.acrossCompartments((tx) => store.listSealed(tx, of, input.after, input.limit)) });
  },
  present: presentItems(wire.present),
});

export const sealedFile = action({
  name: 'findings.sealedFile',
  at: 'GET /api/findings/sealed/:id/file',
  summary: 'The age file of a sealed finding, for its recipients and its finder.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.fileOut,
  on: (ctx, input) => forThose(ctx, input.id, isRecipientOrFinder),
  async run(ctx, _input, of: Sealed) {
    if (of.state === 'withdrawn') return refuse('wrong_state', 'its finder took it back');
    const bytes = await ctx.doors.blobs.get(of.blobId);
    return isRefusal(bytes) ? bytes : done({ id: of.id, data: Buffer.from(bytes).toString('base64') });
  },
});

export const openSealed = action({
  name: 'findings.openSealed',
  at: 'POST /api/findings/sealed/:id/open',
  summary: 'Hand in what a sealed finding says: it must be what was committed to, and counts from the day it was sealed.',
  by: 'signed-in',
  input: wire.openInput,
  output: findings.submitOut,
  on: (ctx, input) => forThose(ctx, input.id, isRecipientOrFinder),
  async run(ctx, { salt, finding: said }, of: Sealed) {
    const state = move(sealedMoves, of.state, 'open');
    if (isRefusal(state)) return state;
    const draft = findings.draftOf(said);
    if (isRefusal(draft)) return { ...draft, at: `/finding${draft.at ?? ''}` };
    if (commitmentOf(salt, contentDigest(draft)) !== of.commitment)
      return refuse('untrusted', 'salt and content are not what was committed to', '/finding');
    const { id, orgId, reporterId, receipt, receivedAt } = of;
    const [received] = await receive(ctx, [draft], { id, orgId, reporterId, receipt, receivedAt, commitmentSalt: salt });
    await ctx.acrossCompartments((tx) => store.saveSealedState(tx, { ...of, state, stateBy: ctx.actor.id, stateAt: ctx.now }));
    const opened = { event: 'finding.opened', thing: id, label: label('RED', orgId), payload: { by: ctx.actor.id } } as const;
    return done(received!, opened, happened(received!));
  },
  // Whoever holds the receipt can pass for the finder.
  present: ({ finding, missing }, viewer) => {
    const received = findings.presentReceived(finding, missing);
    return viewer.orgId === finding.orgId ? received : { ...received, receipt: '' };
  },
});

export const withdrawSealed = action({
  name: 'findings.withdrawSealed',
  at: 'POST /api/findings/sealed/:id/withdraw',
  summary: 'Take back a sealed finding of yours; its file is handed out no more, its commitment stays in the log.',
  by: submitters,
  input: wire.withdrawInput,
  output: wire.stateOut,
  on: (ctx, input) => forThose(ctx, input.id, isFinder),
  async run(ctx, input, of: Sealed) {
    const state = move(sealedMoves, of.state, 'withdraw');
    if (isRefusal(state)) return state;
    const after: Sealed = { ...of, state, stateBecause: input.because, stateBy: ctx.actor.id, stateAt: ctx.now };
    await store.saveSealedState(ctx.tx, after);
    return done(after, { event: 'finding.withdrawn', thing: of.id, label: of.label, payload: { because: input.because } });
  },
  present: ({ id, state }: Sealed) => ({ id, state }),
});

type Known = { readonly [K in 'orgId' | 'reporterId']: string } & Pick<Sealed, 'recipientIds'>;
const isFinder = (of: Known, actor: Actor) => of.orgId === actor.orgId;
const isRecipientOrFinder = (of: Known, actor: Actor) => isFinder(of, actor) || of.recipientIds.includes(actor.id);

/** It lies under its finder's label; being named by the finder is what lets a recipient of another organisation at it, and at nothing else. */
async function forThose(ctx: Ctx, id: string, may: (of: Known, actor: Actor) => boolean): Promise<Sealed | undefined> {
  const of = await ctx.acrossCompartments((tx) => store.sealedForChange(tx, id));
  return of && may(of, ctx.actor) ? { ...of, label: label('RED', ctx.actor.orgId!) } : undefined;
}

export const sealedActions = [
  ...[offerRecipient, withdrawRecipient, recipients],
  ...[submitSealed, sealed, sealedFile, openSealed, withdrawSealed],
];
