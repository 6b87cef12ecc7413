import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import {
  type Ability,
  type ExclusionCheck,
  endsAt,
  type ReadIn,
  type ReadInState,
  type Signature,
  type Signing,
  type Tier,
} from './read-in.ts';

type ReadInRow = {
  id: Id<'grt'>;
  case_id: Id<'cas'>;
  person_id: Id<'psn'>;
  org_id: Id<'org'>;
  tier: Tier;
  need: string;
  ability: Ability;
  sponsor_id: Id<'psn'>;
  exclusions: string;
  offered_by: string;
  offered_at: Instant;
  expires_at: Instant | null;
  emergency_until: Instant | null;
  ends_at: Instant | null;
  terms_digest: string;
  state: ReadInState;
  acknowledged_at: Instant | null;
  signed_by: Signing | null;
  signature: string | null;
  delegation_id: Id<'dlg'> | null;
  ended_at: Instant | null;
  ended_because: ReadIn['endedBecause'];
  tlp: Tlp;
  compartments: string[];
};

const readIns = (tx: Tx) => tx.withTables<{ case_read_ins: ReadInRow }>();
const live: ReadInState[] = ['offered', 'acknowledged'];

export async function insertReadIn(tx: Tx, readIn: ReadIn): Promise<void> {
  await readIns(tx).insertInto('case_read_ins').values(rowOf(readIn)).execute();
}

export async function saveReadIn(tx: Tx, readIn: ReadIn): Promise<void> {
  const { id, ...rest } = rowOf(readIn);
  await readIns(tx).updateTable('case_read_ins').set(rest).where('id', '=', id).execute();
}

/** The one read-in of a person that is offered or acknowledged. */
export async function liveReadIn(tx: Tx, caseId: string, personId: string): Promise<ReadIn | undefined> {
  const row = await readIns(tx)
    .selectFrom('case_read_ins')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('person_id', '=', personId as Id<'psn'>)
    .where('state', 'in', live)
    .forUpdate()
    .executeTakeFirst();
  return row && readInOf(row);
}

export async function readInsOfCase(tx: Tx, caseId: string): Promise<ReadIn[]> {
  const rows = await readIns(tx)
    .selectFrom('case_read_ins')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('id')
    .execute();
  return rows.map(readInOf);
}

/** What waits for a person: offers, and emergencies that they have yet to sign. */
export async function offersTo(tx: Tx, personId: string, limit: number): Promise<ReadIn[]> {
  const rows = await readIns(tx)
    .selectFrom('case_read_ins')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>)
    .where((e) => e.or([e('state', '=', 'offered'), e.and([e('state', '=', 'acknowledged'), e('emergency_until', 'is not', null)])]))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(readInOf);
}

export async function wasSuspected(tx: Tx, personId: string): Promise<boolean> {
  const row = await readIns(tx)
    .selectFrom('case_read_ins')
    .select('id')
    .where('person_id', '=', personId as Id<'psn'>)
    .where('ended_because', '=', 'suspected-breach')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What has run out by now, offers too; each is locked, and those that another worker holds are left to it. */
export async function dueReadIns(tx: Tx, now: Instant, limit: number): Promise<ReadIn[]> {
  const rows = await readIns(tx)
    .selectFrom('case_read_ins')
    .selectAll()
    .where('state', 'in', live)
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(readInOf);
}

/** All that a person is read into or asked to be, in whatever case. */
export async function liveReadInsOf(tx: Tx, personId: string): Promise<ReadIn[]> {
  const rows = await readIns(tx)
    .selectFrom('case_read_ins')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>)
    .where('state', 'in', live)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(readInOf);
}

/** An emergency is had once: whoever has not signed within it is not let in by another. */
export async function hadEmergency(tx: Tx, caseId: string, personId: string): Promise<boolean> {
  const row = await readIns(tx)
    .selectFrom('case_read_ins')
    .select('id')
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('person_id', '=', personId as Id<'psn'>)
    .where('emergency_until', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends the read-ins of a case from a tier on, offered ones too; returns whose. */
export async function endReadIns(
  tx: Tx,
  caseId: string,
  fromTier: Tier,
  because: ReadIn['endedBecause'],
  now: Instant,
): Promise<Id<'psn'>[]> {
  const rows = await readIns(tx)
    .updateTable('case_read_ins')
    .set({ state: 'ended', ended_at: now, ended_because: because })
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('tier', '>=', fromTier)
    .where('state', 'in', live)
    .returning('person_id')
    .execute();
  return rows.map((r) => r.person_id);
}

function rowOf(r: ReadIn): ReadInRow {
  return {
    id: r.id,
    case_id: r.caseId,
    person_id: r.personId,
    org_id: r.orgId,
    tier: r.tier,
    need: r.need,
    ability: r.ability,
    sponsor_id: r.sponsorId,
    exclusions: JSON.stringify(r.exclusions),
    offered_by: r.offeredBy,
    offered_at: r.offeredAt,
    expires_at: r.expiresAt,
    emergency_until: r.emergencyUntil,
    ends_at: endsAt(r),
    terms_digest: r.termsDigest,
    state: r.state,
    acknowledged_at: r.acknowledgedAt,
    signed_by: r.signedBy,
    signature: r.signature === null ? null : JSON.stringify(r.signature),
    delegation_id: r.delegationId,
    ended_at: r.endedAt,
    ended_because: r.endedBecause,
    ...labelColumns(r.label),
  };
}

function readInOf(r: ReadInRow): ReadIn {
  return {
    id: r.id,
    caseId: r.case_id,
    personId: r.person_id,
    orgId: r.org_id,
    tier: r.tier,
    need: r.need,
    ability: r.ability,
    sponsorId: r.sponsor_id,
    exclusions: r.exclusions as unknown as ExclusionCheck,
    offeredBy: r.offered_by,
    offeredAt: r.offered_at,
    expiresAt: r.expires_at,
    emergencyUntil: r.emergency_until,
    termsDigest: r.terms_digest,
    state: r.state,
    acknowledgedAt: r.acknowledged_at,
    signedBy: r.signed_by,
    signature: r.signature as unknown as Signature | null,
    delegationId: r.delegation_id,
    endedAt: r.ended_at,
    endedBecause: r.ended_because,
    label: labelOfRow(r),
  };
}
