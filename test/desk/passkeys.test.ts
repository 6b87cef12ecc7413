import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/trust/access.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled, type Visit } from './desk.ts';
import { plugIn } from './virtual-key.ts';

let desk: Desk;
let ada: Actor;

describe.skipIf(noBrowser)('passkeys in a browser', () => {
  beforeAll(async () => {
    desk = await openDesk();
    ada = await desk.hub.join('Looper Project', 'maintainer');
  });
  afterAll(() => desk?.close());

  const add = async (visit: Visit, name: string) => {
    await visit.go('/passkeys');
    await visit.page.getByLabel('What do you call it?').fill(name);
    await visit.page.getByRole('button', { name: 'Make it' }).click();
  };
  const signIn = (visit: Visit) => visit.page.getByRole('button', { name: 'Sign in with a passkey' }).click();

  test('one is made after a link, signs in, is shown and is revoked', async () => {
    const visit = await desk.visit(ada);
    await visit.page.getByRole('link', { name: "Looper Project's person" }).click();
    await visit.page.getByRole('heading', { level: 1, name: 'Your passkeys' }).waitFor();
    await plugIn(visit.page);
    await expectSound(visit, 'passkeys-none');
    await add(visit, 'blue key');
    await visit.page.getByRole('rowheader', { name: 'blue key' }).waitFor();
    expect(await visit.text()).toContain('could not tell: only the device itself says that it keeps this key to itself');
    await expectSound(visit, 'passkeys');
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    await visit.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    await expectSound(visit, 'signed-out-passkey');
    await signIn(visit);
    await visit.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    await visit.go('/passkeys');
    await visit.page.getByRole('button', { name: 'Revoke blue key' }).click();
    // Its session ends with it.
    await visit.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    await signIn(visit);
    expect(await visit.page.getByRole('alert').textContent()).toContain('not taken any more');
    await visit.close();
  });

  test('a key whose owner was not verified signs nothing', async () => {
    const visit = await desk.visit(await desk.hub.join('Hurried', 'maintainer'));
    const key = await plugIn(visit.page);
    await add(visit, 'key');
    await visit.page.getByRole('rowheader', { name: 'key' }).waitFor();
    await key.verifies(false);
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    await visit.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    await signIn(visit);
    expect(await visit.page.getByRole('alert').textContent()).toContain('Nothing was signed');
    await key.verifies(true);
    await signIn(visit);
    await visit.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    await visit.close();
  });

  test('a key that is copied to other devices says so', async () => {
    const visit = await desk.visit(await desk.hub.join('Synced', 'maintainer'));
    await plugIn(visit.page, { synced: true });
    await add(visit, 'phone');
    await visit.page.getByRole('rowheader', { name: 'phone' }).waitFor();
    expect(await visit.text()).toContain('no: the device says that it copies this key to others');
    await visit.close();
  });

  test('a cloned key: the second of two devices that count from the same number is told from the first', async () => {
    const victim = await desk.hub.join('Cloned', 'maintainer');
    const first = await desk.visit(victim);
    const key = await plugIn(first.page);
    await add(first, 'key');
    await first.page.getByRole('rowheader', { name: 'key' }).waitFor();
    const copy = await key.content();
    await first.page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(first);
    await first.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    const thief = await desk.visit();
    await (await plugIn(thief.page)).load(copy);
    await thief.go('/');
    await signIn(thief);
    expect(await thief.page.getByRole('alert').textContent()).toContain('used by two devices');
    await first.page.reload();
    await settled(first.page);
    await first.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    expect([...first.complaints, ...thief.complaints]).toEqual([]);
    expect(desk.faults).toEqual([]);
    await first.close();
    await thief.close();
  });
});
