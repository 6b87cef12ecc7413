import { createHash } from 'node:crypto';
import { epochMs, type Instant } from '../../../base/instant.ts';
import { rawPublicKey, type Signer } from '../../../base/signature.ts';
import { algorithms, armor, fingerprintOf, hashedKey, lengthOf, mpi, packet, subpackets, tags, uint16, uint32 } from './packet.ts';

const sha512 = 10;
/** The curve's object identifier (RFC 9580 §9.2), with its length. */
const ed25519Legacy = Buffer.from('092b06010401da470f01', 'hex');
/** A key's time is part of its fingerprint, so it is one for all: the key is made from the hub's own secret and has no other. */
const madeAt = uint32(epochMs('2026-01-01T00:00:00.000Z' as Instant) / 1000);

export interface OpenPgpKey {
  /** Forty upper-case hexadecimal digits. */
  readonly fingerprint: string;
  /** The public key with its name, armoured. */
  readonly text: string;
}

/** An Ed25519 key as OpenPGP programs of the last ten years know it (version 4, "EdDSA legacy"). */
export function openPgpKey(signer: Signer): OpenPgpKey {
  const body = keyBody(signer);
  const name = Buffer.from(signer.name);
  const certified = Buffer.concat([hashedKey(body), Buffer.of(0xb4), uint32(name.length), name]);
  // RFC 4880 §5.2.1: 0x13, a positive certification; §5.2.3.21: the key certifies and signs.
  const flags = subpacket(subpackets.keyFlags, Buffer.of(3));
  const self = signature(signer, 0x13, certified, madeAt, flags);
  const text = armor('PGP PUBLIC KEY BLOCK', Buffer.concat([packet(tags.publicKey, body), packet(tags.userId, name), self]));
  return { fingerprint: fingerprintOf(body), text };
}

/** A detached signature (type 0x00) over exactly these bytes. Ed25519 draws no chance: the same key, bytes and time give the same text. */
export function openPgpSignature(signer: Signer, bytes: Uint8Array, at: Instant): string {
  return armor('PGP SIGNATURE', signature(signer, 0, bytes, uint32(Math.floor(epochMs(at) / 1000)), Buffer.alloc(0)));
}

function keyBody(signer: Signer): Buffer {
  const point = Buffer.concat([Buffer.of(0x40), rawPublicKey(signer.publicKey)]);
  return Buffer.concat([Buffer.of(4), madeAt, Buffer.of(algorithms.eddsaLegacy), ed25519Legacy, mpi(point)]);
}

function signature(signer: Signer, type: number, signed: Uint8Array, at: Buffer, more: Buffer): Buffer {
  const fingerprint = Buffer.from(fingerprintOf(keyBody(signer)), 'hex');
  const hashed = Buffer.concat([
    subpacket(subpackets.signedAt, at),
    subpacket(subpackets.issuerFingerprint, Buffer.concat([Buffer.of(4), fingerprint])),
    more,
  ]);
  const unhashed = subpacket(subpackets.issuer, fingerprint.subarray(-8));
  const head = Buffer.concat([Buffer.of(4, type, algorithms.eddsaLegacy, sha512), uint16(hashed.length), hashed]);
  const trailer = Buffer.concat([Buffer.of(4, 0xff), uint32(head.length)]);
  const digest = createHash('sha512').update(signed).update(head).update(trailer).digest();
  const signed64 = signer.sign(digest);
  const numbers = [mpi(signed64.subarray(0, 32)), mpi(signed64.subarray(32))];
  return packet(tags.signature, Buffer.concat([head, uint16(unhashed.length), unhashed, digest.subarray(0, 2), ...numbers]));
}

function subpacket(type: number, data: Uint8Array): Buffer {
  return Buffer.concat([lengthOf(data.length + 1), Buffer.of(type), data]);
}
