import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** An Ed25519 key (RFC 8032) with the name under which it signs, e.g. `breakwater.example/log`. */
export interface Signer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly sign: (data: Uint8Array) => Buffer;
}

export function signerOf(name: string, privateKey: KeyObject): Signer {
  return { name, publicKey: createPublicKey(privateKey), sign: (data) => sign(null, data, privateKey) };
}

function isSignedBy(publicKey: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, data, publicKey, signature);
}

export function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') } });
}

/** Pre-authentication encoding of DSSE v1 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md). */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}

export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

export const inToto = 'application/vnd.in-toto+json';

export function seal(signer: Signer, payloadType: string, payload: Uint8Array): Envelope {
  const sig = signer.sign(pae(payloadType, payload)).toString('base64');
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid: keyId(signer.publicKey), sig }] };
}

/** The payload, if one signature by this key holds; otherwise undefined. */
export function open(envelope: Envelope, key: KeyObject): Buffer | undefined {
  const payload = Buffer.from(envelope.payload, 'base64');
  const ok = envelope.signatures.some((s) => isSignedBy(key, pae(envelope.payloadType, payload), Buffer.from(s.sig, 'base64')));
  return ok ? payload : undefined;
}

function keyId(key: KeyObject): string {
  return createHash('sha256').update(rawPublicKey(key)).digest('hex');
}

/** C2SP signed-note (https://c2sp.org/signed-note): key hash = first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key). */
function noteKeyHash(name: string, key: KeyObject): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(1)).update(rawPublicKey(key)).digest().subarray(0, 4);
}

export function verifierKey(name: string, key: KeyObject): string {
  const encoded = Buffer.concat([Buffer.of(1), rawPublicKey(key)]).toString('base64');
  return `${name}+${noteKeyHash(name, key).toString('hex')}+${encoded}`;
}

export function signNote(signer: Signer, text: string): string {
  if (!text.endsWith('\n')) throw new TypeError('a note ends in a newline');
  const signature = Buffer.concat([noteKeyHash(signer.name, signer.publicKey), signer.sign(Buffer.from(text))]).toString('base64');
  return `${text}\n\u2014 ${signer.name} ${signature}\n`;
}

/** The note's text if the verifier key (`name+hash+key`) signed it; otherwise undefined. */
export function openNote(note: string, verifier: string): string | undefined {
  const match = /^(\S+?)\+([0-9a-f]{8})\+(\S+)$/.exec(verifier);
  const split = note.lastIndexOf('\n\n');
  if (!match || split < 0) return undefined;
  const [, name, hash, encoded] = match as unknown as [string, string, string, string];
  const key = Buffer.from(encoded, 'base64');
  if (key.length !== 33 || key[0] !== 1) return undefined;
  const publicKey = publicKeyFromRaw(key.subarray(1));
  if (noteKeyHash(name, publicKey).toString('hex') !== hash) return undefined;
  const text = note.slice(0, split + 1);
  for (const line of note.slice(split + 2).split('\n')) {
    const signature = line.startsWith(`\u2014 ${name} `) ? Buffer.from(line.slice(name.length + 3), 'base64') : undefined;
    if (signature?.length === 68 && signature.subarray(0, 4).toString('hex') === hash) {
      if (isSignedBy(publicKey, Buffer.from(text), signature.subarray(4))) return text;
    }
  }
  return undefined;
}
