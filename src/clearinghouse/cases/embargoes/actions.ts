import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { caseById, casesWithEmbargoDue, openCasesOn, saveCase } from '../store.ts';
import { tierIn } from '../wire.ts';
import { answer, type Embargo, exit, governing, propose, withPolicies } from './embargo.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const proposeEmbargo = action({
  name: 'cases.proposeEmbargo',
  at: 'POST /api/cases/:id/embargo/propose',
  summary: 'Propose until when a case stays closed, or another time than was agreed.',
  by: 'signed-in',
  input: wire.proposeInput,
  output: wire.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const refused = mayNegotiate(ctx, of);
    if (refused) return refused;
    const embargo = propose(of.embargo, proposalOf(ctx, input.endsAt, input.because), of.openedAt);
    if (isRefusal(embargo)) return embargo;
    return changed(ctx, of, embargo, 'case.embargo-proposed', { endsAt: input.endsAt });
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
    const refused = mayNegotiate(ctx, of);
    if (refused) return refused;
    const embargo = answer(of.embargo, input.answer, proposalOf(ctx, input.endsAt ?? ctx.now, input.because), of.openedAt);
    if (isRefusal(embargo)) return embargo;
    if (input.answer !== 'accept')
      return changed(ctx, of, embargo, `case.embargo-${input.answer === 'counter' ? 'countered' : 'declined'}`, null);
    const { endsAt, source, because } = governing(embargo);
    return changed(ctx, of, embargo, 'case.embargo-agreed', { endsAt, source, because });
  },
  present: wire.present,
});

export const keepPolicy = action({
  name: 'cases.keepPolicy',
  at: 'POST /api/embargo-policies',
  summary: 'Record what a project or a list has published about embargoes; it binds the open cases of the package too.',
  by: ['coordinator'],
  input: wire.policyInput,
  output: wire.policyOut,
  async run(ctx, input) {
    const purl = canonicalPurl(input.package);
    if (isRefusal(purl)) return { ...purl, at: '/package' };
    const policy = { ...input, package: packageOf(purl) };
    await store.keepPolicy(ctx.tx, policy);
    const policies = await store.policiesFor(ctx.tx, policy.package);
    if (policies.length > limits.policiesPerPackage)
      return refuse('too_many', `a package has at most ${limits.policiesPerPackage} policies`);
    const open = await openCasesOn(ctx.tx, policy.package);
    const bound = open.map((of) => ({ ...of, embargo: withPolicies(of.embargo, of.openedAt, policies) }));
    for (const of of bound) await saveCase(ctx.tx, of);
    const events = bound.map((of) => event(of, 'case.embargo-capped', { policy: policy.name, endsAt: governing(of.embargo).endsAt }));
    return done(policy, ...events);
  },
  present: wire.presentPolicy,
});

export const listPolicies = action({
  name: 'cases.listPolicies',
  at: 'GET /api/embargo-policies',
  summary: 'The embargo policies known for a package.',
  by: 'signed-in',
  input: wire.policiesInput,
  output: wire.policiesOut,
  async run(ctx, input) {
    return done({ items: await store.policiesFor(ctx.tx, input.package) });
  },
  present: presentItems(wire.presentPolicy),
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
      await saveCase(ctx.tx, { ...of, embargo: exit(of.embargo, endsAt, because) });
      events.push(event(of, 'case.embargo-ended', { endsAt, because }));
    }
    return done({ ended: due.length }, ...events);
  },
});

function proposalOf(ctx: Ctx, endsAt: Ctx['now'], because: string) {
  return { byId: ctx.actor.id, byOrgId: ctx.actor.orgId, endsAt, because, at: ctx.now };
}

/** Embargoes are negotiated at tier 0, among finder, maintainer and coordinator. */
function mayNegotiate(ctx: Ctx, of: Case): Refusal | undefined {
  if (tierIn(of, ctx.actor) > 0) return refuse('not_permitted', 'an embargo is negotiated at tier 0');
  return of.state === 'open' ? undefined : refuse('wrong_state', `the case is ${of.state}`);
}

async function changed(ctx: Ctx, of: Case, embargo: Embargo, name: Happening['event'], payload: unknown) {
  const next = { ...of, embargo };
  await saveCase(ctx.tx, next);
  return done(next, event(next, name, payload));
}

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

export const embargoActions = [proposeEmbargo, answerEmbargo, keepPolicy, listPolicies, endEmbargoes];
