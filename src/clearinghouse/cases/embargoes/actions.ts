import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Case } from '../case.ts';
import { takesPart } from '../participants/coordinating.ts';
import { readInsOfCase } from '../read-ins/store.ts';
import { caseById, casesWithEmbargoDue } from '../store.ts';
import { isOnlyFinder, tierIn } from '../wire.ts';
import type { Eligibility } from './eligibility.ts';
import { answer, exit, governing, lapse, propose } from './embargo.ts';
import { endActions } from './ends/actions.ts';
import { changeEmbargo, eligibilityOf, event, partiesOf } from './keeping.ts';
import { mayNegotiate, partyActions } from './parties/actions.ts';
import { preferencesOf } from './parties/store.ts';
import { bindPolicy, keepPolicy, listKnownPolicies, listPolicies } from './policies/actions.ts';
import { policiesFor } from './policies/store.ts';
import * as wire from './wire.ts';

export const proposeEmbargo = action({
  name: 'cases.proposeEmbargo',
  at: 'POST /api/cases/:id/embargo/propose',
  summary: 'Propose until when a case stays closed, or another time than was agreed, and by when you want an answer.',
  by: 'signed-in',
  input: wire.proposeInput,
  output: wire.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const refused = (await mayNegotiate(ctx, of)) ?? (await notToBeHad(ctx, of, input.endsAt));
    if (refused) return refused;
    const offer = offerOf(ctx, input.endsAt, input.because);
    const embargo = propose(of.embargo, offer, of.openedAt, await asked(ctx, of), input.answerBy);
    if (isRefusal(embargo)) return embargo;
    const { answerBy, silence } = embargo.proposal!;
    const next = await changeEmbargo(ctx, of, embargo);
    return done(next, event(of, 'case.embargo-proposed', { endsAt: input.endsAt, answerBy, silence }));
  },
  present: wire.present,
});

export const answerEmbargo = action({
  name: 'cases.answerEmbargo',
  at: 'POST /api/cases/:id/embargo/answer',
  summary: 'Accept, counter or decline a proposed embargo of another organisation.',
  by: 'signed-in',
  input: wire.answerInput,
  output: wire.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const refused = (await mayNegotiate(ctx, of)) ?? (input.endsAt && (await notToBeHad(ctx, of, input.endsAt)));
    if (refused) return refused;
    // A party that coordinates other cases settles nothing for the others of this one.
    const isLead = ctx.actor.roles.includes('coordinator') && !(await takesPart(ctx, of));
    const by = { ...offerOf(ctx, input.endsAt ?? ctx.now, input.because), isLead };
    const embargo = answer(of.embargo, input.answer, { ...by, asked: await asked(ctx, of) }, of.openedAt);
    if (isRefusal(embargo)) return embargo;
    const next = await changeEmbargo(ctx, of, embargo);
    const isOpen = input.answer === 'accept' && embargo.proposal !== null;
    const name = isOpen ? 'accepted' : ({ accept: 'agreed', counter: 'countered', decline: 'declined' } as const)[input.answer];
    const { endsAt, source, because } = governing(embargo);
    return done(next, event(of, `case.embargo-${name}`, { endsAt, source, because }));
  },
  present: wire.present,
});

export const lapseProposal = action({
  name: 'cases.lapseProposal',
  at: 'POST /api/cases/:id/embargo/lapse',
  summary: 'Take silence for what the proposal said it means, once the time to answer is over.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wire.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    // Every silent party has a clock of its own; the first to strike settles it for all.
    const lapsed = of.state === 'open' ? lapse(of.embargo, ctx.now) : undefined;
    if (!lapsed) return done(of);
    const { asked: of0, accepted } = of.embargo.proposal!;
    const silent = of0.filter((orgId) => !accepted.includes(orgId));
    const next = await changeEmbargo(ctx, of, lapsed.embargo);
    const { endsAt, source, because } = governing(next.embargo);
    const name = lapsed.silence === 'accept' ? 'case.embargo-agreed' : 'case.embargo-declined';
    // Who said nothing is for the staff; what came of it is for all.
    const was = event(of, 'case.embargo-unanswered', { orgIds: silent });
    return done(next, was, event(of, name, { endsAt, source, because }));
  },
  present: wire.present,
});

export const embargoTerms = action({
  name: 'cases.embargo',
  at: 'GET /api/cases/:id/embargo',
  summary:
    'The embargo of a case with every window and its reason, whether one is to be had at all, and what happens by itself when it ends.',
  by: 'signed-in',
  input: wire.termsInput,
  output: wire.termsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const policies = await policiesFor(ctx.tx, of.package);
    const eligibility = await eligibilitySeen(ctx, of, policies);
    return done({ of, eligibility, preferences: await preferencesOf(ctx.tx, of.id), zone: input.zone, calendar: input.calendar });
  },
  present: wire.presentTerms,
});

export const endEmbargoes = action({
  name: 'cases.endEmbargoes',
  at: 'POST /api/cases/embargo/end',
  summary: 'End the embargoes whose governing window is over, whatever their state.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.endedOut,
  async run(ctx) {
    const due = await casesWithEmbargoDue(ctx.tx, ctx.now, limits.followBatchRows);
    const events: Happening[] = [];
    for (const of of due) {
      const { endsAt, because } = governing(of.embargo);
      await changeEmbargo(ctx, of, exit(of.embargo, endsAt, because));
      events.push(event(of, 'case.embargo-ended', { endsAt, because }));
    }
    return done({ ended: due.length }, ...events);
  },
});

function offerOf(ctx: Ctx, endsAt: Instant, because: string) {
  return { byId: ctx.actor.id, byOrgId: ctx.actor.orgId, endsAt, because, at: ctx.now };
}

async function asked(ctx: Ctx, of: Case): Promise<string[]> {
  return (await partiesOf(ctx, of)).filter((orgId) => orgId !== ctx.actor.orgId);
}

/** Why lies in the reports, and a finder may see none but its own: the verdict alone, whether there are others or not. */
async function eligibilitySeen(ctx: Ctx, of: Case, policies: Parameters<typeof eligibilityOf>[2]): Promise<Eligibility> {
  const found = await eligibilityOf(ctx, of, policies);
  if (!isOnlyFinder({ case: of, readIns: await readInsOfCase(ctx.tx, of.id) }, ctx.actor)) return found;
  return { verdict: found.verdict, because: 'the clearinghouse knows why', rows: [] };
}

/** A gate that could not tell is closed: what goes beyond the house's own default waits until somebody has told. */
async function notToBeHad(ctx: Ctx, of: Case, endsAt: Instant): Promise<Refusal | undefined> {
  const { verdict, because } = await eligibilitySeen(ctx, of, await policiesFor(ctx.tx, of.package));
  if (verdict === 'none') return refuse('wrong_state', `no embargo is to be had: ${because}`);
  if (verdict === 'available' || endsAt <= plusMs(of.openedAt, limits.houseEmbargoDays * day)) return undefined;
  return refuse(
    'wrong_state',
    `beyond ${limits.houseEmbargoDays} days it must be known whether an embargo is to be had: ${because}`,
    '/endsAt',
  );
}

export const embargoActions = [
  ...[proposeEmbargo, answerEmbargo, lapseProposal, embargoTerms, endEmbargoes],
  ...[keepPolicy, listPolicies, listKnownPolicies, bindPolicy],
  ...partyActions,
  ...endActions,
];
