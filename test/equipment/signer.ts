import { generateKeyPairSync } from 'node:crypto';
import { type Signer, signerOf } from '../../src/base/signature.ts';

/** Somebody else's key, under whatever name. */
export function generateSigner(name: string): Signer {
  return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}
