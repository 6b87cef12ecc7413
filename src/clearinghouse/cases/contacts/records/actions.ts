import { limits } from '../../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { move } from '../../../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../../trust/action.ts';
import { type Case, ledgerLabel } from '../../case.ts';
import { takesPart } from '../../participants/coordinating.ts';
import type { Participant } from '../../participants/participant.ts';
import { participantById, participantsOf } from '../../participants/store.ts';
import { caseById } from '../../store.ts';
import { tierIn } from '../../wire.ts';
import { laddersOf } from '../ladders/store.ts';
import { approved, faultOfLastResort, type LastResort, recordMoves, type UpstreamRecord } from './record.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const recordNonFix = action({
  name: 'cases.recordNonFix',
  at: 'POST /api/cases/:id/non-fixes',
  summary: 'Record, in a maintainer’s own words, that it will not fix, and what follows for whoever runs it.',
  by: ['coordinator'],
  input: wire.nonFixInput,
  output: wire.recordOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { id: _, participantId, ...said }, of: Case) {
    const participant = (await takesPart(ctx, of)) ?? (await supplierOf(ctx, of, participantId));
    if (isRefusal(participant)) return participant;
    if (participant.heardAt === null)
      return refuse('wrong_state', 'nobody has heard this supplier: silence is not a refusal', '/participantId');
    if (said.saidAt > ctx.now) return refuse('malformed', 'it was said before now', '/saidAt');
    const common = draftOf(ctx, of, participant);
    return drafted(ctx, { ...common, id: ctx.id('nfx'), kind: 'non-fix', said: { ...said, fixStatus: 'will_not_fix' } });
  },
  present: wire.present,
});

export const recordLastResort = action({
  name: 'cases.recordLastResort',
  at: 'POST /api/cases/:id/last-resorts',
  summary: 'Draft the decision that somebody else carries the fix of an unmaintained project for a bounded time.',
  by: ['coordinator'],
  input: wire.lastResortInput,
  output: wire.recordOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { id: _, participantId, ...given }, of: Case) {
    const participant = (await takesPart(ctx, of)) ?? (await supplierOf(ctx, of, participantId));
    if (isRefusal(participant)) return participant;
    const said: LastResort = given;
    const outcome = (await laddersOf(ctx.tx, of.id)).findLast((l) => l.participantId === participant.id)?.outcome ?? null;
    const records = (await store.recordsOf(ctx.tx, of.id)).filter((r) => r.participantId === participant.id);
    const refused = records.some((r) => r.kind === 'non-fix' && r.state === 'approved' && r.said.decision === 'last-resort');
    const fault = faultOfLastResort(said, { package: participant.packages[0] ?? of.package, outcome, refused });
    if (fault) return fault;
    const terms = records.filter((r) => r.kind === 'last-resort' && r.state !== 'drafted');
    if (terms.length > Math.max(0, ...terms.map((r) => (r.said as LastResort).term.renewals)))
      return refuse('too_many', 'its renewals are used up: hand it to a steward, or wind it down');
    return drafted(ctx, { ...draftOf(ctx, of, participant), id: ctx.id('lst'), kind: 'last-resort', said });
  },
  present: wire.present,
});

export const approveRecord = action({
  name: 'cases.approveRecord',
  at: 'POST /api/upstream-records/:id/approve',
  summary: 'Approve a non-fix or last-resort record that somebody else drafted.',
  by: ['coordinator'],
  input: wire.approveInput,
  output: wire.recordOut,
  on: (ctx, input) => store.recordById(ctx.tx, input.id),
  async run(ctx, _input, record: UpstreamRecord) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person approves this');
    const of = await caseById(ctx.tx, record.caseId);
    if (!of) return refuse('not_found', 'no such case');
    const refused = await takesPart(ctx, of);
    if (refused) return refused;
    const after = approved(record, ctx.actor.id, ctx.now);
    if (isRefusal(after)) return after;
    await store.saveRecord(ctx.tx, after);
    return done(after, event(after, after.state === 'approved' ? `case.${after.kind}-approved` : `case.${after.kind}-seconded`));
  },
  present: wire.present,
});

export const upstreamRecords = action({
  name: 'cases.upstreamRecords',
  at: 'GET /api/cases/:id/upstream-records',
  summary: 'What was recorded where upstream does not fix; a supplier reads what concerns itself.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.recordsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const isStaff = ctx.actor.roles.includes('coordinator');
    // Its own words; that somebody thinks of a fork, or of worse, is not for it.
    const own = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier' && p.orgId === ctx.actor.orgId).map((p) => p.id);
    const items = (await store.recordsOf(ctx.tx, of.id)).filter((r) => isStaff || (r.kind === 'non-fix' && own.includes(r.participantId)));
    return done({ items });
  },
  present: presentItems(wire.present),
});

export const endLastResorts = action({
  name: 'cases.endLastResorts',
  at: 'POST /api/upstream-records/end',
  summary: 'End the terms of forks that are over: from then on somebody has to renew, hand over or wind down.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.endedOut,
  async run(ctx) {
    const events: Happening[] = [];
    for (const record of await store.termsOver(ctx.tx, ctx.now, limits.followBatchRows)) {
      const state = move(recordMoves, record.state, 'end');
      if (isRefusal(state)) continue;
      await store.saveRecord(ctx.tx, { ...record, state });
      events.push(event(record, 'case.last-resort-over'));
    }
    return done({ ended: events.length }, ...events);
  },
});

async function supplierOf(ctx: Ctx, of: Case, id: string): Promise<Participant | Refusal> {
  if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person keeps this record');
  const participant = await participantById(ctx.tx, id);
  const isOurs = participant?.caseId === of.id && participant.kind === 'supplier';
  return isOurs ? participant : refuse('not_found', 'no such supplier in this case', '/participantId');
}

function draftOf(ctx: Ctx, of: Case, participant: Participant) {
  const drafted = { draftedBy: ctx.actor.id, draftedAt: ctx.now, approvals: [], state: 'drafted' as const };
  return { caseId: of.id, participantId: participant.id, ...drafted, label: of.label };
}

async function drafted(ctx: Ctx, record: UpstreamRecord) {
  await store.insertRecord(ctx.tx, record);
  return done(record, event(record, `case.${record.kind}-drafted`));
}

function event(of: UpstreamRecord, name: `case.${string}`): Happening {
  const payload = { recordId: of.id, participantId: of.participantId };
  return { event: name, thing: of.caseId, label: ledgerLabel({ id: of.caseId }), payload };
}

export const recordActions = [recordNonFix, recordLastResort, approveRecord, upstreamRecords, endLastResorts];
