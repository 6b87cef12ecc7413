import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import type { Asked, Creation } from './wire.ts';

/** Has the browser make a key pair; what comes back goes to the hub as it is. */
export async function makePasskey(creation: Creation): Promise<unknown> {
  const optionsJSON = creation as unknown as PublicKeyCredentialCreationOptionsJSON;
  return startRegistration({ optionsJSON }).catch(inWords);
}

/** Has the person's device sign what the hub asked. */
export async function answerWith(asked: Asked): Promise<unknown> {
  const optionsJSON = asked as unknown as PublicKeyCredentialRequestOptionsJSON;
  return startAuthentication({ optionsJSON }).catch(inWords);
}

function inWords(error: unknown): never {
  const name = (error as { name?: string }).name;
  if (name === 'InvalidStateError') throw new Error('This device has a passkey for this desk already.');
  if (name === 'NotAllowedError') throw new Error('Nothing was signed: it was cancelled, took too long, or no passkey here fits.');
  if (name === 'SecurityError')
    throw new Error('Passkeys belong to the address of this desk, and this is another one. Open the desk by its own address.');
  throw new Error('This browser and this device cannot do that. Try another browser, or another key.');
}
