import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { bareOf } from '../../inventories/package-name.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { looksAfter } from '../participants/coordinating.ts';
import { bringTo, heardFrom, record } from '../participants/joining.ts';
import type { Participant } from '../participants/participant.ts';
import { participantById, participantsOf } from '../participants/store.ts';
import { answersOf } from '../participants/wire.ts';
import { caseById } from '../store.ts';
import { tierIn } from '../wire.ts';
import { faultOfStatement, type Statement, type StatementStatus, statementMoves } from './statement.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const state = action({
  name: 'cases.state',
  at: 'POST /api/cases/:id/statements',
  summary: 'As a supplier, say how your package stands with a vulnerability; again replaces what you said before.',
  by: ['maintainer', 'coordinator'],
  input: wire.stateInput,
  output: wire.statementOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_permitted', 'statements are made at tiers 0 and 1');
    if (ctx.actor.kind !== 'person' || !ctx.actor.orgId) return refuse('not_permitted', 'a named person speaks for a supplier');
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const [only, another] = of.vulnerabilities;
    const vulnerabilityId = input.vulnerabilityId ?? (another ? undefined : only.id);
    if (!of.vulnerabilities.some((v) => v.id === vulnerabilityId) || !vulnerabilityId)
      return refuse('malformed', 'say of which of the case’s vulnerabilities', '/vulnerabilityId');
    const name = input.package === undefined ? of.package : bareOf(input.package, '/package');
    if (isRefusal(name)) return name;
    const affected = input.affected.map((r) => ({ introduced: r.introduced ?? null, fixed: r.fixed ?? null }));
    const said = { status: input.status, justification: input.justification ?? null, affected };
    const bad = faultOfStatement(said);
    if (bad) return bad;
    const all = await store.statementsOfCase(ctx.tx, of.id);
    if (all.length >= limits.statementsPerCase) return refuse('too_many', `a case takes at most ${limits.statementsPerCase} statements`);
    const supplier = await speaker(ctx, of, input);
    if (isRefusal(supplier)) return supplier;
    const about = { participantId: supplier.id, vulnerabilityId, package: name };
    const before = await store.currentStatement(ctx.tx, about);
    const replaced = before && move(statementMoves, before.state, 'replace');
    if (before && replaced && !isRefusal(replaced))
      await store.saveStatement(ctx.tx, { ...before, state: replaced, approvedBy: null, approvedAt: null });
    const heard = supplier.orgId === null ? (input.heard ?? null) : null;
    const statement: Statement = {
      ...{ id: ctx.id('stm'), caseId: of.id, orgId: supplier.orgId, heard, ...about, ...said, text: input.text },
      ...{ saidBy: ctx.actor.id, saidAt: ctx.now, state: 'given', approvedBy: null, approvedAt: null, label: of.label },
    };
    await store.insertStatement(ctx.tx, statement);
    await heardSaying(ctx, of, supplier, input.status, [...all, statement]);
    const payload = { statementId: statement.id, orgId: supplier.orgId, ...about, status: input.status };
    const happened = { event: 'case.statement-given' as const, thing: of.id, label: ledgerLabel(of), payload };
    return done<wire.Named>({ ...statement, orgName: supplier.name }, happened);
  },
  present: wire.present,
});

/** A member speaks for itself; for a supplier who is none, who looks after it writes down what was heard, and where. */
async function speaker(ctx: Ctx, of: Case, { participantId, heard }: { participantId?: string | undefined; heard?: string | undefined }) {
  const suppliers = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier');
  if (!ctx.actor.roles.includes('coordinator')) {
    const own = suppliers.find((p) => p.orgId === ctx.actor.orgId);
    const isAnothers = participantId !== undefined && participantId !== own?.id;
    return own && !isAnothers ? own : refuse('not_permitted', 'your organisation is no supplier in this case');
  }
  const told = suppliers.find((p) => p.id === participantId);
  if (!told) return refuse('not_found', 'no such supplier in this case', '/participantId');
  if (told.orgId !== null) return refuse('not_permitted', 'a member speaks for itself', '/participantId');
  if (heard === undefined) return refuse('malformed', 'say where it was heard', '/heard');
  return (await looksAfter(ctx, of, told)) ?? told;
}

/** What it says of the flaw says how it deals with the report: affected is valid; not affected by any of them, invalid. */
async function heardSaying(ctx: Ctx, of: Case, supplier: Participant, status: StatementStatus, all: readonly Statement[]): Promise<void> {
  const heard = await heardFrom(ctx, of, supplier.id, `said: ${status}`);
  const own = all.filter((s) => s.participantId === supplier.id);
  const latest = of.vulnerabilities.map((v) => own.findLast((s) => s.vulnerabilityId === v.id)?.status);
  const isOut = latest.every((s) => s === 'not-affected');
  const to = status === 'affected' || status === 'fixed' ? 'valid' : isOut ? 'invalid' : undefined;
  if (to && (heard.rm === 'received' || (heard.rm === 'invalid' && to === 'valid'))) await bringTo(ctx, heard, to, `said: ${status}`);
}

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
    if (ctx.actor.id === statement.saidBy) return refuse('not_permitted', 'another person than who wrote it down approves it');
    if (ctx.actor.orgId === statement.orgId) return refuse('not_permitted', 'another organisation than the one that speaks approves it');
    const approved: Statement = { ...statement, state: next, approvedBy: ctx.actor.id, approvedAt: ctx.now };
    const of = (await caseById(ctx.tx, statement.caseId))!;
    const supplier = (await participantById(ctx.tx, statement.participantId))!;
    const refused = await looksAfter(ctx, of, supplier);
    if (refused) return refused;
    await store.saveStatement(ctx.tx, approved);
    if (approved.status === 'fixed') await record(ctx, of, 'fix-ready', 'said to be fixed', supplier.id);
    const payload = { statementId: statement.id };
    return done<wire.Named>(
      { ...approved, orgName: supplier.name },
      { event: 'case.statement-approved', thing: of.id, label: ledgerLabel(of), payload },
    );
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
    const suppliers = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier');
    const all = await store.statementsOfCase(ctx.tx, of.id);
    const names = new Map(suppliers.map((p) => [p.id, p.name]));
    const seen = isStaff ? all : all.filter((s) => s.orgId !== null && s.orgId === ctx.actor.orgId);
    const items = seen.map((s) => ({ ...s, orgName: names.get(s.participantId) ?? '' }));
    return done<wire.Standing>({ items, silent: isStaff ? silentIn(of, suppliers, all) : [] });
  },
  present: (standing: wire.Standing) => ({ items: standing.items.map(wire.present), silent: standing.silent }),
});

function silentIn(of: Case, suppliers: readonly Participant[], said: readonly Statement[]): wire.Standing['silent'] {
  const current = Map.groupBy(
    said.filter((s) => s.state !== 'replaced'),
    (s) => s.participantId,
  );
  const owed = suppliers.flatMap((p) =>
    answersOf(p, of, current.get(p.id) ?? []).flatMap(({ status, vulnerabilityId, since }) =>
      status === 'not-answered' && since ? [{ participantId: p.id, vulnerabilityId, orgId: p.orgId, orgName: p.name, since }] : [],
    ),
  );
  return owed.sort((a, b) => (a.since < b.since ? -1 : 1));
}

export const statementActions = [state, approveStatement, statements];
