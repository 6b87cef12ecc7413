import type { Instant } from '../../../base/instant.ts';

/**
 * What is handed out before the hour is an age file (https://age-encryption.org/v1) for one fresh X25519 identity of this artefact alone:
 * whoever staged it opens it with the tool that everybody has, and no two artefacts open each other.
 */
export async function encryptForStaging(bytes: Uint8Array): Promise<{ readonly file: Uint8Array; readonly identity: string }> {
  // Only here: most of the hub never needs it.
  const { Encrypter, generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return { file: await encrypter.encrypt(bytes), identity };
}

/** The key of what was staged is bound to its artefact: sealed for one, it opens for no other. */
export function sealedFor(artefactId: string): string {
  return `staged ${artefactId}`;
}

/** The one gate before the key: the hour has come. */
export function mayOpen(goLiveAt: Instant, now: Instant): boolean {
  return now >= goLiveAt;
}
