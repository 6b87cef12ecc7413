import type { Generated } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Vfd } from '../vfdpxa.ts';
import type { Participant, ParticipantKind, RmState, Transition } from './participant.ts';

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

const participants = (tx: Tx) => tx.withTables<{ case_participants: ParticipantRow; case_transitions: TransitionRow }>();

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

/** All of a case, oldest first. */
export async function participantsOf(tx: Tx, caseId: string): Promise<Participant[]> {
  const rows = await participants(tx)
    .selectFrom('case_participants')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
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
  return rows.map((r) => ({
    ...{ caseId: r.case_id, participantId: r.participant_id, model: r.model, trigger: r.trigger, from: r.from_state, to: r.to_state },
    ...{ at: r.at, byId: r.by_id, because: r.because, label: labelOfRow(r) },
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

function participantOf(r: ParticipantRow): Participant {
  return {
    ...{ id: r.id, caseId: r.case_id, kind: r.kind, orgId: r.org_id, name: r.name, packages: r.packages, contact: r.contact },
    ...{ proxyOrgId: r.proxy_org_id, coordinatorOrgId: r.coordinator_org_id, rm: r.rm, vfd: r.vfd, isListed: r.is_listed },
    ...{ addedBy: r.added_by, addedAt: r.added_at, askedAt: r.asked_at, heardAt: r.heard_at, withdrawnAt: r.withdrawn_at },
    label: labelOfRow(r),
  };
}
