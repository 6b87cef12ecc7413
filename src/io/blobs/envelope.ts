import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { seal, sealBytes, unseal } from '../../base/sealed.ts';

const magic = Buffer.from('BWB1');
const keyBytes = 32;
const nonceBytes = 12;
const headBytes = magic.length + sealBytes + keyBytes;

/**
 * How a blob lies anywhere: magic ‖ nonce ‖ wrapped data key ‖ tag ‖ nonce ‖ ciphertext ‖ tag, AES-256-GCM both times.
 * The blob's id is bound to both as associated data, so that none can be exchanged for another.
 */
export function sealed(wrapping: KeyObject, id: string, bytes: Uint8Array): Buffer {
  const key = randomBytes(keyBytes);
  return Buffer.concat([
    magic,
    seal(wrapping, id, key, randomBytes(nonceBytes)),
    seal(createSecretKey(key), id, bytes, randomBytes(nonceBytes)),
  ]);
}

/** `untrusted`: cut short, altered, another's, or sealed with another key. */
export function opened(wrapping: KeyObject, id: string, envelope: Buffer): Buffer | Refusal {
  const key = envelope.subarray(0, magic.length).equals(magic) && unseal(wrapping, id, envelope.subarray(magic.length, headBytes));
  const bytes = key && unseal(createSecretKey(key), id, envelope.subarray(headBytes));
  return bytes || refuse('untrusted', 'this blob was altered where it lies or sealed with another key');
}
