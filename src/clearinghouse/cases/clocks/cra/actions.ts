import { written } from '../../../../base/business-days.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { refuse } from '../../../../base/refusal.ts';
import { action, type Ctx, done, presentItems } from '../../../../trust/action.ts';
import { orgById } from '../../../../trust/orgs/store.ts';
import { findingsByIds } from '../../../findings/store.ts';
import { type Case, caseLabel, ledgerLabel } from '../../case.ts';
import { participantsOf } from '../../participants/store.ts';
import { artefactOf } from '../../patches/patch.ts';
import { patchesOf } from '../../patches/store.ts';
import { readInsOfCase } from '../../read-ins/store.ts';
import { statementsOfCase } from '../../statements/store.ts';
import { caseById } from '../../store.ts';
import { isOnlyFinder, tierIn } from '../../wire.ts';
import { startClock, stopClock } from '../store.ts';
import { clockOf, craStages, type Duty, dueOfStage, formOf, type Known } from './duty.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const tellCra = action({
  name: 'cases.tellCra',
  at: 'POST /api/cases/:id/cra',
  summary:
    'As a manufacturer, say when you knew that it is exploited, when a measure was there, and what only you know; or that you are none.',
  by: ['maintainer'],
  input: wire.tellInput,
  output: wire.dutyOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { id: _, ...told }, of: Case) {
    const { orgId } = ctx.actor;
    if (tierIn(of, ctx.actor) > 1 || orgId === null) return refuse('not_permitted', 'suppliers at tiers 0 and 1 have duties in a case');
    const isSupplier = (await participantsOf(ctx.tx, of.id)).some((p) => p.kind === 'supplier' && p.orgId === orgId);
    if (!isSupplier) return refuse('not_permitted', 'suppliers at tiers 0 and 1 have duties in a case');
    for (const field of ['awareAt', 'measureAt'] as const)
      if ((told[field] ?? ctx.now) > ctx.now) return refuse('malformed', 'this has not come yet', `/${field}`);
    const before = (await store.dutiesOf(ctx.tx, of.id)).find((d) => d.orgId === orgId) ?? fresh(of, orgId, ctx.now);
    const duty: Duty = {
      ...before,
      isManufacturer: told.isManufacturer ?? before.isManufacturer,
      awareAt: told.awareAt ?? before.awareAt,
      measureAt: told.measureAt ?? before.measureAt,
      memberStates: told.memberStates ?? before.memberStates,
      told: { ...before.told, ...told.told },
    };
    await keep(ctx, duty);
    const payload = { orgId, isManufacturer: duty.isManufacturer, awareAt: duty.awareAt, measureAt: duty.measureAt };
    return done(duty, { event: 'case.cra-told', thing: of.id, label: ledgerLabel(of), payload });
  },
  present: wire.presentDuty,
});

export const craDuties = action({
  name: 'cases.cra',
  at: 'GET /api/cases/:id/cra',
  summary: 'What suppliers of a case owe by the Cyber Resilience Act, and what was sent; you see your own, the coordinator all.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.dutiesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const isStaff = ctx.actor.roles.includes('coordinator');
    const seen = (await store.dutiesOf(ctx.tx, of.id)).filter((d) => isStaff || d.orgId === ctx.actor.orgId);
    return done({ items: seen });
  },
  present: presentItems(wire.presentDuty),
});

export const craForm = action({
  name: 'cases.craForm',
  at: 'GET /api/cases/:id/cra/:stage',
  summary: 'The form of a stage, filled as far as the case and you can; what is missing says so.',
  by: ['maintainer', 'coordinator'],
  input: wire.formInput,
  output: wire.formOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { stage, orgId: asked, zone }, of: Case) {
    const isStaff = ctx.actor.roles.includes('coordinator');
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const orgId = isStaff ? (asked ?? ctx.actor.orgId) : ctx.actor.orgId;
    const duty = (await store.dutiesOf(ctx.tx, of.id)).find((d) => d.orgId === orgId);
    if (!duty) return refuse('wrong_state', 'nothing is owed here: it is not known to be exploited, and nobody has said so', '/stage');
    const dueAt = dueOfStage(duty, stage) ?? null;
    const fields = formOf(stage, duty, await knownOf(ctx, of, duty, zone));
    return done({ stage, dueAt, dueWritten: dueAt && written(dueAt, zone), fields });
  },
  present: wire.presentForm,
});

export const craSent = action({
  name: 'cases.craSent',
  at: 'POST /api/cases/:id/cra/:stage/sent',
  summary: 'Record that a stage was sent to the single reporting platform, with its reference there: stops its clock.',
  by: ['maintainer'],
  input: wire.sentInput,
  output: wire.dutyOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { stage, at, reference }, of: Case) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person says what was sent to an authority');
    if (at > ctx.now) return refuse('malformed', 'this has not come yet', '/at');
    const before = (await store.dutiesOf(ctx.tx, of.id)).find((d) => d.orgId === ctx.actor.orgId);
    if (!before) return refuse('wrong_state', 'your organisation owes nothing here');
    if (before.sent[stage]) return refuse('wrong_state', 'this stage was sent before');
    const duty: Duty = { ...before, sent: { ...before.sent, [stage]: { at, reference } } };
    await keep(ctx, duty);
    const payload = { orgId: duty.orgId, stage, at, reference, isLate: at > (dueOfStage(duty, stage) ?? at) };
    return done(duty, { event: 'case.cra-sent', thing: of.id, label: ledgerLabel(of), payload });
  },
  present: wire.presentDuty,
});

export const startCra = action({
  name: 'cases.startCra',
  at: 'POST /api/cases/:id/cra/start',
  summary: 'Start the clocks of the Cyber Resilience Act for every supplier of a case who learns here that it is exploited.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wire.dutiesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (!of.vfdpxa.includes('A')) return done({ items: [] });
    const there = await store.dutiesOf(ctx.tx, of.id);
    const suppliers = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier' && p.heardAt !== null);
    const orgIds = [...new Set(suppliers.flatMap((p) => p.orgId ?? []))].filter((orgId) => !there.some((d) => d.orgId === orgId));
    const started = orgIds.map((orgId) => fresh(of, orgId, ctx.now));
    for (const duty of started) await keep(ctx, duty);
    if (started.length === 0) return done({ items: [] });
    return done({ items: started }, { event: 'case.cra-started', thing: of.id, label: ledgerLabel(of), payload: { orgIds } });
  },
  present: presentItems(wire.presentDuty),
});

/** What goes out with the release is a measure that users can take (Article 14(2)(c)). */
export const craMeasured = action({
  name: 'cases.craMeasured',
  at: 'POST /api/cases/:id/cra/measured',
  summary: 'Let the last clock of the Cyber Resilience Act run from the release on, where no earlier measure was told.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wire.dutiesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const open = (await store.dutiesOf(ctx.tx, of.id)).filter((d) => d.measureAt === null);
    const measured = open.map((duty) => ({ ...duty, measureAt: ctx.now }));
    for (const duty of measured) await keep(ctx, duty);
    return done({ items: measured });
  },
  present: presentItems(wire.presentDuty),
});

function fresh(of: Case, orgId: string, awareAt: Instant): Duty {
  const none = { isManufacturer: null, measureAt: null, memberStates: [], told: {}, sent: {} };
  return { caseId: of.id, orgId, awareAt, ...none, label: caseLabel(of.id) };
}

/** The duty, and its clocks: one for each stage that is due and not sent, none for whoever is no manufacturer. */
async function keep(ctx: Ctx, duty: Duty): Promise<void> {
  await store.keepDuty(ctx.tx, duty);
  const caseId = duty.caseId as Id<'cas'>;
  for (const stage of craStages) {
    const dueAt = dueOfStage(duty, stage);
    if (dueAt === undefined || duty.sent[stage] || duty.isManufacturer === false) {
      await stopClock(ctx.tx, caseId, clockOf[stage], duty.orgId, duty.sent[stage]?.at ?? ctx.now);
      continue;
    }
    const owedBy = { by: 'org', id: duty.orgId, orgId: duty.orgId } as const;
    const because = duty.isManufacturer ? 'owed by a manufacturer' : 'owed by a manufacturer; say if you are none';
    const startedAt = stage === 'final-report' ? (duty.measureAt ?? ctx.now) : duty.awareAt;
    await startClock(ctx.tx, { id: ctx.id('clk'), caseId, kind: clockOf[stage], about: duty.orgId, owedBy, because, startedAt, dueAt });
  }
}

async function knownOf(ctx: Ctx, of: Case, duty: Duty, zone: string): Promise<Known> {
  // Suppliers at tiers 0 and 1 see the reports; what their own form takes of them lies in the finders' compartments.
  const all = await ctx.acrossCompartments((tx) => findingsByIds(tx, of.findingIds));
  // Who found it too, and is not read in, has its own alone.
  const isFinder = isOnlyFinder({ case: of, readIns: await readInsOfCase(ctx.tx, of.id) }, ctx.actor);
  const reports = isFinder ? all.filter((r) => r.orgId === ctx.actor.orgId) : all;
  const title = isFinder ? (reports[0]?.title ?? '') : of.title;
  const said = (await statementsOfCase(ctx.tx, of.id)).filter((s) => s.orgId === duty.orgId && s.state !== 'replaced');
  const unique = (all: readonly (string | null)[]) => [...new Set(all.filter((one) => one !== null))];
  return {
    ...{ package: of.package, title, isExploited: of.vfdpxa.includes('A') },
    orgName: (await orgById(ctx.tx, duty.orgId))?.name ?? '',
    affected: said.flatMap((s) => s.affected),
    weaknesses: unique(reports.map((r) => r.cwe)),
    cvss: unique(reports.map((r) => r.cvss)),
    fixSha256: artefactOf(await patchesOf(ctx.tx, of.id))?.sha256 ?? null,
    awareWritten: written(duty.awareAt, zone),
  };
}

export const craActions = [tellCra, craDuties, craForm, craSent, startCra, craMeasured];
