import { createHash } from 'node:crypto';

/** OpenPGP's own framing (RFC 4880, RFC 9580 where it says the same): as much of it as detached signatures and their keys need. */

export const tags = { signature: 2, publicKey: 6, userId: 13, publicSubkey: 14 } as const;
export const algorithms = { rsa: 1, rsaSignOnly: 3, ecdsa: 19, eddsaLegacy: 22, ed25519: 27 } as const;
export const subpackets = { signedAt: 2, expiresAfter: 3, keyExpiresAfter: 9, issuer: 16, keyFlags: 27, issuerFingerprint: 33 } as const;

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** RFC 4880 §4.2.2: new format. */
export function packet(tag: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | tag), lengthOf(body.length), body]);
}

/** §4.2.2 and §5.2.3.1: lengths of one, two or five octets. */
export function lengthOf(length: number): Buffer {
  if (length < 192) return Buffer.of(length);
  if (length < 8384) return Buffer.of(((length - 192) >> 8) + 192, (length - 192) & 0xff);
  return Buffer.concat([Buffer.of(255), uint32(length)]);
}

export function uint16(n: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(n);
  return bytes;
}

export function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
}

/** §3.2: a number with the count of its bits before it. */
export function mpi(number: Uint8Array): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  if (first < 0) return uint16(0);
  const bytes = number.subarray(first);
  return Buffer.concat([uint16(8 * bytes.length - Math.clz32(bytes[0]!) + 24), bytes]);
}

/** §12.2, version 4: SHA-1 of what a signature over the key begins with. */
export function fingerprintOf(keyBody: Uint8Array): string {
  return createHash('sha1').update(hashedKey(keyBody)).digest('hex').toUpperCase();
}

export function hashedKey(keyBody: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0x99), uint16(keyBody.length), keyBody]);
}

/** §6: base64 between two lines, with the checksum that older readers want. */
export function armor(kind: 'PGP SIGNATURE' | 'PGP PUBLIC KEY BLOCK', bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  const sum = Buffer.alloc(3);
  sum.writeUIntBE(crc24(bytes), 0, 3);
  return `-----BEGIN ${kind}-----\n\n${lines.join('\n')}\n=${sum.toString('base64')}\n-----END ${kind}-----\n`;
}

/** What stands in the first armour of this kind; undefined when there is none. */
export function unarmored(text: string, kind: 'PGP SIGNATURE' | 'PGP PUBLIC KEY BLOCK'): Buffer | undefined {
  const [begin, end] = [`-----BEGIN ${kind}-----`, `-----END ${kind}-----`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  const lines = text.slice(from + begin.length, to).split(/\r?\n/);
  // Headers end at the first empty line; the checksum stands on a line of its own.
  const body = lines.slice(lines.findIndex((line, i) => i > 0 && line.trim() === '') + 1);
  return Buffer.from(body.filter((line) => !line.startsWith('=')).join(''), 'base64');
}

/** §6.1 */
function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return crc & 0xffffff;
}

/** The packets of a stream, old and new format; undefined where the framing does not hold. Bodies of partial length are not for keys. */
export function packetsOf(bytes: Buffer): Packet[] | undefined {
  const found: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    if ((first & 0x80) === 0) return undefined;
    const isNew = (first & 0x40) !== 0;
    const length = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, first & 3);
    if (!length || length.at + length.of > bytes.length) return undefined;
    found.push({ tag: isNew ? first & 0x3f : (first >> 2) & 0x0f, body: bytes.subarray(length.at, length.at + length.of) });
    at = length.at + length.of;
  }
  return found;
}

/** Length and where what it counts begins. */
export function newLength(bytes: Buffer, at: number): { of: number; at: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { of: first, at: at + 1 };
  if (first < 224 && at + 1 < bytes.length) return { of: ((first - 192) << 8) + bytes[at + 1]! + 192, at: at + 2 };
  return first === 255 && at + 5 <= bytes.length ? { of: bytes.readUInt32BE(at + 1), at: at + 5 } : undefined;
}

function oldLength(bytes: Buffer, at: number, type: number): { of: number; at: number } | undefined {
  const size = [1, 2, 4][type];
  return size !== undefined && at + size <= bytes.length ? { of: bytes.readUIntBE(at, size), at: at + size } : undefined;
}
