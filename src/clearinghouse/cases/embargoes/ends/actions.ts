import { isRefusal, refuse } from '../../../../base/refusal.ts';
import { wireOk } from '../../../../base/wire.ts';
import { action, type Ctx, done, type Happening } from '../../../../trust/action.ts';
import type { Case } from '../../case.ts';
import { dueOf, owedByDesk } from '../../clocks/clock.ts';
import { runningClock, startClock, stopClock, stopClocks } from '../../clocks/store.ts';
import { mayChange, takesPart } from '../../participants/coordinating.ts';
import { record } from '../../participants/joining.ts';
import { caseById, casesOfVulnerability } from '../../store.ts';
import { exit, governing, withMerged, withPolicies } from '../embargo.ts';
import { changeEmbargo, eligibilityOf, event } from '../keeping.ts';
import { policiesFor } from '../policies/store.ts';
import * as embargo from '../wire.ts';
import { present } from '../wire.ts';
import { opensFastTrack, terminations } from './ending.ts';
import * as wire from './wire.ts';

export const terminateEmbargo = action({
  name: 'cases.terminateEmbargo',
  at: 'POST /api/cases/:id/embargo/terminate',
  summary: 'End an embargo before its time, with the reason; a leak or attacks open the fast track.',
  by: ['coordinator'],
  input: wire.terminateInput,
  output: embargo.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { reason, because }, of: Case) {
    const refused = await mayChange(ctx, of);
    if (refused) return refused;
    if (of.embargo.state === 'exited') return refuse('wrong_state', 'the embargo is over');
    const { happened } = terminations[reason];
    const seen = happened ? await record(ctx, of, happened, because) : of;
    if (isRefusal(seen)) return seen;
    const next = await changeEmbargo(ctx, seen, exit(of.embargo, ctx.now, `ended early: ${reason}`));
    await stopClock(ctx.tx, of.id, 'leak-answer', '', ctx.now);
    const observed = happened ? [event(of, 'case.observed', { what: happened, because, vfdpxa: seen.vfdpxa })] : [];
    const ended = event(of, 'case.embargo-ended', { endsAt: ctx.now, because: reason });
    return done(next, event(of, 'case.embargo-terminated', { reason, because }), ended, ...observed);
  },
  present,
});

export const reportLeak = action({
  name: 'cases.reportLeak',
  at: 'POST /api/cases/:id/leaks',
  summary: 'Say that something of a case is where it should not be; the desk answers within two hours.',
  by: 'signed-in',
  input: wire.leakInput,
  output: wire.reportedOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { where, what }, of: Case) {
    if (of.state !== 'open') return refuse('wrong_state', `the case is ${of.state}`);
    const answerBy = await answerLeakBy(ctx, of);
    return done({ id: of.id, answerBy }, event(of, 'case.leak-reported', { byId: ctx.actor.id, where, what, answerBy }));
  },
});

export const dismissLeak = action({
  name: 'cases.dismissLeak',
  at: 'POST /api/cases/:id/leaks/dismiss',
  summary: 'Say that what was reported is no leak, and why; the embargo goes on.',
  by: ['coordinator'],
  input: wire.dismissInput,
  output: wireOk,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { because }, of: Case) {
    const refused = await takesPart(ctx, of);
    if (refused) return refused;
    if (!(await stopClock(ctx.tx, of.id, 'leak-answer', '', ctx.now)))
      return refuse('wrong_state', 'no leak of this case waits for an answer');
    return done({ ok: true as const }, event(of, 'case.leak-dismissed', { because }));
  },
});

export const judgeEligibility = action({
  name: 'cases.judgeEligibility',
  at: 'POST /api/cases/:id/embargo/eligibility',
  summary: 'Tell what the hub cannot: whether it was found with public tooling, is public, or is known to another discloser.',
  by: ['coordinator'],
  input: wire.judgeInput,
  output: embargo.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { rule, holds, because, endsAt }, of: Case) {
    const refused = await mayChange(ctx, of);
    if (refused) return refused;
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person answers for what is told here');
    const before = of.embargo.judged.filter((j) => j.rule !== rule);
    const judged = [...before, { rule, holds, because, byId: ctx.actor.id, at: ctx.now, endsAt: endsAt ?? null }];
    const { next, events } = await reckoned(ctx, { ...of, embargo: { ...of.embargo, judged } });
    return done(next, event(of, 'case.eligibility-judged', { rule, holds, because }), ...events);
  },
  present,
});

export const reckonEmbargo = action({
  name: 'cases.reckonEmbargo',
  at: 'POST /api/cases/:id/embargo/reckon',
  summary: 'Take into the embargo what has happened since: a fix, attacks, another report.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: embargo.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (of.state !== 'open') return done(of);
    const { next, events } = await reckoned(ctx, of);
    return done(next, ...events);
  },
  present,
});

async function reckoned(ctx: Ctx, of: Case): Promise<{ next: Case; events: Happening[] }> {
  const policies = await policiesFor(ctx.tx, of.package);
  const fixReadyAt = of.embargo.fixReadyAt ?? (of.vfdpxa.includes('F') ? ctx.now : null);
  const exploitedAt = of.embargo.exploitedAt ?? (of.vfdpxa.includes('A') ? ctx.now : null);
  const marked = withPolicies({ ...of.embargo, fixReadyAt, exploitedAt }, of.openedAt, policies);
  const { verdict, because, rows } = await eligibilityOf(ctx, of, policies);
  if (verdict !== 'none' || marked.state === 'exited') return { next: await changeEmbargo(ctx, of, marked), events: [] };
  // Tier 2 reads why an embargo ended; how it was found, which forecloses one, is the finders' and tiers 0 and 1's.
  const next = await changeEmbargo(ctx, of, exit(marked, ctx.now, 'foreclosed'));
  const against = rows.filter((row) => row.holds === 'yes').map(({ rule, because: why, source }) => ({ rule, because: why, source }));
  const ended = event(of, 'case.embargo-ended', { endsAt: governing(next.embargo).endsAt, because: 'foreclosed' });
  return { next, events: [event(of, 'case.embargo-foreclosed', { because, against }), ended] };
}

export const openFastTrack = action({
  name: 'cases.openFastTrack',
  at: 'POST /api/cases/:id/embargo/hasten',
  summary: 'Open the fast track of a case whose details or whose exploitation are out.',
  by: ['coordinator'],
  internal: true,
  input: wire.hastenInput,
  output: embargo.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { because }, of: Case) {
    if (of.state !== 'open' || of.embargo.fastTrack || !opensFastTrack(because)) return done(of);
    const next = await changeEmbargo(ctx, of, { ...exit(of.embargo, ctx.now, because), fastTrack: { at: ctx.now, because } });
    const dueAt = dueOf('interim-advisory', ctx.now) ?? ctx.now;
    const clock = { id: ctx.id('clk'), caseId: of.id, kind: 'interim-advisory' as const, about: '', owedBy: owedByDesk };
    await startClock(ctx.tx, { ...clock, because: `fast track: ${because}`, startedAt: ctx.now, dueAt });
    return done(next, event(of, 'case.fast-track-opened', { because, dueAt }));
  },
  present,
});

export const adoptEarlierEnd = action({
  name: 'cases.adoptEarlierEnd',
  at: 'POST /api/cases/:id/embargo/merge',
  summary: 'Where a case goes on in another, the earlier of two agreed ends holds there until a new one is agreed.',
  by: ['coordinator'],
  internal: true,
  input: wire.mergeInput,
  output: embargo.embargoOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { intoId }, from: Case) {
    const wasAgreed = from.embargo.state === 'active' || from.embargo.state === 'revise';
    const there = wasAgreed ? await casesOfVulnerability(ctx.tx, intoId) : [];
    // What goes on in the same case goes nowhere else.
    const others = there.some((into) => into.id === from.id) ? [] : there.filter((into) => into.state === 'open');
    const events: Happening[] = [];
    for (const into of others) {
      const next = await changeEmbargo(ctx, into, withMerged(into.embargo, governing(from.embargo).endsAt));
      events.push(event(into, 'case.embargo-capped', { policy: null, endsAt: governing(next.embargo).endsAt, fromId: from.id }));
    }
    return done(from, ...events);
  },
  present,
});

/** What nobody owes once a case is public, and once it is closed; obligations by law run on. */
const whileClosedToOthers = ['embargo', 'embargo-answer', 'interim-advisory', 'leak-answer'] as const;
const whileOpen = ['acknowledgement', 'assessment', 'statement', 'contact', 'legal-choice', 'legal-basis'] as const;

export const settleClocks = action({
  name: 'cases.settleClocks',
  at: 'POST /api/cases/:id/clocks/settle',
  summary: 'Stop the clocks of what nobody owes any more.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wireOk,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (of.state !== 'open') await stopClocks(ctx.tx, of.id, whileClosedToOthers, ctx.now);
    if (of.state === 'closed') await stopClocks(ctx.tx, of.id, whileOpen, ctx.now);
    return done({ ok: true as const });
  },
});

/** Another report of a leak does not put off the answer to the first. */
async function answerLeakBy(ctx: Ctx, of: Case) {
  const running = await runningClock(ctx.tx, of.id, 'leak-answer', '');
  if (running) return running.dueAt;
  const dueAt = dueOf('leak-answer', ctx.now) ?? ctx.now;
  const clock = { id: ctx.id('clk'), caseId: of.id, kind: 'leak-answer' as const, about: '', owedBy: owedByDesk };
  return (await startClock(ctx.tx, { ...clock, because: 'a leak was reported', startedAt: ctx.now, dueAt })).dueAt;
}

export const endActions = [
  ...[terminateEmbargo, reportLeak, dismissLeak, judgeEligibility],
  ...[reckonEmbargo, openFastTrack, adoptEarlierEnd, settleClocks],
];
