import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { wireOk } from '../../../base/wire.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { grantsOf, insertGrant, orgById, personById, revokeGrants } from '../../../trust/orgs/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { isPaced } from '../pacing/store.ts';
import { supplierKnows } from '../participants/joining.ts';
import { caseById } from '../store.ts';
import { decideReadIn, type ReadIn, readInMoves, termsDigest, termsOf } from './read-in.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const readIn = action({
  name: 'cases.readIn',
  at: 'POST /api/cases/:id/read-ins',
  summary: 'Offer a named person to be read into a case; nothing opens before they acknowledge.',
  by: ['coordinator'],
  input: wire.readInInput,
  output: wire.readInOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const person = await personById(ctx.tx, input.personId);
    if (person && (await isPaced(ctx.tx, of, person.orgId)))
      return refuse('wrong_state', 'this person’s project has a pace: hand the case over with cases.deliver', '/personId');
    const offered = await offer(ctx, of, input);
    return isRefusal(offered) ? offered : done(offered, offerEvent(offered));
  },
  present: wire.present,
});

export const offers = action({
  name: 'cases.offers',
  at: 'GET /api/read-ins',
  summary: 'The read-ins offered to you, with the terms you would accept.',
  by: 'signed-in',
  input: wire.page,
  output: wire.offersOut,
  async run(ctx, input) {
    return done({ items: await ctx.acrossCompartments((tx) => store.offersTo(tx, ctx.actor.id, input.limit)) });
  },
  present: presentItems(wire.present),
});

export const acknowledge = action({
  name: 'cases.acknowledge',
  at: 'POST /api/cases/:id/acknowledge',
  summary: 'Accept the terms of a read-in offered to you; only now the case opens to you.',
  by: 'signed-in',
  input: wire.acknowledgeInput,
  output: wire.readInOut,
  async run(ctx, input) {
    const offered = await offerTo(ctx, input.id);
    if (!offered) return refuse('not_found', 'no such thing');
    const state = move(readInMoves, offered.state, 'acknowledge');
    if (isRefusal(state)) return state;
    if (offered.expiresAt !== null && offered.expiresAt <= ctx.now)
      return refuse('expired', 'this read-in has expired; ask the coordinator for another');
    if (input.termsDigest !== offered.termsDigest) return refuse('stale', 'these are not the terms that were offered', '/termsDigest');
    const known: ReadIn = { ...offered, state, acknowledgedAt: ctx.now };
    await ctx.acrossCompartments((tx) => store.saveReadIn(tx, known));
    await open(ctx, known);
    const { personId, orgId, tier, expiresAt } = known;
    return done(known, event(known, 'case.read-in', { personId, orgId, tier, expiresAt, termsDigest: known.termsDigest }));
  },
  present: wire.present,
});

export const decline = action({
  name: 'cases.decline',
  at: 'POST /api/cases/:id/decline',
  summary: 'Decline a read-in offered to you.',
  by: 'signed-in',
  input: wire.declineInput,
  output: wireOk,
  async run(ctx, input) {
    const offered = await offerTo(ctx, input.id);
    if (!offered) return refuse('not_found', 'no such thing');
    const state = move(readInMoves, offered.state, 'decline');
    if (isRefusal(state)) return state;
    const declined: ReadIn = { ...offered, state, endedAt: ctx.now };
    await ctx.acrossCompartments((tx) => store.saveReadIn(tx, declined));
    return done({ ok: true as const }, event(declined, 'case.read-in-declined', null));
  },
});

export const endReadIn = action({
  name: 'cases.endReadIn',
  at: 'POST /api/cases/:id/read-ins/end',
  summary: 'End what a person was read into, at once: the need is over, or a breach is suspected.',
  by: ['coordinator'],
  input: wire.endInput,
  output: wireOk,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const live = await store.liveReadIn(ctx.tx, of.id, input.personId);
    if (!live) return refuse('not_found', 'this person is not read in', '/personId');
    const state = move(readInMoves, live.state, 'end');
    if (isRefusal(state)) return state;
    await store.saveReadIn(ctx.tx, { ...live, state, endedAt: ctx.now, endedBecause: input.because });
    await revokeGrants(ctx.tx, of.id, live.personId, ctx.now);
    return done({ ok: true as const }, event(live, 'case.read-in-ended', { personId: live.personId, because: input.because }));
  },
});

export const knowers = action({
  name: 'cases.knowers',
  at: 'GET /api/cases/:id/knowers',
  summary: "Everybody who was ever let into a case or asked, beside the clearinghouse's own staff.",
  by: ['coordinator'],
  input: wire.byCase,
  output: wire.knowersOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const readIns = await store.readInsOfCase(ctx.tx, of.id);
    const byName = new Set<string>(readIns.map((r) => r.id));
    const items: wire.Knower[] = [];
    for (const g of (await grantsOf(ctx.tx, of.id)).filter((g) => !byName.has(g.id))) {
      const name = (await orgById(ctx.tx, g.holderId))?.name ?? g.holderId;
      const state = g.revokedAt ? 'ended' : 'granted';
      const until = g.revokedAt ?? g.expiresAt;
      items.push({
        holderId: g.holderId,
        kind: 'organisation',
        name,
        tier: g.tier,
        state,
        because: g.because,
        sponsorId: null,
        since: g.grantedAt,
        until,
      });
    }
    for (const r of readIns) {
      const name = (await personById(ctx.tx, r.personId))?.name ?? r.personId;
      const until = r.endedAt ?? r.expiresAt;
      items.push({
        holderId: r.personId,
        kind: 'person',
        name,
        tier: r.tier,
        state: r.state,
        because: r.need,
        sponsorId: r.sponsorId,
        since: r.acknowledgedAt,
        until,
      });
    }
    return done({ items });
  },
});

/** Offers a read-in; whoever calls it tells the log so, by `offerEvent`. */
export async function offer(ctx: Ctx, of: Case, input: wire.ReadInInput): Promise<ReadIn | Refusal> {
  const offered = await vet(ctx, of, input);
  if (isRefusal(offered)) return offered;
  const live = await store.liveReadIn(ctx.tx, of.id, offered.personId);
  if (live) await store.saveReadIn(ctx.tx, { ...live, state: 'ended', endedAt: live.expiresAt, endedBecause: 'need-ended' });
  await store.insertReadIn(ctx.tx, offered);
  return offered;
}

/** The read-in as it would be offered now, if every gate is passed; nothing is kept. */
export async function vet(ctx: Ctx, of: Case, input: wire.ReadInInput): Promise<ReadIn | Refusal> {
  if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
  const [person, sponsor] = [await personById(ctx.tx, input.personId), await personById(ctx.tx, input.sponsorId)];
  if (!person) return refuse('not_found', 'no such person', '/personId');
  if (!sponsor) return refuse('not_found', 'no such person', '/sponsorId');
  const [org, sponsorOrg] = [await orgById(ctx.tx, person.orgId), await orgById(ctx.tx, sponsor.orgId)];
  const { tier, ability, exclusions, need, expiresAt = null } = input;
  const suspected = await store.wasSuspected(ctx.tx, person.id);
  const refused = decideReadIn(
    { person, org: org!, sponsor, sponsorOrg: sponsorOrg!, tier, ability, exclusions, suspected, expiresAt },
    ctx.now,
  );
  if (refused) return refused;
  const live = await store.liveReadIn(ctx.tx, of.id, person.id);
  if (live && (live.expiresAt === null || live.expiresAt > ctx.now))
    return refuse('conflict', `this person's read-in is ${live.state} already`, '/personId');
  return {
    ...{ id: ctx.id('grt'), caseId: of.id, personId: person.id, orgId: person.orgId },
    ...{ tier, need, ability, sponsorId: sponsor.id, exclusions, expiresAt },
    ...{ offeredBy: ctx.actor.id, offeredAt: ctx.now, termsDigest: termsDigest(termsOf(of.id, tier, expiresAt)) },
    ...{ state: 'offered', acknowledgedAt: null, endedAt: null, endedBecause: null, label: of.label },
  };
}

export function offerEvent(of: ReadIn): Happening {
  const { need, ability, sponsorId, exclusions } = of;
  return event(of, 'case.read-in-offered', { need, ability, sponsorId, exclusions });
}

/** Looks across compartments for one row of the asker's own: they cannot read the case before they acknowledge. */
async function offerTo(ctx: Ctx, caseId: string): Promise<ReadIn | undefined> {
  return ctx.acrossCompartments((tx) => store.liveReadIn(tx, caseId, ctx.actor.id));
}

async function open(ctx: Ctx, { id, caseId, personId, orgId, tier, need, expiresAt }: ReadIn): Promise<void> {
  await insertGrant(ctx.tx, { id, compartment: caseId, holderId: personId, tier, because: need, grantedAt: ctx.now, expiresAt });
  const org = await orgById(ctx.tx, orgId);
  if (!org?.roles.includes('maintainer') || tier > 1) return;
  await ctx.acrossCompartments(async (tx) => {
    const of = await caseById(tx, caseId);
    if (of) await supplierKnows({ ...ctx, tx }, of, org);
  });
}

function event(of: ReadIn, name: `case.${string}`, payload: unknown): Happening {
  return { event: name, thing: of.caseId, label: ledgerLabel({ id: of.caseId }), payload };
}

export const readInActions = [readIn, offers, acknowledge, decline, endReadIn, knowers];
