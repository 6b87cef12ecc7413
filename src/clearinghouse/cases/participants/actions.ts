import { label, ownOf } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import { namesByIds, orgById } from '../../../trust/orgs/store.ts';
import { bareOf } from '../../inventories/package-name.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { saveCredit } from '../credits/store.ts';
import { readInsOfCase } from '../read-ins/store.ts';
import { statementsOfCase } from '../statements/store.ts';
import { caseById, saveCase } from '../store.ts';
import { isOnlyFinder, tierIn } from '../wire.ts';
import { joinCoordinator, looksAfter, placeOf } from './coordinating.ts';
import { aware, heardFrom } from './joining.ts';
import { managed, stateOf } from './observing.ts';
import { newParticipant, type Participant } from './participant.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const addSuppliers = action({
  name: 'cases.addSuppliers',
  at: 'POST /api/cases/:id/suppliers',
  summary: 'Add suppliers whom a case concerns: members by their organisation, others by name and contact.',
  by: ['coordinator'],
  input: wire.addSuppliersInput,
  output: wire.addedOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const place = await placeOf(ctx, of);
    if (isRefusal(place)) return place;
    const there = await store.participantsOf(ctx.tx, of.id);
    if (there.length + input.suppliers.length > limits.participantsPerCase)
      return refuse('too_many', `a case has at most ${limits.participantsPerCase} participants`, '/suppliers');
    const taken = new Set(there.filter((p) => p.kind === 'supplier').flatMap((p) => [p.orgId ?? '', p.name.toLowerCase()]));
    const added: Participant[] = [];
    for (const [i, given] of input.suppliers.entries()) {
      const packages = given.packages.map((text, n) => bareOf(text, `/suppliers/${i}/packages/${n}`));
      const bad = packages.find(isRefusal);
      if (bad) return bad;
      const org = given.orgId && (await orgById(ctx.tx, given.orgId));
      if (given.orgId && !org) return refuse('not_found', 'no such organisation', `/suppliers/${i}/orgId`);
      const name = org ? org.name : given.name!;
      if (taken.has(org ? org.id : name.toLowerCase())) return refuse('conflict', `${name} takes part already`, `/suppliers/${i}`);
      for (const key of [org ? org.id : '', name.toLowerCase()]) if (key) taken.add(key);
      const { contact = null, isListed } = given;
      const more = { packages: packages as string[], contact, isListed, coordinatorOrgId: place.orgId, orgId: org ? org.id : null };
      added.push(newParticipant(of, { id: ctx.id('par'), kind: 'supplier', name, ...more, ...by(ctx) }));
    }
    const known = await aware(ctx, of, added);
    const next = {
      ...of,
      vfdpxa: stateOf(
        of.vfdpxa,
        [...there, ...known].filter((p) => p.kind === 'supplier'),
      ),
    };
    await saveCase(ctx.tx, next);
    const events = added.map((p) => event(of, 'case.participant-added', { participantId: p.id, kind: p.kind }));
    return done({ ids: added.map((p) => p.id) }, ...events);
  },
});

export const addCoordinator = action({
  name: 'cases.addCoordinator',
  at: 'POST /api/cases/:id/coordinators',
  summary: 'Let another coordinating organisation take part in a case, with participants and duties of its own.',
  by: ['coordinator'],
  input: wire.addCoordinatorInput,
  output: wire.oneOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const place = await placeOf(ctx, of);
    if (isRefusal(place)) return place;
    const org = await orgById(ctx.tx, input.orgId);
    if (!org?.roles.includes('coordinator')) return refuse('not_found', 'no such coordinating organisation', '/orgId');
    const there = await store.participantsOf(ctx.tx, of.id);
    if (there.some((p) => p.kind === 'coordinator' && p.orgId === org.id))
      return refuse('conflict', `${org.name} takes part already`, '/orgId');
    if (there.length >= limits.participantsPerCase)
      return refuse('too_many', `a case has at most ${limits.participantsPerCase} participants`);
    const joined = await joinCoordinator(ctx, of, org.id, false);
    return done(joined, event(of, 'case.participant-added', { participantId: joined.id, kind: joined.kind, orgId: org.id }));
  },
  present: wire.presentOne,
});

export const addProxiedFinder = action({
  name: 'cases.addProxiedFinder',
  at: 'POST /api/cases/:id/proxied-finders',
  summary: 'Speak for a finder who wants not to be known: your organisation alone keeps who it is.',
  by: ['coordinator'],
  input: wire.addFinderInput,
  output: wire.oneOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const place = await placeOf(ctx, of);
    if (isRefusal(place)) return place;
    const orgId = place.orgId!;
    const there = await store.participantsOf(ctx.tx, of.id);
    if (there.length >= limits.participantsPerCase)
      return refuse('too_many', `a case has at most ${limits.participantsPerCase} participants`);
    if (there.some((p) => p.name === input.pseudonym)) return refuse('conflict', 'somebody is called so already', '/pseudonym');
    const more = { proxyOrgId: orgId, coordinatorOrgId: orgId, heardAt: ctx.now };
    const finder = newParticipant(of, { id: ctx.id('par'), kind: 'finder', name: input.pseudonym, ...more, ...by(ctx) });
    const { name, contact, credit = null } = input;
    await store.insertParticipant(ctx.tx, finder);
    await store.insertIdentity(ctx.tx, { participantId: finder.id, name, contact, credit, label: label('RED', ownOf(orgId)) });
    const naming = credit === null ? ('none' as const) : ('name' as const);
    const chosen = { naming, name: credit, namesTools: false, findingIds: [], chosenBy: ctx.actor.id, chosenAt: ctx.now };
    await saveCredit(ctx.tx, { participantId: finder.id, caseId: of.id, ...chosen, label: of.label });
    return done(finder, event(of, 'case.participant-added', { participantId: finder.id, kind: finder.kind, proxyOrgId: orgId }));
  },
  present: wire.presentOne,
});

export const identity = action({
  name: 'cases.identity',
  at: 'GET /api/participants/:id/identity',
  summary: 'Who a finder is whom your organisation speaks for.',
  by: ['coordinator'],
  input: wire.byParticipant,
  output: wire.identityOut,
  on: (ctx, input) => store.participantById(ctx.tx, input.id),
  async run(ctx, _input, of: Participant) {
    // The proxy's own label guards it a second time, in the database.
    const found = of.proxyOrgId !== null && of.proxyOrgId === ctx.actor.orgId ? await store.identityOf(ctx.tx, of.id) : undefined;
    return found ? done(found) : refuse('not_found', 'no such thing');
  },
  present: wire.presentIdentity,
});

export const participants = action({
  name: 'cases.participants',
  at: 'GET /api/cases/:id/participants',
  summary: 'Who takes part in a case, how far each has come, what each says, and who is silent since when.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.participantsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const all = await store.participantsOf(ctx.tx, of.id);
    const orgNames = Object.fromEntries(
      await namesByIds(
        ctx.tx,
        all.flatMap((p) => [p.coordinatorOrgId ?? [], p.proxyOrgId ?? []].flat()),
      ),
    );
    const readIns = await readInsOfCase(ctx.tx, of.id);
    return done<wire.Participation>({
      ...{ of, participants: all, statements: await statementsOfCase(ctx.tx, of.id), duties: await store.dutiesOf(ctx.tx, of.id) },
      ...{ orgNames, isOnlyFinder: isOnlyFinder({ case: of, readIns }, ctx.actor), now: ctx.now },
    });
  },
  present: wire.present,
});

export const manage = action({
  name: 'cases.manage',
  at: 'POST /api/participants/:id/moves',
  summary:
    'Say how a participant deals with the report: received, valid or not, accepted, deferred, closed; its own people, or who looks after it.',
  by: 'signed-in',
  input: wire.manageInput,
  output: wire.oneOut,
  on: (ctx, input) => store.participantById(ctx.tx, input.id),
  async run(ctx, input, before: Participant) {
    const { of, refused } = await mayActFor(ctx, before);
    if (refused) return refused;
    const next = managed(before, input.by, { at: ctx.now, byId: ctx.actor.id, because: input.because });
    if (isRefusal(next)) return { ...next, at: '/by' };
    await store.saveParticipant(ctx.tx, next.participant);
    await store.insertTransitions(ctx.tx, ...next.transitions);
    const heard = await heardFrom(ctx, of, before.id, input.because);
    const payload = { participantId: before.id, by: input.by, from: before.rm, to: next.participant.rm, because: input.because };
    return done(heard, event(of, 'case.participant-moved', payload));
  },
  present: wire.presentOne,
});

export const bindSupplier = action({
  name: 'cases.bindSupplier',
  at: 'POST /api/participants/:id/org',
  summary: 'A supplier of a case has become a member: from now on it speaks for itself.',
  by: ['coordinator'],
  input: wire.bindInput,
  output: wire.oneOut,
  on: (ctx, input) => store.participantById(ctx.tx, input.id),
  async run(ctx, input, before: Participant) {
    const { of, refused } = await mayActFor(ctx, before);
    if (refused) return refused;
    if (before.kind !== 'supplier' || before.orgId !== null) return refuse('wrong_state', 'this is no supplier without an organisation');
    const org = await orgById(ctx.tx, input.orgId);
    if (!org?.roles.includes('maintainer')) return refuse('not_found', 'no such maintainers’ organisation', '/orgId');
    const next = { ...before, orgId: org.id, name: org.name };
    await store.saveParticipant(ctx.tx, next);
    return done(next, event(of, 'case.participant-bound', { participantId: before.id, orgId: org.id }));
  },
  present: wire.presentOne,
});

export const listParticipant = action({
  name: 'cases.listParticipant',
  at: 'POST /api/participants/:id/listed',
  summary: 'Show the finders and the other suppliers that a supplier takes part, or no longer.',
  by: ['coordinator'],
  input: wire.listInput,
  output: wire.oneOut,
  on: (ctx, input) => store.participantById(ctx.tx, input.id),
  async run(ctx, input, before: Participant) {
    const { of, refused } = await mayActFor(ctx, before);
    if (refused) return refused;
    if (before.kind !== 'supplier') return refuse('wrong_state', 'suppliers only are listed');
    const next = { ...before, isListed: input.isListed };
    await store.saveParticipant(ctx.tx, next);
    return done(next, event(of, 'case.participant-listed', { participantId: before.id, isListed: input.isListed }));
  },
  present: wire.presentOne,
});

export const entrust = action({
  name: 'cases.entrust',
  at: 'POST /api/participants/:id/coordinator',
  summary: 'Have another coordinating organisation of the case look after a participant.',
  by: ['coordinator'],
  input: wire.bindInput,
  output: wire.oneOut,
  on: (ctx, input) => store.participantById(ctx.tx, input.id),
  async run(ctx, input, before: Participant) {
    const { of, refused } = await mayActFor(ctx, before);
    if (refused) return refused;
    const others = await store.participantsOf(ctx.tx, of.id);
    if (!others.some((p) => p.kind === 'coordinator' && p.orgId === input.orgId))
      return refuse('not_found', 'this organisation does not coordinate the case', '/orgId');
    const next = { ...before, coordinatorOrgId: input.orgId };
    await store.saveParticipant(ctx.tx, next);
    return done(next, event(of, 'case.participant-entrusted', { participantId: before.id, orgId: input.orgId }));
  },
  present: wire.presentOne,
});

/** A participant's own people act for it, read in at tiers 0 and 1; else the organisation that looks after it. */
async function mayActFor(ctx: Ctx, participant: Participant): Promise<{ of: Case; refused?: Refusal }> {
  const of = (await caseById(ctx.tx, participant.caseId))!;
  if (of.state === 'closed') return { of, refused: refuse('wrong_state', 'the case is closed') };
  if (participant.withdrawnAt !== null) return { of, refused: refuse('wrong_state', 'it has left the case') };
  if (ctx.actor.kind !== 'person') return { of, refused: refuse('not_permitted', 'a named person acts for a participant') };
  if (ctx.actor.roles.includes('coordinator')) {
    const refused = await looksAfter(ctx, of, participant);
    return refused ? { of, refused } : { of };
  }
  const isOwn = participant.orgId !== null && participant.orgId === ctx.actor.orgId && tierIn(of, ctx.actor) <= 1;
  return isOwn ? { of } : { of, refused: refuse('not_found', 'no such thing') };
}

function by(ctx: Ctx) {
  return { addedBy: ctx.actor.id, addedAt: ctx.now };
}

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

export const participantActions = [
  ...[addSuppliers, addCoordinator, addProxiedFinder, identity, participants, manage],
  ...[bindSupplier, listParticipant, entrust],
];
