import type { CDPSession, Page } from 'playwright-core';
import type { Visit } from './desk.ts';

/** Chromium's own virtual authenticator (Chrome DevTools Protocol, domain WebAuthn): a key in the USB port of this page's browser. */
export async function plugIn(page: Page, options: { verifies?: boolean; synced?: boolean } = {}): Promise<VirtualKey> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: options.verifies ?? true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: options.synced ?? false,
      defaultBackupState: options.synced ?? false,
    },
  });
  return new VirtualKey(cdp, authenticatorId);
}

/** Somebody who has yet to make a passkey makes one, and signs with it the terms that wait on their queue. */
export async function acceptTerms(visit: Visit): Promise<void> {
  const { page } = visit;
  await plugIn(page);
  await page.getByRole('link', { name: 'Make yours first' }).click();
  await page.getByLabel('What do you call it?').fill('blue key');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('rowheader', { name: 'blue key' }).waitFor();
  await page.getByRole('link', { name: 'Queue' }).click();
  await page.getByRole('button', { name: 'I accept these terms' }).click();
}

class VirtualKey {
  readonly #cdp: CDPSession;
  readonly #authenticatorId: string;
  constructor(cdp: CDPSession, authenticatorId: string) {
    this.#cdp = cdp;
    this.#authenticatorId = authenticatorId;
  }
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.#authenticatorId, isUserVerified });
  }
  /** What is on it, to be put on another: a cloned key. */
  async content() {
    return (await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId: this.#authenticatorId })).credentials;
  }
  async load(credentials: Awaited<ReturnType<VirtualKey['content']>>): Promise<void> {
    for (const credential of credentials)
      await this.#cdp.send('WebAuthn.addCredential', { authenticatorId: this.#authenticatorId, credential });
  }
}
