import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { Ctx } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import type { Case } from '../case.ts';
import { saveCase } from '../store.ts';
import type { Occurrence } from '../vfdpxa.ts';
import { managedTo, observed, presumed, type Seen } from './observing.ts';
import { newParticipant, type Participant, type RmState } from './participant.ts';
import * as store from './store.ts';

/** How participants come into a case and out of it by what happens elsewhere. Each works on what the caller's transaction may read. */

/** A case as it opens: the package's own supplier, whom nobody has told yet, and whoever found it. */
export async function joinAtOpening(ctx: Ctx, of: Case): Promise<void> {
  const upstream = { id: ctx.id('par'), kind: 'supplier' as const, name: of.package, packages: [of.package], ...by(ctx) };
  await store.insertParticipant(ctx.tx, newParticipant(of, upstream));
  await joinFinders(ctx, of, of.finderOrgIds);
}

export async function joinFinders(ctx: Ctx, of: Case, orgIds: Case['finderOrgIds']): Promise<void> {
  const there = await store.participantsOf(ctx.tx, of.id);
  for (const orgId of orgIds) {
    if (there.some((p) => p.kind === 'finder' && p.orgId === orgId && p.withdrawnAt === null)) continue;
    const name = (await orgById(ctx.tx, orgId))?.name ?? orgId;
    await store.insertParticipant(
      ctx.tx,
      newParticipant(of, { id: ctx.id('par'), kind: 'finder', orgId, name, heardAt: ctx.now, ...by(ctx) }),
    );
  }
}

/** A finder leaves: its report management is closed, what it handed in stays. */
export async function leaveFinders(ctx: Ctx, of: Case, orgIds: readonly string[], because: string): Promise<void> {
  for (const before of await store.participantsOf(ctx.tx, of.id)) {
    if (before.kind !== 'finder' || before.withdrawnAt !== null || !orgIds.includes(before.orgId ?? '')) continue;
    const closed = managedTo(before, 'closed', seenBy(ctx, because));
    if (isRefusal(closed)) continue;
    await store.saveParticipant(ctx.tx, { ...closed.participant, withdrawnAt: ctx.now });
    await store.insertTransitions(ctx.tx, ...closed.transitions);
  }
}

/** A maintainer's organisation knows the case: as the supplier it is there already, as the package's own nobody spoke for yet, or as one more. */
export async function supplierKnows(ctx: Ctx, of: Case, org: { readonly id: string; readonly name: string }): Promise<void> {
  const all = await store.participantsOf(ctx.tx, of.id);
  const suppliers = all.filter((p) => p.kind === 'supplier');
  const orgId = org.id as NonNullable<Participant['orgId']>;
  const unbound = suppliers.find((p) => p.orgId === null && p.packages.includes(of.package));
  const own = suppliers.find((p) => p.orgId === orgId);
  const known = own ?? (unbound && { ...unbound, orgId, name: org.name });
  const supplier = known ?? newParticipant(of, { id: ctx.id('par'), kind: 'supplier', orgId, name: org.name, ...by(ctx) });
  const heard: Participant = { ...supplier, askedAt: supplier.askedAt ?? ctx.now, heardAt: ctx.now };
  if (!known) await store.insertParticipant(ctx.tx, heard);
  else await store.saveParticipant(ctx.tx, heard);
  await record(ctx, of, 'vendor-aware', 'read in', heard.id);
}

/** What was observed, written down; the case as it is after. */
export async function record(ctx: Ctx, of: Case, what: Occurrence, because: string, participantId?: string): Promise<Case | Refusal> {
  const seen = observed(of, await store.participantsOf(ctx.tx, of.id), what, seenBy(ctx, because), participantId);
  if (isRefusal(seen)) return seen;
  for (const participant of seen.participants) await store.saveParticipant(ctx.tx, participant);
  await store.insertTransitions(ctx.tx, ...seen.transitions);
  const next = { ...of, vfdpxa: seen.vfdpxa };
  await saveCase(ctx.tx, next);
  return next;
}

/** Suppliers who come into a case that is public already know what the public knows. Each is kept as it is then. */
export async function aware(ctx: Ctx, of: Case, added: readonly Participant[]): Promise<readonly Participant[]> {
  const seen = added.map((p) => presumed(of, p, seenBy(ctx, 'public already')));
  await store.insertParticipant(ctx.tx, ...seen.map((s) => s.participant));
  await store.insertTransitions(ctx.tx, ...seen.flatMap((s) => s.transitions));
  return seen.map((s) => s.participant);
}

/** It said something: a supplier who does knows of the flaw, and is no longer silent. */
export async function heardFrom(ctx: Ctx, of: Case, participantId: Participant['id'], because: string): Promise<Participant> {
  const before = (await store.participantById(ctx.tx, participantId))!;
  if (before.kind === 'supplier' && before.vfd === 'vfd') await record(ctx, of, 'vendor-aware', because, participantId);
  const knows = (await store.participantById(ctx.tx, participantId))!;
  const heard = { ...knows, askedAt: knows.askedAt ?? ctx.now, heardAt: ctx.now };
  await store.saveParticipant(ctx.tx, heard);
  return heard;
}

/** Its report management as it evidently is, every row on the way written down; what the table has no way to is left as it is. */
export async function bringTo(ctx: Ctx, before: Participant, to: RmState, because: string): Promise<void> {
  const brought = managedTo(before, to, seenBy(ctx, because));
  if (isRefusal(brought)) return;
  await store.saveParticipant(ctx.tx, brought.participant);
  await store.insertTransitions(ctx.tx, ...brought.transitions);
}

/** A fix holds: of the supplier whose person handed it in, else of the one whose package the case is named after. */
export async function recordFix(ctx: Ctx, of: Case, orgId: string | undefined): Promise<void> {
  const suppliers = (await store.participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier');
  const whose = suppliers.find((p) => p.orgId !== null && p.orgId === orgId) ?? suppliers.find((p) => p.packages.includes(of.package));
  await record(ctx, of, 'fix-ready', 'a patch held', whose?.id);
}

function by(ctx: Ctx) {
  return { addedBy: ctx.actor.id, addedAt: ctx.now };
}

function seenBy(ctx: Ctx, because: string): Seen {
  return { at: ctx.now, byId: ctx.actor.id, because };
}
