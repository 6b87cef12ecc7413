import { limits } from '../../../../base/limits.ts';
import { isRefusal, refuse } from '../../../../base/refusal.ts';
import { wireOk } from '../../../../base/wire.ts';
import { tierOf } from '../../../../trust/access.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../../trust/action.ts';
import { orgById, peopleOf, personById } from '../../../../trust/orgs/store.ts';
import { type Case, ledgerLabel } from '../../case.ts';
import { mayChange, takesPart } from '../../participants/coordinating.ts';
import { caseById } from '../../store.ts';
import { offer, offerEvent } from '../actions.ts';
import * as readIns from '../wire.ts';
import { type Delegation, decideDelegated } from './delegation.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const delegate = action({
  name: 'cases.delegate',
  at: 'POST /api/cases/:id/delegations',
  summary: 'Let somebody who is read in read others in: so many, of these organisations, from this tier on, until then.',
  by: ['coordinator'],
  input: wire.delegateInput,
  output: wire.delegationOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const refused = await mayChange(ctx, of);
    if (refused) return refused;
    if (input.expiresAt <= ctx.now) return refuse('expired', 'a delegation ends in the future', '/expiresAt');
    if (!(await personById(ctx.tx, input.delegateId))) return refuse('not_found', 'no such person', '/delegateId');
    const { delegateId, orgIds, fromTier, people, expiresAt, because } = input;
    const delegation: Delegation = {
      ...{ id: ctx.id('dlg'), caseId: of.id, delegateId, orgIds, fromTier, people, expiresAt, because },
      ...{ grantedBy: ctx.actor.id, grantedAt: ctx.now, revokedAt: null, label: of.label },
    };
    await store.insertDelegation(ctx.tx, delegation);
    const payload = { delegationId: delegation.id, delegateId, orgIds, fromTier, people, expiresAt, because };
    return done(delegation, event(of, 'case.delegated', payload));
  },
  present: wire.present,
});

export const delegations = action({
  name: 'cases.delegations',
  at: 'GET /api/cases/:id/delegations',
  summary: 'Who may read others into a case, within which limits: your own, and for coordinators all.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.delegationsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const whose = ctx.actor.roles.includes('coordinator') ? undefined : ctx.actor.id;
    const items: wire.Described[] = [];
    for (const delegation of await store.liveDelegations(ctx.tx, of.id, ctx.now, whose)) items.push(await described(ctx, delegation));
    return done({ items });
  },
  present: presentItems(wire.presentDescribed),
});

export const revokeDelegation = action({
  name: 'cases.revokeDelegation',
  at: 'POST /api/cases/:id/delegations/revoke',
  summary: 'End a delegation. Who was read in under it stays so until ended one by one.',
  by: ['coordinator'],
  input: wire.revokeInput,
  output: wireOk,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { delegationId }, of: Case) {
    const refused = await takesPart(ctx, of);
    if (refused) return refused;
    const live = await store.liveDelegations(ctx.tx, of.id, ctx.now);
    const revoked = live.find((d) => d.id === delegationId);
    if (!revoked) return refuse('not_found', 'no such delegation', '/delegationId');
    await store.revokeDelegation(ctx.tx, delegationId, ctx.now);
    return done({ ok: true as const }, event(of, 'case.delegation-revoked', { delegationId, delegateId: revoked.delegateId }));
  },
});

export const readInAsDelegate = action({
  name: 'cases.readInAsDelegate',
  at: 'POST /api/cases/:id/delegations/read-ins',
  summary: 'Offer somebody a read-in under your delegation: the same gates, your own answers to them, and you are the sponsor.',
  by: 'signed-in',
  input: wire.delegatedInput,
  output: readIns.readInOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const person = await personById(ctx.tx, input.personId);
    if (!person) return refuse('not_found', 'no such person', '/personId');
    const own = await store.liveDelegations(ctx.tx, of.id, ctx.now, ctx.actor.id);
    // Of several, the first that allows it; else the first says why not.
    let refused = refuse('not_permitted', 'you have no delegation in this case');
    for (const [nth, delegation] of own.entries()) {
      const { orgId } = person;
      const wanted = { orgId, tier: input.tier, expiresAt: input.expiresAt ?? null, delegateTier: tierOf(ctx.actor, of.id) };
      const no = decideDelegated(delegation, { ...wanted, used: await store.usedOf(ctx.tx, delegation.id) }, ctx.now);
      if (no) {
        if (nth === 0) refused = no;
        continue;
      }
      const offered = await offer(ctx, of, { ...input, sponsorId: ctx.actor.id as `psn_${string}` }, delegation.id);
      return isRefusal(offered) ? offered : done(offered, offerEvent(offered));
    }
    return refused;
  },
  present: readIns.present,
});

async function described(ctx: Ctx, of: Delegation): Promise<wire.Described> {
  const orgs: wire.Described['orgs'] = [];
  for (const id of new Set(of.orgIds)) {
    const people = await peopleOf(ctx.tx, id, '', limits.pageRows);
    const name = (await orgById(ctx.tx, id))?.name ?? id;
    orgs.push({ id, name, people: people.map((person) => ({ id: person.id, name: person.name })) });
  }
  const delegateName = (await personById(ctx.tx, of.delegateId))?.name ?? of.delegateId;
  return { ...of, delegateName, orgs, used: await store.usedOf(ctx.tx, of.id) };
}

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

export const delegationActions = [delegate, delegations, revokeDelegation, readInAsDelegate];
