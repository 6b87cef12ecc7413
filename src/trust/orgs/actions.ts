import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { day, hour, minute, plusMs } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { wireOk, wirePage } from '../../base/wire.ts';
import type { Actor } from '../access.ts';
import { action, type Ctx, done } from '../action.ts';
import { type Credential, digestSecret, isLive, type Org, type Person, secretText } from './org.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

/** The secret of the first visit: stands as long as nobody is there, and is printed by whoever starts the hub. */
export function foundingSecret(pepper: KeyObject): string {
  return secretText('lnk', createHmac('sha256', pepper).update('founding').digest());
}

export const found = action({
  name: 'orgs.found',
  at: 'POST /api/orgs/found',
  summary: 'Make the first coordinator, with the one-time link that the starting hub printed.',
  by: 'anyone',
  secret: true,
  input: wire.foundInput,
  output: wire.foundOut,
  async run(ctx, input) {
    const expected = Buffer.from(foundingSecret(ctx.doors.keys.secret('tokens')));
    const given = Buffer.from(input.secret);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return refuse('not_permitted', 'this link does not open this hub', 'secret');
    if ((await store.countPeople(ctx.tx)) > 0) return refuse('wrong_state', 'this hub has its first coordinator already');
    const org: Org = { id: ctx.id('org'), name: input.org, roles: ['coordinator', 'evaluator'], createdAt: ctx.now, disabledAt: null };
    const person: Person = { id: ctx.id('psn'), orgId: org.id, name: input.name, email: input.email, createdAt: ctx.now };
    await store.insertOrg(ctx.tx, org);
    await store.insertPerson(ctx.tx, person);
    const session = await store.issueCredential(ctx, 'ses', person.id, ['*'], plusMs(ctx.now, limits.sessionHours * hour));
    return done(
      { org, person, session },
      { event: 'org.created', thing: org.id, label: label('AMBER', org.id), payload: { name: org.name, roles: org.roles } },
    );
  },
});

export const create = action({
  name: 'orgs.create',
  at: 'POST /api/orgs',
  summary: 'Register an organisation and what it comes for.',
  by: ['coordinator'],
  input: wire.createInput,
  output: wire.orgOut,
  async run(ctx, input) {
    const org: Org = { id: ctx.id('org'), ...input, createdAt: ctx.now, disabledAt: null };
    await store.insertOrg(ctx.tx, org);
    // Not for all members: who is here tells which hospital runs a hub's feed, and which developer has a model under review.
    return done(org, { event: 'org.created', thing: org.id, label: label('AMBER', org.id), payload: { name: org.name, roles: org.roles } });
  },
  present: wire.present,
});

export const list = action({
  name: 'orgs.list',
  at: 'GET /api/orgs',
  summary: 'List organisations, oldest first.',
  by: ['coordinator'],
  input: wirePage,
  output: wire.orgList,
  async run(ctx, input) {
    return done({ items: await store.listOrgs(ctx.tx, input.after, input.limit) });
  },
});

export const get = action({
  name: 'orgs.get',
  at: 'GET /api/orgs/:id',
  summary: 'One organisation, and what it comes for.',
  by: ['coordinator'],
  input: wire.orgById,
  output: wire.orgOut,
  async run(ctx, input) {
    const org = await store.orgById(ctx.tx, input.id);
    return org ? done(org) : refuse('not_found', 'no such thing');
  },
  present: wire.present,
});

export const disable = action({
  name: 'orgs.disable',
  at: 'POST /api/orgs/:id/disable',
  summary: 'Stop every token and session of an organisation at once, or let them work again.',
  by: ['coordinator'],
  input: wire.disableInput,
  output: wire.orgOut,
  async run(ctx, input) {
    const org = await store.orgById(ctx.tx, input.id);
    if (!org) return refuse('not_found', 'no such thing');
    if (org.id === ctx.actor.orgId) return refuse('wrong_state', 'nobody disables their own organisation', 'id');
    await store.disableOrg(ctx.tx, org.id, input.disabled ? ctx.now : null);
    const event = input.disabled ? 'org.disabled' : 'org.enabled';
    return done(org, { event, thing: org.id, label: label('AMBER', org.id), payload: { because: input.because } });
  },
  present: wire.present,
});

export const people = action({
  name: 'orgs.people',
  at: 'GET /api/people',
  summary: 'The people of an organisation, or of all, oldest first.',
  by: ['coordinator'],
  input: wire.peopleInput,
  output: wire.peopleOut,
  async run(ctx, input) {
    return done({ items: await store.peopleOf(ctx.tx, input.orgId, input.after, input.limit) });
  },
});

export const colleagues = action({
  name: 'orgs.colleagues',
  at: 'GET /api/people/own',
  summary: 'The people of your own organisation, by name.',
  by: 'signed-in',
  input: wire.nothing,
  output: wire.colleaguesOut,
  async run(ctx) {
    if (ctx.actor.orgId === null) return done({ items: [] });
    const found = await store.peopleOf(ctx.tx, ctx.actor.orgId, '', limits.pageRows);
    return done({ items: found.map(({ id, orgId, name }) => ({ id, orgId, name })) });
  },
});

export const invite = action({
  name: 'orgs.invite',
  at: 'POST /api/orgs/:orgId/people',
  summary: 'Add a person to an organisation.',
  by: ['coordinator'],
  input: wire.inviteInput,
  output: wire.personOut,
  async run(ctx, input) {
    if (!(await store.orgById(ctx.tx, input.orgId))) return refuse('not_found', 'no such organisation', 'orgId');
    const person: Person = { id: ctx.id('psn'), ...input, createdAt: ctx.now };
    await store.insertPerson(ctx.tx, person);
    return done(person, {
      event: 'org.person-added',
      thing: person.id,
      label: label('AMBER', input.orgId),
      payload: { name: person.name },
    });
  },
});

export const reinstate = action({
  name: 'orgs.reinstate',
  at: 'POST /api/people/:personId/reinstate',
  summary:
    'Let somebody act again who was suspended. What they were read into stays ended, and so do their old sessions, passkeys and tokens, those of their agents too.',
  by: ['coordinator'],
  input: wire.reinstateInput,
  output: wireOk,
  async run(ctx, { personId, because }) {
    const person = await store.personById(ctx.tx, personId);
    if (!person) return refuse('not_found', 'no such person', 'personId');
    await store.suspendPerson(ctx.tx, person.id, null);
    const told = { event: 'org.person-reinstated' as const, thing: person.id, label: label('AMBER', person.orgId), payload: { because } };
    return done({ ok: true as const }, told);
  },
});

export const addAgent = action({
  name: 'orgs.addAgent',
  at: 'POST /api/orgs/:orgId/agents',
  summary: 'Add software that acts for an organisation, with the person who answers for it.',
  by: ['coordinator'],
  input: wire.addAgentInput,
  output: wire.agentOut,
  async run(ctx, input) {
    const answerable = await store.personById(ctx.tx, input.answerableId);
    if (answerable?.orgId !== input.orgId)
      return refuse('not_found', 'the answerable person must belong to this organisation', 'answerableId');
    const agent = { id: ctx.id('agt'), ...input, createdAt: ctx.now };
    await store.insertAgent(ctx.tx, agent);
    return done(agent, {
      event: 'org.agent-added',
      thing: agent.id,
      label: label('AMBER', input.orgId),
      payload: { name: agent.name, answerableId: agent.answerableId },
    });
  },
});

export const issueToken = action({
  name: 'orgs.issueToken',
  at: 'POST /api/tokens',
  summary: 'Issue an API token: shown once, scoped, expiring. Coordinators for anybody, others for themselves and their own agents.',
  by: 'signed-in',
  secret: true,
  input: wire.issueTokenInput,
  output: wire.secretOut,
  async run(ctx, input) {
    const mayHold = await mayIssueFor(ctx, input.holderId);
    if (isRefusal(mayHold)) return mayHold;
    if (!withinScopes(ctx.actor, input.scopes))
      return refuse('not_permitted', 'a token cannot hold more than the credential that asks for it', 'scopes');
    const token = await store.issueCredential(
      ctx,
      'tok',
      input.holderId,
      input.scopes,
      plusMs(ctx.now, input.days * day),
      store.keyOf(ctx),
    );
    return done(token, {
      event: 'org.token-issued',
      thing: token.id,
      label: label('AMBER', mayHold),
      payload: { holderId: input.holderId, scopes: input.scopes },
    });
  },
});

export const revokeToken = action({
  name: 'orgs.revokeToken',
  at: 'POST /api/tokens/:id/revoke',
  summary: 'Revoke a token or session of your own.',
  by: 'signed-in',
  input: wire.credentialId,
  output: wireOk,
  async run(ctx, input) {
    if (!(await store.revokeCredential(ctx.tx, input.id, [ctx.actor.id], ctx.now))) return refuse('not_found', 'no such credential');
    return done(
      { ok: true as const },
      { event: 'org.token-revoked', thing: input.id, label: label('AMBER', ctx.actor.orgId ?? ''), payload: null },
    );
  },
});

export const issueLink = action({
  name: 'orgs.issueLink',
  at: 'POST /api/links',
  summary: 'Make a one-time link with which a person signs in to the desk.',
  by: ['coordinator'],
  secret: true,
  input: wire.issueLinkInput,
  output: wire.secretOut,
  async run(ctx, input) {
    const person = await store.personById(ctx.tx, input.personId);
    if (!person) return refuse('not_found', 'no such person', 'personId');
    // The session that a link opens may do everything its person may: a narrow token must not widen itself so.
    if (!withinScopes(ctx.actor, ['*'])) return refuse('not_permitted', 'only a credential for everything makes links', 'personId');
    const link = await store.issueCredential(ctx, 'lnk', person.id, ['*'], plusMs(ctx.now, limits.linkMinutes * minute), store.keyOf(ctx));
    return done(link, { event: 'org.link-issued', thing: person.id, label: label('AMBER', person.orgId), payload: null });
  },
});

export const enter = action({
  name: 'orgs.enter',
  at: 'POST /api/sessions',
  summary: 'Exchange a one-time link for a session.',
  by: 'anyone',
  secret: true,
  input: wire.enterInput,
  output: wire.secretOut,
  async run(ctx, input) {
    const link = await store.credentialByDigest(ctx.tx, digestSecret(ctx.doors.keys.secret('tokens'), input.secret));
    if (!link?.id.startsWith('lnk_') || !isLive(link, ctx.now))
      return refuse('expired', 'this link was used or has expired; ask for a new one', 'secret');
    const holder = await store.actorById(ctx.tx, link.holderId, link.scopes, ctx.now);
    if (!holder?.orgId) return refuse('expired', 'whom this link was for is not here any more', 'secret');
    await store.spendCredential(ctx.tx, link.id, ctx.now);
    const session = await store.issueCredential(ctx, 'ses', link.holderId, ['*'], plusMs(ctx.now, limits.sessionHours * hour));
    return done(session, { event: 'org.signed-in', thing: link.holderId, label: label('AMBER', holder.orgId), payload: null });
  },
});

export const whoami = action({
  name: 'orgs.whoami',
  at: 'GET /api/whoami',
  summary: 'Say who this credential stands for.',
  by: 'signed-in',
  input: wire.nothing,
  output: wire.whoOut,
  async run(ctx) {
    return done(ctx.actor);
  },
});

/** The organisation of the holder, if the actor may issue for it. */
async function mayIssueFor(ctx: Ctx, holderId: Credential['holderId']): Promise<string | Refusal> {
  const agent = holderId.startsWith('agt_') ? await store.agentById(ctx.tx, holderId) : undefined;
  const orgId = agent?.orgId ?? (await store.personById(ctx.tx, holderId))?.orgId;
  const own = holderId === ctx.actor.id || agent?.answerableId === ctx.actor.id;
  if (orgId === undefined || !(own || ctx.actor.roles.includes('coordinator'))) return refuse('not_found', 'no such holder', 'holderId');
  return orgId;
}

function withinScopes(actor: Actor, scopes: readonly string[]): boolean {
  return (
    actor.scopes.includes('*') || scopes.every((s) => actor.scopes.includes(s) || actor.scopes.includes(`${s.slice(0, s.indexOf('.'))}.*`))
  );
}

export const orgActions = [
  found,
  create,
  list,
  get,
  disable,
  people,
  colleagues,
  invite,
  reinstate,
  addAgent,
  issueToken,
  revokeToken,
  issueLink,
  enter,
  whoami,
];
