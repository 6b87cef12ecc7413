import { label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import { packageOf } from '../inventories/package-name.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { type Claim, claimMoves, decideOverlap } from './claim.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const declare = action({
  name: 'claims.declare',
  at: 'POST /api/claims',
  summary: 'Say what you are about to look at; learn whether somebody is on it already.',
  by: ['finder', 'coordinator'],
  input: wire.declareInput,
  output: wire.declareOut,
  async run(ctx, input) {
    const purl = canonicalPurl(input.purl);
    if (isRefusal(purl)) return { ...purl, at: '/purl' };
    if (input.endsAt <= ctx.now) return refuse('expired', 'the window lies in the past', '/endsAt');
    const orgId = ctx.actor.orgId as Claim['orgId'];
    const claim: Claim = {
      ...input,
      id: ctx.id('clm'),
      orgId,
      purl,
      package: packageOf(purl),
      state: 'held',
      label: label('AMBER', orgId),
      createdAt: ctx.now,
    };
    const others = await ctx.acrossCompartments((tx) => store.heldOn(tx, claim.package));
    await store.insertClaim(ctx.tx, claim);
    const overlap = decideOverlap(claim, others);
    return done(
      { claim, overlap },
      { event: 'claim.declared', thing: claim.id, label: claim.label, payload: { package: claim.package, overlap } },
    );
  },
  present: wire.presentDeclared,
});

export const get = action({
  name: 'claims.get',
  at: 'GET /api/claims/:id',
  summary: 'One claim of your own.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.claimById(ctx.tx, input.id),
  async run(_ctx, _input, claim: Claim) {
    return done(claim);
  },
  present: wire.present,
});

export const list = action({
  name: 'claims.list',
  at: 'GET /api/claims',
  summary: 'Your claims, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listClaims(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const release = action({
  name: 'claims.release',
  at: 'POST /api/claims/:id/release',
  summary: 'Give a claim back before it expires.',
  by: ['finder', 'coordinator'],
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.claimById(ctx.tx, input.id),
  async run(ctx, _input, claim: Claim) {
    if (claim.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only who holds a claim can give it back');
    const state = move(claimMoves, claim.state, 'release');
    if (isRefusal(state)) return state;
    await store.setClaimState(ctx.tx, claim.id, state);
    return done({ ...claim, state }, { event: 'claim.released', thing: claim.id, label: claim.label });
  },
  present: wire.present,
});

export const expire = action({
  name: 'claims.expire',
  at: 'POST /api/claims/expire',
  summary: 'End the claims whose window is over.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.expireOut,
  async run(ctx) {
    const due = await store.dueClaims(ctx.tx, ctx.now, limits.followBatchRows);
    for (const claim of due) await store.setClaimState(ctx.tx, claim.id, 'expired');
    return done({ expired: due.length }, ...due.map((c) => ({ event: 'claim.expired' as const, thing: c.id, label: c.label })));
  },
});

export const claimActions = [declare, get, list, release, expire];
