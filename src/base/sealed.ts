import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const [nonceBytes, tagBytes] = [12, 16];
/** What sealing adds to the bytes it seals. */
export const sealBytes = nonceBytes + tagBytes;

/** AES-256-GCM (NIST SP 800-38D): nonce ‖ ciphertext ‖ tag. `about` is bound to it, so that what was sealed for one thing opens for no other. */
export function seal(key: KeyObject, about: string, bytes: Uint8Array, nonce: Uint8Array): Buffer {
  if (nonce.length !== nonceBytes) throw new RangeError('a nonce takes 12 random bytes');
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** undefined: altered, sealed with another key, or about something else. */
export function unseal(key: KeyObject, about: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < sealBytes) return undefined;
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
      .setAAD(Buffer.from(about))
      .setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([cipher.update(sealed.subarray(nonceBytes, -tagBytes)), cipher.final()]);
  } catch {
    return undefined;
  }
}
