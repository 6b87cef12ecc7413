import type { OutgoingMail } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Choices } from './notice.ts';

/**
 * A letter as it is sent: in the open, or encrypted to the recipient's own key. What should be encrypted and cannot be is not sent at all.
 * OpenPGP.js is read only here, when somebody chose it: it takes 150 ms and 20 MB.
 */
export async function protectedBody(
  text: string,
  { protection, publicKey }: Pick<Choices, 'protection' | 'publicKey'>,
): Promise<OutgoingMail['body'] | Refusal> {
  if (protection === 'none') return { kind: 'plain', text };
  const armored = protection === 'age' ? await toAge(text, publicKey ?? '') : await toOpenPgp(text, publicKey ?? '');
  return isRefusal(armored) ? armored : { kind: protection, armored };
}

async function toAge(text: string, recipient: string): Promise<string | Refusal> {
  const { armor, Encrypter } = await import('age-encryption');
  try {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient.trim());
    return armor.encode(await encrypter.encrypt(text));
  } catch {
    return refuse('malformed', 'this is no age recipient (age1…)', '/publicKey');
  }
}

async function toOpenPgp(text: string, armoredKey: string): Promise<string | Refusal> {
  const { createMessage, encrypt, readKey } = await import('openpgp');
  try {
    const key = await readKey({ armoredKey });
    if (key.isPrivate())
      return refuse('malformed', 'this is a private key: give the public one, and consider that one known', '/publicKey');
    // RFC 3156 §4: what is encrypted is a whole MIME entity. Which key it is for is left to be tried: it is nobody's on the way.
    const message = await createMessage({ text: entityOf(text) });
    return await encrypt({ message, encryptionKeys: key, wildcard: true, format: 'armored' });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, limits.becauseChars / 2) : '';
    return refuse('malformed', `nothing can be encrypted to this key: ${why}`, '/publicKey');
  }
}

function entityOf(text: string): string {
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '', ...lines, ''].join('\r\n');
}
