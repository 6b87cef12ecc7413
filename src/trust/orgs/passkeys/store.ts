import { sql } from 'kysely';
import { sha256 } from '../../../base/canonical.ts';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import type { Hardware, Passkey } from './passkey.ts';

type PasskeyRow = {
  id: Id<'pky'>;
  person_id: Id<'psn'>;
  credential_id: string;
  public_key: string;
  counter: number;
  transports: string[];
  aaguid: string;
  hardware: Hardware;
  hardware_because: string;
  name: string;
  created_at: Instant;
  used_at: Instant | null;
  suspended_at: Instant | null;
  revoked_at: Instant | null;
};

type Tables = {
  passkeys: PasskeyRow;
  spent_challenges: { digest: string; expires_at: Instant };
  credentials: { passkey_id: string | null; revoked_at: Instant | null };
};

const passkeys = (tx: Tx) => tx.withTables<Tables>();

export async function insertPasskey(tx: Tx, of: Passkey): Promise<void> {
  await passkeys(tx).insertInto('passkeys').values(rowOf(of)).execute();
}

/** Oldest first; the revoked too, which stay as the record of who could sign when. */
export async function passkeysOf(tx: Tx, personId: string): Promise<Passkey[]> {
  const rows = await passkeys(tx)
    .selectFrom('passkeys')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>)
    .orderBy('id')
    .execute();
  return rows.map(passkeyOf);
}

/** Locks it: of two answers at the same moment the second sees what the first counted. */
export async function passkeyByCredential(tx: Tx, credentialId: string): Promise<Passkey | undefined> {
  const row = await passkeys(tx)
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .forUpdate()
    .executeTakeFirst();
  return row && passkeyOf(row);
}

export async function passkeyById(tx: Tx, id: string): Promise<Passkey | undefined> {
  const row = await passkeys(tx)
    .selectFrom('passkeys')
    .selectAll()
    .where('id', '=', id as Id<'pky'>)
    .forUpdate()
    .executeTakeFirst();
  return row && passkeyOf(row);
}

export async function countUse(tx: Tx, id: Id<'pky'>, counter: number, now: Instant): Promise<void> {
  await passkeys(tx).updateTable('passkeys').set({ counter, used_at: now }).where('id', '=', id).execute();
}

/** Ends a passkey, every session that it opened, and every token and link that was issued in one. */
export async function endPasskey(tx: Tx, id: Id<'pky'>, as: 'suspended_at' | 'revoked_at', now: Instant): Promise<void> {
  await passkeys(tx)
    .updateTable('passkeys')
    .set({ [as]: now })
    .where('id', '=', id)
    .execute();
  await passkeys(tx)
    .updateTable('credentials')
    .set({ revoked_at: now })
    .where('passkey_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

/** False when it was answered before. Those that are over go as others come. */
export async function spendChallenge(tx: Tx, challenge: string, expiresAt: Instant, now: Instant): Promise<boolean> {
  await sql`DELETE FROM spent_challenges WHERE digest IN (
    SELECT digest FROM spent_challenges WHERE expires_at <= ${now} LIMIT ${limits.followBatchRows} FOR UPDATE SKIP LOCKED)`.execute(tx);
  const spent = await passkeys(tx)
    .insertInto('spent_challenges')
    .values({ digest: sha256(challenge), expires_at: expiresAt })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst();
  return (spent.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

function rowOf(p: Passkey): PasskeyRow {
  return {
    id: p.id,
    person_id: p.personId,
    credential_id: p.credentialId,
    public_key: p.publicKey,
    counter: p.counter,
    transports: [...p.transports],
    aaguid: p.aaguid,
    hardware: p.hardware,
    hardware_because: p.hardwareBecause,
    name: p.name,
    created_at: p.createdAt,
    used_at: p.usedAt,
    suspended_at: p.suspendedAt,
    revoked_at: p.revokedAt,
  };
}

function passkeyOf(r: PasskeyRow): Passkey {
  return {
    id: r.id,
    personId: r.person_id,
    credentialId: r.credential_id,
    publicKey: r.public_key,
    counter: r.counter,
    transports: r.transports,
    aaguid: r.aaguid,
    hardware: r.hardware,
    hardwareBecause: r.hardware_because,
    name: r.name,
    createdAt: r.created_at,
    usedAt: r.used_at,
    suspendedAt: r.suspended_at,
    revokedAt: r.revoked_at,
  };
}
