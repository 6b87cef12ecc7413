import type { KeyObject } from 'node:crypto';
import { type ColumnType, sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { members, ownOf } from '../../base/label.ts';
import type { Actor } from '../access.ts';
import type { Ctx } from '../action.ts';
import { type Agent, type Credential, digestSecret, isLive, type Org, type Person, type Role, secretText } from './org.ts';

type Tables = {
  orgs: {
    id: Id<'org'>;
    name: string;
    roles: Role[];
    created_at: Instant;
    disabled_at: ColumnType<Instant | null, undefined, Instant | null>;
  };
  people: {
    id: Id<'psn'>;
    org_id: Id<'org'>;
    name: string;
    email: string;
    created_at: Instant;
    suspended_at: ColumnType<Instant | null, undefined, Instant | null>;
  };
  agents: { id: Id<'agt'>; org_id: Id<'org'>; name: string; answerable_id: Id<'psn'>; created_at: Instant };
  credentials: {
    id: Credential['id'];
    digest: string;
    holder_id: Credential['holderId'];
    scopes: string[];
    created_at: Instant;
    expires_at: Instant;
    used_at: Instant | null;
    revoked_at: Instant | null;
    passkey_id: ColumnType<string | null, string | null | undefined, never>;
  };
};

const orgs = (tx: Tx) => tx.withTables<Tables>();

export async function insertOrg(tx: Tx, org: Omit<Org, 'disabledAt'>): Promise<void> {
  const { id, name, roles, createdAt } = org;
  await orgs(tx)
    .insertInto('orgs')
    .values({ id, name, roles: [...roles], created_at: createdAt })
    .execute();
}

export async function orgById(tx: Tx, id: string): Promise<Org | undefined> {
  const row = await orgs(tx)
    .selectFrom('orgs')
    .selectAll()
    .where('id', '=', id as Id<'org'>)
    .executeTakeFirst();
  return row && { id: row.id, name: row.name, roles: row.roles, createdAt: row.created_at, disabledAt: row.disabled_at };
}

export async function listOrgs(tx: Tx, after: string, limit: number): Promise<Org[]> {
  const rows = await orgs(tx)
    .selectFrom('orgs')
    .selectAll()
    .where('id', '>', after as Id<'org'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, name: row.name, roles: row.roles, createdAt: row.created_at, disabledAt: row.disabled_at }));
}

export async function disableOrg(tx: Tx, id: string, disabledAt: Instant | null): Promise<void> {
  await orgs(tx)
    .updateTable('orgs')
    .set({ disabled_at: disabledAt })
    .where('id', '=', id as Id<'org'>)
    .execute();
}

export async function countPeople(tx: Tx): Promise<number> {
  const row = await orgs(tx)
    .selectFrom('people')
    .select((e) => e.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

export async function insertPerson(tx: Tx, person: Person): Promise<void> {
  const { id, orgId, name, email, createdAt } = person;
  await orgs(tx).insertInto('people').values({ id, org_id: orgId, name, email, created_at: createdAt }).execute();
}

export async function personById(tx: Tx, id: string): Promise<Person | undefined> {
  const row = await orgs(tx)
    .selectFrom('people')
    .selectAll()
    .where('id', '=', id as Id<'psn'>)
    .executeTakeFirst();
  return row && { id: row.id, orgId: row.org_id, name: row.name, email: row.email, createdAt: row.created_at };
}

export async function peopleByEmail(tx: Tx, email: string): Promise<Person[]> {
  const rows = await orgs(tx).selectFrom('people').selectAll().where('email', '=', email).orderBy('id').limit(10).execute();
  return rows.map((row) => ({ id: row.id, orgId: row.org_id, name: row.name, email: row.email, createdAt: row.created_at }));
}

/** From now on nobody acts as this person or as an agent of theirs; what either holds ends for good, passkeys too. Null lifts the rest. */
export async function suspendPerson(tx: Tx, id: string, suspendedAt: Instant | null): Promise<void> {
  await sql`UPDATE people SET suspended_at = ${suspendedAt} WHERE id = ${id}`.execute(tx);
  if (suspendedAt === null) return;
  // What was issued with a passkey of theirs ends even where somebody else holds it.
  await sql`UPDATE credentials SET revoked_at = ${suspendedAt} WHERE revoked_at IS NULL AND (holder_id = ${id}
    OR holder_id IN (SELECT id FROM agents WHERE answerable_id = ${id}) OR passkey_id IN (SELECT id FROM passkeys WHERE person_id = ${id}))`.execute(
    tx,
  );
  await sql`UPDATE passkeys SET revoked_at = ${suspendedAt} WHERE person_id = ${id} AND revoked_at IS NULL`.execute(tx);
}

export async function isSuspended(tx: Tx, id: string): Promise<boolean> {
  const row = await orgs(tx)
    .selectFrom('people')
    .select('suspended_at')
    .where('id', '=', id as Id<'psn'>)
    .executeTakeFirst();
  return (row?.suspended_at ?? null) !== null;
}

/** Whether somebody has ever opened a session: whoever has can make a passkey. */
export async function wasAtDesk(tx: Tx, id: string): Promise<boolean> {
  const row = await orgs(tx)
    .selectFrom('credentials')
    .select('id')
    .where('holder_id', '=', id as Id<'psn'>)
    .where('id', 'like', 'ses\\_%' as Credential['id'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The people of an organisation, or of all, oldest first. */
export async function peopleOf(tx: Tx, orgId: string | undefined, after: string, limit: number): Promise<Person[]> {
  let query = orgs(tx)
    .selectFrom('people')
    .selectAll()
    .where('id', '>', after as Id<'psn'>);
  if (orgId !== undefined) query = query.where('org_id', '=', orgId as Id<'org'>);
  const rows = await query.orderBy('id').limit(limit).execute();
  return rows.map((row) => ({ id: row.id, orgId: row.org_id, name: row.name, email: row.email, createdAt: row.created_at }));
}

export async function insertAgent(tx: Tx, agent: Agent): Promise<void> {
  const { id, orgId, name, answerableId, createdAt } = agent;
  await orgs(tx).insertInto('agents').values({ id, org_id: orgId, name, answerable_id: answerableId, created_at: createdAt }).execute();
}

export async function agentById(tx: Tx, id: string): Promise<Agent | undefined> {
  const row = await orgs(tx)
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', id as Id<'agt'>)
    .executeTakeFirst();
  return row && { id: row.id, orgId: row.org_id, name: row.name, answerableId: row.answerable_id, createdAt: row.created_at };
}

/** Makes a secret that stands for its holder; it is told once, and only its digest is kept. */
export async function issueCredential(
  ctx: Ctx,
  kind: 'tok' | 'ses' | 'lnk',
  holderId: Credential['holderId'],
  scopes: readonly string[],
  expiresAt: Instant,
  passkeyId: Id<'pky'> | null = null,
) {
  const secret = secretText(kind, ctx.doors.chance(32));
  const id = ctx.id(kind);
  const credential: Credential = { id, holderId, scopes, createdAt: ctx.now, expiresAt, usedAt: null, revokedAt: null };
  await insertCredential(ctx.tx, digestSecret(ctx.doors.keys.secret('tokens'), secret), credential, passkeyId);
  return { id, secret, expiresAt };
}

/** The passkey behind the actor's credential: what is issued with it ends with it. */
export function keyOf({ actor }: Ctx): Id<'pky'> | null {
  return (actor.credential?.passkeyId ?? null) as Id<'pky'> | null;
}

export async function insertCredential(tx: Tx, digest: string, credential: Credential, passkeyId: Id<'pky'> | null = null): Promise<void> {
  const { id, holderId, scopes, createdAt, expiresAt, usedAt, revokedAt } = credential;
  const row = {
    id,
    digest,
    holder_id: holderId,
    scopes: [...scopes],
    created_at: createdAt,
    expires_at: expiresAt,
    used_at: usedAt,
    revoked_at: revokedAt,
    passkey_id: passkeyId,
  };
  await orgs(tx).insertInto('credentials').values(row).execute();
}

/** Locks the credential: a one-time link opened twice at the same moment opens once. */
export async function credentialByDigest(tx: Tx, digest: string): Promise<Credential | undefined> {
  const row = await orgs(tx).selectFrom('credentials').selectAll().where('digest', '=', digest).forUpdate().executeTakeFirst();
  if (!row) return undefined;
  const { id, holder_id, scopes, created_at, expires_at, used_at, revoked_at } = row;
  return { id, holderId: holder_id, scopes, createdAt: created_at, expiresAt: expires_at, usedAt: used_at, revokedAt: revoked_at };
}

export async function spendCredential(tx: Tx, id: Credential['id'], now: Instant): Promise<void> {
  await orgs(tx).updateTable('credentials').set({ used_at: now }).where('id', '=', id).execute();
}

export async function revokeCredential(tx: Tx, id: string, holderIds: readonly string[], now: Instant): Promise<boolean> {
  const result = await orgs(tx)
    .updateTable('credentials')
    .set({ revoked_at: now })
    .where('id', '=', id as Credential['id'])
    .where('holder_id', 'in', holderIds as Credential['holderId'][])
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Of organisations and people, by id; whom nobody knows is not in it. */
export async function namesByIds(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id, name FROM orgs WHERE id = ANY (${ids}::text[]) UNION ALL SELECT id, name FROM people WHERE id = ANY (${ids}::text[])`.execute(
    tx,
  );
  return new Map(rows.map((r) => [r.id, r.name]));
}

interface HolderRow {
  readonly id: Actor['id'];
  readonly name: string;
  readonly org_id: Id<'org'>;
  readonly roles: Role[];
  readonly disabled_at: Instant | null;
  readonly grants: readonly { readonly compartment: string; readonly tier: number }[];
}

/** A person or an agent with their organisation and what they are read into now, in one question: it is asked at every request. */
const holderColumns = (now: Instant) => sql`
  holder.id, holder.name, holder.org_id, orgs.roles, coalesce(orgs.disabled_at, holder.suspended_at) AS disabled_at,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('compartment', compartment, 'tier', tier)), '[]') FROM grants
    WHERE holder_id IN (holder.id, holder.org_id) AND revoked_at IS NULL AND paused_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})) AS grants`;
const holders = sql`
  (SELECT id, org_id, name, suspended_at FROM people UNION ALL
    SELECT a.id, a.org_id, a.name, p.suspended_at FROM agents AS a JOIN people AS p ON p.id = a.answerable_id) AS holder JOIN orgs ON orgs.id = holder.org_id`;

type CredentialColumns = {
  credential_id: Credential['id'];
  scopes: string[];
  created_at: Instant;
  expires_at: Instant;
  used_at: Instant | null;
  revoked_at: Instant | null;
  passkey_id: string | null;
};
const credentialColumns = sql`c.id AS credential_id, c.scopes, c.created_at, c.expires_at, c.used_at, c.revoked_at, c.passkey_id`;

/** Who a secret stands for, now; undefined when it is unknown, expired, used up or revoked, without saying which. */
export async function actorBySecret(tx: Tx, pepper: KeyObject, secret: string, now: Instant): Promise<Actor | undefined> {
  const { rows } = await sql<HolderRow & CredentialColumns>`
    SELECT ${credentialColumns}, ${holderColumns(now)}
    FROM credentials AS c JOIN ${holders} ON holder.id = c.holder_id WHERE c.digest = ${digestSecret(pepper, secret)}`.execute(tx);
  return rows[0] && actorOfCredential(rows[0], now);
}

/**
 * The same, and counts one more request of the credential in the hour that began then; `requests`: how many there are. Not waited for on disk:
 * a count that a power cut takes back harms nobody. A transaction by itself, because all requests of one credential meet at this row.
 */
export async function actorCounted(
  tx: Tx,
  pepper: KeyObject,
  secret: string,
  now: Instant,
  hourAt: Instant,
): Promise<{ actor: Actor; requests: number } | undefined> {
  const { rows } = await sql<HolderRow & CredentialColumns & { hour_requests: number }>`
    WITH c AS (
      UPDATE credentials SET hour_at = ${hourAt}, hour_requests = CASE WHEN hour_at = ${hourAt} THEN hour_requests + 1 ELSE 1 END
      FROM (SELECT set_config('synchronous_commit', 'off', true)) AS hurried
      WHERE digest = ${digestSecret(pepper, secret)} RETURNING credentials.*
    )
    SELECT ${credentialColumns}, c.hour_requests, ${holderColumns(now)} FROM c JOIN ${holders} ON holder.id = c.holder_id`.execute(tx);
  const actor = rows[0] && actorOfCredential(rows[0], now);
  return actor && { actor, requests: rows[0]!.hour_requests };
}

function actorOfCredential(row: HolderRow & CredentialColumns, now: Instant): Actor | undefined {
  if (row.credential_id.startsWith('lnk_')) return undefined;
  const { credential_id: id, scopes, created_at: createdAt, expires_at: expiresAt, used_at: usedAt, revoked_at: revokedAt } = row;
  const holderId = row.id as Credential['holderId'];
  return isLive({ id, holderId, scopes, createdAt, expiresAt, usedAt, revokedAt }, now)
    ? actorOf(row, scopes, { id, passkeyId: row.passkey_id, createdAt })
    : undefined;
}

export async function actorById(tx: Tx, holderId: string, scopes: readonly string[], now: Instant): Promise<Actor | undefined> {
  const { rows } = await sql<HolderRow>`SELECT ${holderColumns(now)} FROM ${holders} WHERE holder.id = ${holderId}`.execute(tx);
  return rows[0] && actorOf(rows[0], scopes);
}

function actorOf(holder: HolderRow, scopes: readonly string[], credential?: Actor['credential']): Actor | undefined {
  const { id, name, org_id: orgId, roles } = holder;
  if (holder.disabled_at !== null) return undefined;
  const tiers: Record<string, number> = { [orgId]: 0, [ownOf(orgId)]: 0 };
  for (const g of holder.grants) tiers[g.compartment] = Math.min(tiers[g.compartment] ?? g.tier, g.tier);
  // The clearinghouse's staff reads the clearinghouse's wing; the reviews' compartments are granted one by one.
  const wide = roles.includes('coordinator') ? ['org_*', 'cas_*', 'hou_*'] : [];
  const kind = id.startsWith('agt_') ? 'agent' : 'person';
  return {
    kind,
    id,
    orgId,
    name,
    roles,
    scopes,
    reads: [members, ...wide, ...Object.keys(tiers)],
    tiers,
    ...(credential ? { credential } : {}),
  };
}

/** Who works for organisations of a role; the suspended do not. */
export async function peopleInRole(tx: Tx, role: Role): Promise<Pick<Person, 'id' | 'orgId'>[]> {
  const { rows } = await sql<{ id: Id<'psn'>; org_id: Id<'org'> }>`
    SELECT people.id, people.org_id FROM people JOIN orgs ON orgs.id = people.org_id
    WHERE orgs.disabled_at IS NULL AND people.suspended_at IS NULL AND ${role} = ANY (orgs.roles)`.execute(tx);
  return rows.map((r) => ({ id: r.id, orgId: r.org_id }));
}
