import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled } from './desk.ts';

let desk: Desk;
let [coordinator, finder]: Actor[] = [];
const title = 'Endless loop in loop() on nested input';

describe.skipIf(noBrowser)('what a coordinator does by hand', () => {
  beforeAll(async () => {
    desk = await openDesk({ box: loopBox(), recipes: loopRecipes, sources: loopSources });
    coordinator = await desk.hub.join('Example Treasury', 'coordinator');
    finder = await desk.hub.join('North Lab', 'finder');
    await desk.hub.do(finder, findings.submit, loopReport(title));
    await desk.hub.settle(flow);
  });
  afterAll(() => desk?.close());

  test('adds an organisation, invites a person, and the link lets them in', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await page.getByRole('link', { name: 'Organisations' }).click();
    await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();
    await expectSound(visit, 'organisations');
    await page.getByLabel('Name').fill('Looper Project');
    await page.getByRole('checkbox', { name: /^maintainer/ }).check();
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('link', { name: 'Looper Project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Looper Project' }).waitFor();
    await page.getByLabel('Name').fill('Lupe');
    await page.getByLabel('E-mail').fill('lupe@looper.example');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('button', { name: 'Make a link for Lupe' }).click();
    const link = await page.getByRole('status').locator('code').textContent();
    await expectSound(visit, 'organisation');
    await visit.close();

    const lupe = await desk.visit();
    await lupe.go(link!);
    await lupe.page.getByRole('button', { name: 'Sign in' }).click();
    await lupe.page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    await lupe.page.getByRole('banner').getByText('Lupe').first().waitFor();
    await lupe.close();
  });

  test('reads the person in by the three gates; nothing is chosen for them', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    const row = page.getByRole('table', { name: /Cases/ }).getByRole('row', { name: title });
    await row.getByText('replayed').first().waitFor();
    await row.getByRole('link').click();
    await page.getByText('Read somebody in').click();
    await page.getByLabel('Organisation').selectOption({ label: 'Looper Project' });
    const person = page.getByLabel('Person', { exact: true });
    await person.locator('option', { hasText: 'Lupe' }).waitFor({ state: 'attached' });
    await person.selectOption({ index: 1 });
    await page.getByLabel('Who answers for them?').selectOption({ index: 1 });
    await page.getByLabel('Why does this case need').fill('maintains the package');
    await page.getByLabel('What are they able to do?').selectOption('patch');
    await page.getByLabel('Tier', { exact: true }).selectOption('0');
    await page.getByRole('button', { name: 'Offer' }).click();
    await expect.poll(() => page.getByText('Please choose one.').count()).toBe(4);
    for (const check of ['A conflict of interest', 'An antitrust concern', 'An earlier breach', 'Sanctions'])
      await page.getByLabel(check).selectOption('no');
    await expectSound(visit, 'case-read-in');
    await page.getByRole('button', { name: 'Offer' }).click();
    await page.getByText('Offered: it waits on their desk.').waitFor();
    await settled(page);
    await page
      .getByRole('table', { name: /ever let into/ })
      .getByText('maintains the package')
      .first()
      .waitFor();
    await visit.close();
  });

  test('a finding handed in by form is received, and leads to its case and back', async () => {
    const visit = await desk.visit(finder);
    const { page } = visit;
    await page.getByRole('link', { name: 'Hand in a finding' }).click();
    await page.getByRole('heading', { level: 1, name: 'Hand in a finding' }).waitFor();
    await page.getByLabel('Title').fill('Out of bounds read in other()');
    await page.getByLabel('Package').fill('no purl');
    await page.getByLabel('What is wrong').fill('See title.');
    await page.getByLabel('A file').setInputFiles({ name: 'poc.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('x') });
    await expectSound(visit, 'hand-in');
    await page.getByRole('button', { name: 'Hand in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('/purl');
    await page.getByLabel('Package').fill('pkg:npm/other@1.0.0');
    await page.getByRole('button', { name: 'Hand in' }).click();
    await page.getByRole('heading', { level: 1, name: 'It is received' }).waitFor();
    expect(await visit.text()).toMatch(/SUB-[a-z2-7]{18}.*severity, patch, test/s);
    await expectSound(visit, 'received');
    await page.getByRole('link', { name: 'your finding' }).click();
    await page.getByText('poc.bin').waitFor();
    expect(await page.getByRole('link', { name: 'the case it is coordinated in' }).count()).toBe(0);
    await visit.go('/');
    await page
      .getByRole('table', { name: /Findings/ })
      .getByRole('link', { name: title })
      .click();
    await page.getByRole('link', { name: 'the case it is coordinated in' }).click();
    await page.getByText('Vulnerability and finders').waitFor();
    expect(visit.complaints).toEqual([]);
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
