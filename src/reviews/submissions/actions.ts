import { label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import { insertGrant, revokeGrants } from '../../trust/orgs/grants/store.ts';
import { type Agreement, evaluatorsOf, isInForce } from '../agreements/agreement.ts';
import { agreementById } from '../agreements/store.ts';
import * as store from './store.ts';
import { type Submission, type SubmissionTrigger, submissionMoves, windowBefore } from './submission.ts';
import * as wire from './wire.ts';

export const offer = action({
  name: 'submissions.offer',
  at: 'POST /api/submissions',
  summary: 'Offer a model, of your own will, for a window before its release to trusted partners.',
  by: ['developer'],
  input: wire.offerInput,
  output: wire.submissionOut,
  on: (ctx, input) => agreementById(ctx.tx, input.agreementId),
  async run(ctx, input, agreement: Agreement) {
    const { releaseToPartnersAt, windowDays, agreementId, ...offered } = input;
    const orgId = ctx.actor.orgId as Submission['orgId'];
    if (!agreement.parties.some((p) => p.orgId === orgId && p.as === 'developer'))
      return refuse('not_permitted', 'only the developer of the agreement offers models under it');
    if (!isInForce(agreement, ctx.now)) return refuse('wrong_state', 'the agreement is not in force', '/agreementId');
    if (releaseToPartnersAt <= ctx.now)
      return refuse('expired', 'the release to trusted partners lies in the past', '/releaseToPartnersAt');
    const window = windowBefore(releaseToPartnersAt, windowDays);
    const id = ctx.id('sub');
    const submission: Submission = {
      ...offered,
      ...{ id, orgId, agreementId, cutoffAt: input.cutoffAt ?? null },
      windowStartsAt: window.startsAt,
      windowEndsAt: window.endsAt,
      basisExpiresAt: agreement.legalBasis.expiresAt,
      state: 'offered',
      label: label('RED', id),
      offeredAt: ctx.now,
    };
    await store.insertSubmission(ctx.tx, submission);
    await grantReading(ctx, submission, evaluatorsOf(agreement));
    const payload = { agreementId, windowStartsAt: window.startsAt, windowEndsAt: window.endsAt };
    return done(submission, { event: 'submission.offered', thing: id, label: submission.label, payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'submissions.get',
  at: 'GET /api/submissions/:id',
  summary: 'One submission you take part in.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.submissionOut,
  on: (ctx, input) => store.submissionById(ctx.tx, input.id),
  async run(_ctx, _input, submission: Submission) {
    return done(submission);
  },
  present: wire.present,
});

export const list = action({
  name: 'submissions.list',
  at: 'GET /api/submissions',
  summary: 'The submissions you take part in, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listSubmissions(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const withdraw = action({
  name: 'submissions.withdraw',
  at: 'POST /api/submissions/:id/withdraw',
  summary: 'Take a model back, at any time and without a reason.',
  by: ['developer'],
  input: wire.byId,
  output: wire.submissionOut,
  on: (ctx, input) => store.submissionById(ctx.tx, input.id),
  async run(ctx, _input, submission: Submission) {
    if (submission.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only its developer withdraws a model');
    const ended = await end(ctx, submission, 'withdraw');
    return isRefusal(ended) ? ended : done(ended.submission, ended.event);
  },
  present: wire.present,
});

export const consent = action({
  name: 'submissions.consent',
  at: 'POST /api/submissions/:id/consent',
  summary: 'Say what becomes of flaws in others’ software that your model finds by the way; what was handed on before stays handed on.',
  by: ['developer'],
  input: wire.consentInput,
  output: wire.submissionOut,
  on: (ctx, input) => store.submissionById(ctx.tx, input.id),
  async run(ctx, { flaws }, submission: Submission) {
    if (submission.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only its developer consents for a model');
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person consents for a developer, not software');
    if (submission.state === 'erased') return refuse('wrong_state', 'the model was erased');
    await store.setFlawTerms(ctx.tx, submission.id, flaws);
    const { id, label } = submission;
    return done({ ...submission, flaws }, { event: 'submission.consented', thing: id, label, payload: { flaws } });
  },
  present: wire.present,
});

export const closeDue = action({
  name: 'submissions.closeDue',
  at: 'POST /api/submissions/close-due',
  summary: 'Close the windows that are over, whatever else is under way.',
  by: ['evaluator'],
  internal: true,
  input: wire.nothing,
  output: wire.countOut,
  async run(ctx) {
    const due = await store.dueSubmissions(ctx.tx, ctx.now, limits.followBatchRows);
    return endAll(ctx, due, 'close');
  },
});

export const followLeaving = action({
  name: 'submissions.followLeaving',
  at: 'POST /api/submissions/follow-leaving',
  summary: 'When a party has left an agreement: end what was offered under it, or what that party could read of it.',
  by: ['evaluator'],
  internal: true,
  input: wire.leftInput,
  output: wire.countOut,
  async run(ctx, input) {
    const under = await store.submissionsUnder(ctx.tx, input.agreementId);
    if (input.ended)
      return endAll(
        ctx,
        under.filter((s) => s.state === 'offered' || s.state === 'closed'),
        'withdraw',
      );
    for (const submission of under.filter((s) => s.orgId !== input.orgId)) await revokeGrants(ctx.tx, submission.id, input.orgId, ctx.now);
    return done({ ended: 0 });
  },
});

/** Evaluators' reading ends with the law it rests on by itself: the grant carries that end, so nobody has to take it away. */
async function grantReading(ctx: Ctx, submission: Submission, evaluators: readonly string[]): Promise<void> {
  const base = { compartment: submission.id, tier: 0, grantedAt: ctx.now };
  await insertGrant(ctx.tx, { ...base, id: ctx.id('grt'), holderId: submission.orgId, because: 'its developer', expiresAt: null });
  for (const holderId of evaluators) {
    const grant = { ...base, holderId, because: 'evaluator of the agreement', expiresAt: submission.basisExpiresAt };
    await insertGrant(ctx.tx, { id: ctx.id('grt'), ...grant });
  }
}

async function endAll(ctx: Ctx, submissions: readonly Submission[], by: SubmissionTrigger) {
  const events: Happening[] = [];
  for (const submission of submissions) {
    const ended = await end(ctx, submission, by);
    if (isRefusal(ended)) return ended;
    events.push(ended.event);
  }
  return done({ ended: events.length }, ...events);
}

async function end(
  ctx: Ctx,
  submission: Submission,
  by: SubmissionTrigger,
): Promise<{ submission: Submission; event: Happening } | Refusal> {
  const state = move(submissionMoves, submission.state, by);
  if (isRefusal(state)) return state;
  await store.setSubmissionState(ctx.tx, submission.id, state);
  if (by === 'withdraw') await endReading(ctx, submission);
  const event = {
    event: `submission.${state}` as const,
    thing: submission.id,
    label: submission.label,
    payload: { agreementId: submission.agreementId },
  };
  return { submission: { ...submission, state }, event };
}

/** The end of the window takes no reading away: a verdict on what was measured may come late. Taking the model back does. */
async function endReading(ctx: Ctx, submission: Submission): Promise<void> {
  const agreement = await ctx.acrossCompartments((tx) => agreementById(tx, submission.agreementId));
  const others = agreement?.parties.filter((p) => p.orgId !== submission.orgId) ?? [];
  for (const party of others) await revokeGrants(ctx.tx, submission.id, party.orgId, ctx.now);
}

export const submissionActions = [offer, get, list, withdraw, consent, closeDue, followLeaving];
