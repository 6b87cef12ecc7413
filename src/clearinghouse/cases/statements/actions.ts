import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import { bareOf } from '../../inventories/package-name.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { readInsOfCase } from '../read-ins/store.ts';
import { caseById } from '../store.ts';
import { tierIn } from '../wire.ts';
import { faultOfStatement, type Statement, statementMoves } from './statement.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const state = action({
  name: 'cases.state',
  at: 'POST /api/cases/:id/statements',
  summary: 'As a supplier, say how your package stands; again replaces what you said before.',
  by: ['maintainer'],
  input: wire.stateInput,
  output: wire.statementOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const { orgId } = ctx.actor;
    if (tierIn(of, ctx.actor) > 1) return refuse('not_permitted', 'statements are made at tiers 0 and 1');
    if (ctx.actor.kind !== 'person' || !orgId) return refuse('not_permitted', 'a named person speaks for a supplier');
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const name = input.package === undefined ? of.package : bareOf(input.package, '/package');
    if (isRefusal(name)) return name;
    const affected = input.affected.map((r) => ({ introduced: r.introduced ?? null, fixed: r.fixed ?? null }));
    const said = { status: input.status, justification: input.justification ?? null, affected };
    const bad = faultOfStatement(said);
    if (bad) return bad;
    const all = await store.statementsOfCase(ctx.tx, of.id);
    if (all.length >= limits.statementsPerCase) return refuse('too_many', `a case takes at most ${limits.statementsPerCase} statements`);
    const before = await store.currentStatement(ctx.tx, of.id, orgId as Statement['orgId'], name);
    const replaced = before && move(statementMoves, before.state, 'replace');
    if (before && replaced && !isRefusal(replaced))
      await store.saveStatement(ctx.tx, { ...before, state: replaced, approvedBy: null, approvedAt: null });
    const statement: Statement = {
      ...{ id: ctx.id('stm'), caseId: of.id, orgId: orgId as Statement['orgId'], package: name, ...said, text: input.text },
      ...{ saidBy: ctx.actor.id, saidAt: ctx.now, state: 'given', approvedBy: null, approvedAt: null, label: of.label },
    };
    await store.insertStatement(ctx.tx, statement);
    const payload = { statementId: statement.id, orgId, package: name, status: input.status };
    return done(await named(ctx, statement), { event: 'case.statement-given', thing: of.id, label: ledgerLabel(of), payload });
  },
  present: wire.present,
});

export const approveStatement = action({
  name: 'cases.approveStatement',
  at: 'POST /api/statements/:id/approve',
  summary: 'Take a supplier’s statement into what the advisory may say.',
  by: ['coordinator'],
  input: wire.approveInput,
  output: wire.statementOut,
  on: (ctx, input) => store.statementById(ctx.tx, input.id),
  async run(ctx, _input, statement: Statement) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a statement is approved by a person, not by software');
    const next = move(statementMoves, statement.state, 'approve');
    if (isRefusal(next)) return next;
    // Nobody approves their own word, whatever other roles they have.
    if (ctx.actor.orgId === statement.orgId) return refuse('not_permitted', 'another organisation than the one that speaks approves it');
    const approved: Statement = { ...statement, state: next, approvedBy: ctx.actor.id, approvedAt: ctx.now };
    await store.saveStatement(ctx.tx, approved);
    const payload = { statementId: statement.id };
    const label = ledgerLabel({ id: statement.caseId });
    return done(await named(ctx, approved), { event: 'case.statement-approved', thing: statement.caseId, label, payload });
  },
  present: wire.present,
});

export const statements = action({
  name: 'cases.statements',
  at: 'GET /api/cases/:id/statements',
  summary: 'What the suppliers of a case say, and who is silent since when; a supplier sees its own.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.statementsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const isStaff = ctx.actor.roles.includes('coordinator');
    const all = await store.statementsOfCase(ctx.tx, of.id);
    const seen = isStaff ? all : all.filter((s) => s.orgId === ctx.actor.orgId);
    const items: wire.Named[] = [];
    for (const statement of seen) items.push(await named(ctx, statement));
    return done<wire.Standing>({ items, silent: isStaff ? await silentIn(ctx, of, all) : [] });
  },
  present: (standing: wire.Standing) => ({ items: standing.items.map(wire.present), silent: standing.silent }),
});

/** Maintainers' organisations that were read in and have not said a word, the longest silent first. */
async function silentIn(ctx: Ctx, of: Case, said: readonly Statement[]): Promise<wire.Standing['silent']> {
  const spoke = new Set<string>(said.map((s) => s.orgId));
  const silent = new Map<string, wire.Standing['silent'][number]>();
  for (const { orgId, state: standing, acknowledgedAt } of await readInsOfCase(ctx.tx, of.id)) {
    if (standing !== 'acknowledged' || !acknowledgedAt || spoke.has(orgId)) continue;
    const org = await orgById(ctx.tx, orgId);
    const known = silent.get(orgId);
    if (!org?.roles.includes('maintainer') || (known && known.since <= acknowledgedAt)) continue;
    silent.set(orgId, { orgId, orgName: org.name, since: acknowledgedAt });
  }
  return [...silent.values()].sort((a, b) => (a.since < b.since ? -1 : 1));
}

async function named(ctx: Ctx, statement: Statement): Promise<wire.Named> {
  return { ...statement, orgName: (await orgById(ctx.tx, statement.orgId))?.name ?? '' };
}

export const statementActions = [state, approveStatement, statements];
