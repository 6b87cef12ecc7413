import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { epochMs, type Instant, instantOf } from '../../../base/instant.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';

/** Whether the private key lies in one piece of hardware. `no`: it says of itself that it is copied to others. */
export const hardwares = ['yes', 'no', 'could-not-tell'] as const;
export type Hardware = (typeof hardwares)[number];

/** The public half of a key pair that a person's device made for this hub. */
export interface Passkey {
  readonly id: Id<'pky'>;
  readonly personId: Id<'psn'>;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly hardware: Hardware;
  readonly hardwareBecause: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
  readonly suspendedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export function isUsable(of: Pick<Passkey, 'suspendedAt' | 'revokedAt'>): boolean {
  return of.suspendedAt === null && of.revokedAt === null;
}

/** WebAuthn §6.1.1: a counter that does not go up tells of a copy. Devices that do not count say 0 for ever. */
export function isCloned(kept: number, told: number): boolean {
  return (kept > 0 || told > 0) && told <= kept;
}

/** What is known of where the private key lies: the flags are the device's own word, only a maker's certificate is another's. */
export function decideHardware(
  isSynced: boolean,
  attestation: 'none' | 'trusted' | 'untrusted',
): Pick<Passkey, 'hardware' | 'hardwareBecause'> {
  if (isSynced) return { hardware: 'no', hardwareBecause: 'the device says that it copies this key to others' };
  if (attestation === 'trusted') return { hardware: 'yes', hardwareBecause: 'a maker that this hub trusts says so' };
  if (attestation === 'untrusted') return { hardware: 'could-not-tell', hardwareBecause: 'this hub does not know the maker that says so' };
  return { hardware: 'could-not-tell', hardwareBecause: 'only the device itself says that it keeps this key to itself' };
}

const nonceBytes = 16;
const timeBytes = 6;
const macBytes = 16;
const bytes = nonceBytes + timeBytes + macBytes + 32;

/**
 * 70 bytes: nonce, time of expiry (ms, big-endian), MAC, SHA-256 of the subject. The hub stores nothing for whoever merely asks; and
 * whoever holds an answer later can tell without the hub what it was the answer to, because its last 32 bytes say so.
 */
export function makeChallenge(key: KeyObject, subject: string, expiresAt: Instant, nonce: Uint8Array): string {
  if (nonce.length !== nonceBytes) throw new RangeError('a challenge takes 16 random bytes');
  const time = Buffer.alloc(timeBytes);
  time.writeUIntBE(epochMs(expiresAt), 0, timeBytes);
  const digest = Buffer.from(sha256(subject), 'hex');
  return Buffer.concat([nonce, time, macOf(key, nonce, time, digest), digest]).toString('base64url');
}

/** The time until which a challenge of ours for this subject stands; a refusal when it is another's, of something else, or over. */
export function readChallenge(key: KeyObject, subject: string, challenge: string, now: Instant): Instant | Refusal {
  const given = Buffer.from(challenge, 'base64url');
  if (given.length !== bytes || given.toString('base64url') !== challenge) return refuse('untrusted', 'this challenge is not ours');
  const [nonce, time] = [given.subarray(0, nonceBytes), given.subarray(nonceBytes, nonceBytes + timeBytes)];
  const [mac, digest] = [given.subarray(nonceBytes + timeBytes, bytes - 32), given.subarray(bytes - 32)];
  if (!timingSafeEqual(mac, macOf(key, nonce, time, digest))) return refuse('untrusted', 'this challenge is not ours');
  if (digest.toString('hex') !== sha256(subject)) return refuse('untrusted', 'this is the answer to another question');
  const expiresAt = instantOf(time.readUIntBE(0, timeBytes));
  return expiresAt > now ? expiresAt : refuse('expired', 'this was asked too long ago; ask again');
}

function macOf(key: KeyObject, nonce: Uint8Array, time: Uint8Array, digest: Uint8Array): Buffer {
  return createHmac('sha256', key).update(nonce).update(time).update(digest).digest().subarray(0, macBytes);
}
