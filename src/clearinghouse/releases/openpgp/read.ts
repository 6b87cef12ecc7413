import { createHash, createPublicKey, constants as crypto, type KeyObject, verify } from 'node:crypto';
import { publicKeyFromRaw } from '../../../base/signature.ts';
import { algorithms, fingerprintOf, newLength, type Packet, packetsOf, subpackets, tags, unarmored } from './packet.ts';

/** Keys and detached signatures of others, version 4: what a reader of advisories meets. Whatever else there is, it cannot tell. */
export interface PublicKey {
  /** Of the key or subkey itself, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Of the key whose subkey it is, or its own. */
  readonly primary: string;
  readonly algorithm: number;
  /** undefined where the algorithm is not one that is read here. */
  readonly key: KeyObject | undefined;
}

interface Signature {
  readonly algorithm: number;
  /** Seconds since 1970, and how long after that it holds; 0 = for good. */
  readonly signedAtSec: number;
  readonly expiresAfterSec: number;
  /** Fingerprint, or the last sixteen digits of it. */
  readonly issuer: string;
  readonly hash: string;
  /** What is hashed after the document. */
  readonly trailer: Buffer;
  readonly numbers: readonly Buffer[];
}

const hashes: Readonly<Record<number, string>> = { 8: 'sha256', 9: 'sha384', 10: 'sha512', 11: 'sha224' };
const curves: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '2a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '2b81040022': { name: 'P-384', bytes: 48 },
  '2b81040023': { name: 'P-521', bytes: 66 },
};
const ed25519Oid = '2b06010401da470f01';

/** undefined where the text is no armoured key. */
export function readKeys(text: string): PublicKey[] | undefined {
  const bytes = unarmored(text, 'PGP PUBLIC KEY BLOCK');
  const packets = bytes && packetsOf(bytes);
  const found = (packets ?? []).filter((p) => p.tag === tags.publicKey || p.tag === tags.publicSubkey);
  if (!packets || found[0]?.tag !== tags.publicKey || !found.every(isVersion4)) return undefined;
  let primary = '';
  return found.map(({ tag, body }) => {
    const fingerprint = fingerprintOf(body);
    if (tag === tags.publicKey) primary = fingerprint;
    return { fingerprint, primary, algorithm: body[5] ?? 0, key: safely(() => keyOf(body)) };
  });
}

const isVersion4 = ({ body }: Packet) => body[0] === 4 && body.length > 6;

/** undefined where the text is no armoured detached signature. */
export function readSignature(text: string): Signature | undefined {
  const bytes = unarmored(text, 'PGP SIGNATURE');
  const body = bytes && packetsOf(bytes)?.find((p) => p.tag === tags.signature)?.body;
  return body && safely(() => signatureOf(body));
}

/** Whether one of the keys made this signature over these bytes; undefined = none of them, or none that can be tried. */
export function isSignedBy(keys: readonly PublicKey[], signature: Signature, document: Uint8Array): PublicKey | false | undefined {
  const own = keys.filter((k) => k.fingerprint.endsWith(signature.issuer));
  const tried = own.filter((k) => k.key !== undefined && k.algorithm === signature.algorithm);
  if (tried.length === 0) return undefined;
  return tried.find((k) => safely(() => holds(k.key!, signature, document)) === true) ?? false;
}

function holds(key: KeyObject, { algorithm, hash, trailer, numbers }: Signature, document: Uint8Array): boolean {
  const signed = Buffer.concat([document, trailer]);
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = numbers;
  if (algorithm === algorithms.rsa || algorithm === algorithms.rsaSignOnly) {
    const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
    return verify(hash, signed, { key, padding: crypto.RSA_PKCS1_PADDING }, padded(first, size));
  }
  if (algorithm === algorithms.ecdsa) {
    const { bytes } = Object.values(curves).find((c) => c.name === key.export({ format: 'jwk' }).crv)!;
    return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat([padded(first, bytes), padded(second, bytes)]));
  }
  const digest = createHash(hash).update(signed).digest();
  return verify(null, digest, key, algorithm === algorithms.ed25519 ? first : Buffer.concat([padded(first, 32), padded(second, 32)]));
}

function padded(number: Buffer, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.max(0, size - number.length)), number]);
}

/** RFC 4880 §5.5.2, RFC 9580 §5.5.5. */
function keyOf(body: Buffer): KeyObject | undefined {
  const algorithm = body[5];
  const material = body.subarray(6);
  if (algorithm === algorithms.rsa || algorithm === algorithms.rsaSignOnly) {
    const [n = '', e = ''] = numbersIn(material).map((m) => m.toString('base64url'));
    return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e } });
  }
  if (algorithm === algorithms.ed25519) return publicKeyFromRaw(material.subarray(0, 32));
  const oid = material.toString('hex', 1, 1 + material[0]!);
  const [point = Buffer.alloc(0)] = numbersIn(material.subarray(1 + material[0]!));
  if (algorithm === algorithms.eddsaLegacy)
    return oid === ed25519Oid && point[0] === 0x40 ? publicKeyFromRaw(point.subarray(1)) : undefined;
  const curve = curves[oid];
  if (algorithm !== algorithms.ecdsa || !curve || point[0] !== 4) return undefined;
  const half = (from: number) => point.subarray(from, from + curve.bytes).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: curve.name, x: half(1), y: half(1 + curve.bytes) } });
}

/** RFC 4880 §5.2.3; only signatures over documents (types 0 and 1). */
function signatureOf(body: Buffer): Signature | undefined {
  const [version, type, algorithm = 0, hashId = 0] = body;
  const hash = hashes[hashId];
  if (version !== 4 || (type !== 0 && type !== 1) || hash === undefined) return undefined;
  const hashedEnd = 6 + body.readUInt16BE(4);
  const unhashedEnd = hashedEnd + 2 + body.readUInt16BE(hashedEnd);
  const hashed = subpacketsIn(body.subarray(6, hashedEnd));
  const unhashed = subpacketsIn(body.subarray(hashedEnd + 2, unhashedEnd));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(hashedEnd);
  const fingerprint = (hashed.get(subpackets.issuerFingerprint) ?? unhashed.get(subpackets.issuerFingerprint))?.subarray(1);
  const issuer = fingerprint ?? hashed.get(subpackets.issuer) ?? unhashed.get(subpackets.issuer);
  const rest = body.subarray(unhashedEnd + 2);
  return {
    algorithm,
    hash,
    signedAtSec: hashed.get(subpackets.signedAt)?.readUInt32BE(0) ?? 0,
    expiresAfterSec: hashed.get(subpackets.expiresAfter)?.readUInt32BE(0) ?? 0,
    issuer: issuer?.toString('hex').toUpperCase() ?? '',
    trailer: Buffer.concat([body.subarray(0, hashedEnd), Buffer.of(4, 0xff), length]),
    numbers: algorithm === algorithms.ed25519 ? [rest] : numbersIn(rest),
  };
}

function subpacketsIn(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const length = newLength(bytes, at);
    if (!length || length.of < 1 || length.at + length.of > bytes.length) break;
    found.set(bytes[length.at]! & 0x7f, bytes.subarray(length.at + 1, length.at + length.of));
    at = length.at + length.of;
  }
  return found;
}

function numbersIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + Math.ceil(bytes.readUInt16BE(at) / 8);
    found.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return found;
}

/** Hostile bytes may be short at any place. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
