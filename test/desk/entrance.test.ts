import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundingSecret } from '../../src/trust/orgs/actions.ts';
import { type Desk, expectSound, linkFor, noBrowser, openDesk, settled } from './desk.ts';

let desk: Desk;

describe.skipIf(noBrowser)('entrance', () => {
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk?.close());

  test('signed out, one learns how to get a link, and sees no place to go', async () => {
    const visit = await desk.visit();
    await visit.go('/findings/fnd_00000000000000000000000000');
    await visit.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    expect(await visit.page.getByRole('navigation').count()).toBe(0);
    await expectSound(visit, 'signed-out');
    await visit.close();
  });

  test('a founding link with a wrong secret is refused in words', async () => {
    const visit = await desk.visit();
    await visit.go('/found#bw_lnk_wrong');
    await fillFounding(visit.page);
    expect(await visit.page.getByRole('alert').textContent()).toContain('This link does not open this hub');
    await expectSound(visit, 'found-refused');
    await visit.close();
  });

  test('the first visit makes the coordinator and signs in; the secret leaves the address bar at once', async () => {
    const secret = foundingSecret(desk.hub.doors.keys.secret('tokens'));
    const visit = await desk.visit();
    await visit.go(`/found#${secret}`);
    expect(visit.page.url()).toBe(`${desk.address}/found`);
    await expectSound(visit, 'found');
    await fillFounding(visit.page);
    await visit.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    await visit.page.getByRole('banner').getByText('Ada Person').waitFor();
    await visit.page.reload();
    await settled(visit.page);
    await visit.page.getByRole('banner').getByText('coordinator').waitFor();
    expect(visit.complaints).toEqual([]);
    await visit.close();

    const second = await desk.visit();
    await second.go(`/found#${secret}`);
    await fillFounding(second.page);
    expect(await second.page.getByRole('alert').textContent()).toContain('This hub has its first coordinator already');
    await second.close();
  });

  test('a one-time link opens once; used again it is refused in words, and a new one in the same tab works', async () => {
    const ada = await desk.hub.join('Treasury', 'coordinator');
    const link = await linkFor(desk.hub, ada);
    const first = await desk.visit();
    await first.go(link);
    expect(first.page.url()).toBe(`${desk.address}/enter`);
    await expectSound(first, 'enter');
    await first.page.keyboard.press('Tab');
    await first.page.getByRole('button', { name: 'Sign in' }).press('Enter');
    await first.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();

    const second = await desk.visit();
    await second.go(link);
    await second.page.getByRole('button', { name: 'Sign in' }).click();
    expect(await second.page.getByRole('alert').textContent()).toContain('This link was used or has expired; ask for a new one');
    await expectSound(second, 'enter-refused');
    const fresh = (await linkFor(desk.hub, ada)).slice('/enter'.length);
    await second.page.evaluate((hash) => location.assign(hash), fresh);
    await second.page.getByRole('button', { name: 'Sign in' }).click();
    await second.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();

    await first.page.getByRole('button', { name: 'Sign out' }).click();
    await first.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
    expect((await first.page.context().cookies()).filter((c) => c.name === 'breakwater_session')).toEqual([]);
    await second.page.reload();
    await second.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    expect(desk.faults).toEqual([]);
    await first.close();
    await second.close();
  });
});

async function fillFounding(page: import('playwright-core').Page): Promise<void> {
  await page.getByLabel('Organisation').fill('Example Treasury');
  await page.getByLabel('Your name').fill('Ada Person');
  await page.getByLabel('Your e-mail').fill('ada@example.org');
  await page.getByRole('button', { name: 'Set up and sign in' }).click();
  await page
    .getByRole('alert')
    .or(page.getByRole('heading', { level: 1, name: 'Queue' }))
    .first()
    .waitFor();
}
