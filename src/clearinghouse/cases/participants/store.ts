import type { Generated, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Duty, DutyName } from '../duties/duty.ts';
import type { Vfd } from '../vfdpxa.ts';
import type { Identity, Participant, ParticipantKind, RmState, Transition } from './participant.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type ParticipantRow = Labelled & {
  id: Id<'par'>;
  case_id: Id<'cas'>;
  kind: ParticipantKind;
  org_id: Id<'org'> | null;
  name: string;
  packages: string[];
  contact: string | null;
  proxy_org_id: Id<'org'> | null;
  coordinator_org_id: Id<'org'> | null;
  rm: RmState;
  vfd: Vfd | null;
  is_listed: boolean;
  added_by: string;
  added_at: Instant;
  asked_at: Instant | null;
  heard_at: Instant | null;
  withdrawn_at: Instant | null;
};
type IdentityRow = Labelled & { participant_id: Id<'par'>; name: string; contact: string; credit: string | null };
type DutyRow = Labelled & {
  case_id: Id<'cas'>;
  duty: DutyName;
  org_id: Id<'org'>;
  since: Instant;
  offered_to_id: Id<'org'> | null;
  offered_at: Instant | null;
};
type TransitionRow = Labelled & {
  seq: Generated<string>;
  case_id: Id<'cas'>;
  participant_id: Id<'par'> | null;
  model: Transition['model'];
  trigger: string;
  from_state: string;
  to_state: string;
  at: Instant;
  by_id: string;
  because: string;
};

const participants = (tx: Tx) =>
  tx.withTables<{
    case_participants: ParticipantRow;
    case_identities: IdentityRow;
    case_duties: DutyRow;
    case_transitions: TransitionRow;
  }>();

export async function insertParticipant(tx: Tx, ...of: readonly Participant[]): Promise<void> {
  if (of.length > 0) await participants(tx).insertInto('case_participants').values(of.map(rowOf)).execute();
}

/** The case's row is locked by whoever saves: participants of a case change one after the other. */
export async function saveParticipant(tx: Tx, of: Participant): Promise<void> {
  const { id, ...rest } = rowOf(of);
  await participants(tx).updateTable('case_participants').set(rest).where('id', '=', id).execute();
}

export async function participantById(tx: Tx, id: string): Promise<Participant | undefined> {
  const row = await participants(tx)
    .selectFrom('case_participants')
    .selectAll()
    .where('id', '=', id as Id<'par'>)
    .forUpdate()
    .executeTakeFirst();
  return row && participantOf(row);
}

/** All of a case, oldest first; those of one moment by name. */
export async function participantsOf(tx: Tx, caseId: string): Promise<Participant[]> {
  const rows = await participants(tx)
    .selectFrom('case_participants')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('added_at')
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(participantOf);
}

export async function insertTransitions(tx: Tx, ...made: readonly Transition[]): Promise<void> {
  const rows = made.map((t) => ({
    ...{ case_id: t.caseId, participant_id: t.participantId, model: t.model, trigger: t.trigger, from_state: t.from, to_state: t.to },
    ...{ at: t.at, by_id: t.byId, because: t.because, ...labelColumns(t.label) },
  }));
  if (rows.length > 0) await participants(tx).insertInto('case_transitions').values(rows).execute();
}

/** Of a case, in the order they were made. */
export async function transitionsOf(tx: Tx, caseId: string): Promise<Transition[]> {
  const rows = await participants(tx)
    .selectFrom('case_transitions')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('seq')
    .execute();
  return rows.map(transitionOf);
}

/** The steps of the fix path and of what everybody sees, in order, with the suppliers, of every case that the asker reads. */
export async function stepsOfAllCases(tx: Tx): Promise<Map<string, { suppliers: Id<'par'>[]; transitions: Transition[] }>> {
  const whose = await participants(tx).selectFrom('case_participants').select(['id', 'case_id']).where('kind', '=', 'supplier').execute();
  const made = await participants(tx).selectFrom('case_transitions').selectAll().where('model', '=', 'cs').orderBy('seq').execute();
  const all = new Map<string, { suppliers: Id<'par'>[]; transitions: Transition[] }>();
  for (const row of made) {
    const of = all.get(row.case_id) ?? { suppliers: [], transitions: [] };
    of.transitions.push(transitionOf(row));
    all.set(row.case_id, of);
  }
  for (const { id, case_id } of whose) all.get(case_id)?.suppliers.push(id);
  return all;
}

export async function insertIdentity(tx: Tx, { participantId, name, contact, credit, label }: Identity): Promise<void> {
  const row = { participant_id: participantId, name, contact, credit, ...labelColumns(label) };
  await participants(tx).insertInto('case_identities').values(row).execute();
}

/** Undefined also where the asker does not read the proxy organisation's own label. */
export async function identityOf(tx: Tx, participantId: Id<'par'>): Promise<Identity | undefined> {
  const row = await participants(tx)
    .selectFrom('case_identities')
    .selectAll()
    .where('participant_id', '=', participantId)
    .executeTakeFirst();
  return row && { participantId: row.participant_id, name: row.name, contact: row.contact, credit: row.credit, label: labelOfRow(row) };
}

export async function keepDuty(tx: Tx, d: Duty): Promise<void> {
  const changing = { org_id: d.orgId, since: d.since, offered_to_id: d.offeredToId, offered_at: d.offeredAt };
  await participants(tx)
    .insertInto('case_duties')
    .values({ case_id: d.caseId, duty: d.duty, ...changing, ...labelColumns(d.label) })
    .onConflict((c) => c.columns(['case_id', 'duty']).doUpdateSet(changing))
    .execute();
}

/** Who answers for what in a case; none before a coordinating organisation first acts in it. */
export async function dutiesOf(tx: Tx, caseId: string): Promise<Duty[]> {
  const rows = await participants(tx)
    .selectFrom('case_duties')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('duty')
    .execute();
  return rows.map((r) => ({
    ...{ caseId: r.case_id, duty: r.duty, orgId: r.org_id, since: r.since, offeredToId: r.offered_to_id, offeredAt: r.offered_at },
    label: labelOfRow(r),
  }));
}

function rowOf(p: Participant): ParticipantRow {
  return {
    ...{ id: p.id, case_id: p.caseId, kind: p.kind, org_id: p.orgId, name: p.name, packages: [...p.packages], contact: p.contact },
    ...{ proxy_org_id: p.proxyOrgId, coordinator_org_id: p.coordinatorOrgId, rm: p.rm, vfd: p.vfd, is_listed: p.isListed },
    ...{ added_by: p.addedBy, added_at: p.addedAt, asked_at: p.askedAt, heard_at: p.heardAt, withdrawn_at: p.withdrawnAt },
    ...labelColumns(p.label),
  };
}

function transitionOf(r: Selectable<TransitionRow>): Transition {
  return {
    ...{ caseId: r.case_id, participantId: r.participant_id, model: r.model, trigger: r.trigger, from: r.from_state, to: r.to_state },
    ...{ at: r.at, byId: r.by_id, because: r.because, label: labelOfRow(r) },
  };
}

function participantOf(r: ParticipantRow): Participant {
  return {
    ...{ id: r.id, caseId: r.case_id, kind: r.kind, orgId: r.org_id, name: r.name, packages: r.packages, contact: r.contact },
    ...{ proxyOrgId: r.proxy_org_id, coordinatorOrgId: r.coordinator_org_id, rm: r.rm, vfd: r.vfd, isListed: r.is_listed },
    ...{ addedBy: r.added_by, addedAt: r.added_at, askedAt: r.asked_at, heardAt: r.heard_at, withdrawnAt: r.withdrawn_at },
    label: labelOfRow(r),
  };
}
