import type { KeyObject } from 'node:crypto';
import { canonical, digestOf } from '../../../base/canonical.ts';
import type { Instant } from '../../../base/instant.ts';
import { rawPublicKey, type Signer } from '../../../base/signature.ts';

/** TUF 1.0 (https://theupdateframework.github.io/specification/latest/). */
export const specVersion = '1.0.31';

/** §4.2.1. */
export interface TufKey {
  readonly keytype: 'ed25519';
  readonly scheme: 'ed25519';
  /** 32 bytes, hexadecimal. */
  readonly keyval: { readonly public: string };
}

interface Common {
  readonly spec_version: string;
  readonly version: number;
  readonly expires: string;
}

interface RoleKeys {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

interface FileMeta {
  readonly version: number;
  readonly length: number;
  readonly hashes: { readonly sha256: string };
}

export interface Target {
  readonly length: number;
  readonly hashes: { readonly sha256: string };
  readonly custom: object;
}

export interface Delegations {
  readonly keys: Readonly<Record<string, TufKey>>;
  readonly roles: readonly (RoleKeys & {
    readonly name: string;
    readonly terminating: boolean;
    readonly paths?: readonly string[];
    readonly path_hash_prefixes?: readonly string[];
  })[];
}

export interface RootMetadata extends Common {
  readonly _type: 'root';
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, TufKey>>;
  readonly roles: Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', RoleKeys>>;
}

export interface TargetsMetadata extends Common {
  readonly _type: 'targets';
  readonly targets: Readonly<Record<string, Target>>;
  readonly delegations?: Delegations;
}

interface SnapshotMetadata extends Common {
  readonly _type: 'snapshot';
  readonly meta: Readonly<Record<string, FileMeta>>;
}

interface TimestampMetadata extends Common {
  readonly _type: 'timestamp';
  readonly meta: { readonly 'snapshot.json': FileMeta };
}

export type Signed = RootMetadata | TargetsMetadata | SnapshotMetadata | TimestampMetadata;

export interface Signature {
  readonly keyid: string;
  /** Hexadecimal. */
  readonly sig: string;
}

export function tufKey(publicKey: KeyObject): TufKey {
  return tufKeyOf(rawPublicKey(publicKey).toString('hex'));
}

export function tufKeyOf(hex: string): TufKey {
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } };
}

/** §4.2: SHA-256 of the key's canonical form. */
export function keyIdOf(key: TufKey): string {
  return digestOf(key);
}

/** §4.2.2: whole seconds. */
export function tufTime(at: Instant): string {
  return `${at.slice(0, 19)}Z`;
}

/**
 * What is signed. TUF's canonical JSON escapes nothing but `\` and `"`; RFC 8785 also control characters,
 * which no string of our metadata can have: names, ids, digests and canonical purls.
 */
export function signedBytes(signed: Signed): Buffer {
  return Buffer.from(canonical(signed));
}

/** The file of a role: its metadata with one signature of every signer. */
export function roleFile(signed: Signed, signers: readonly Signer[]): string {
  const bytes = signedBytes(signed);
  return fileOf(
    signed,
    signers.map((signer) => ({ keyid: keyIdOf(tufKey(signer.publicKey)), sig: signer.sign(bytes).toString('hex') })),
  );
}

export function fileOf(signed: Signed, signatures: readonly Signature[]): string {
  return canonical({ signatures, signed });
}
