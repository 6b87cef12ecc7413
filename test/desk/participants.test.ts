import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute, plusMs } from '../../src/base/instant.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { crowdedCase } from '../equipment/crowded-case.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [coordinator, second]: Actor[] = [];
let caseId: string;

describe.skipIf(noBrowser)('who takes part', () => {
  beforeAll(async () => {
    desk = await openDesk();
    coordinator = await desk.hub.join('Example Treasury', 'coordinator');
    second = await desk.hub.join('Second Treasury', 'coordinator');
    // Before the others by their ids: whoever is to be chosen stands on the second page of the organisations.
    const before = plusMs(desk.hub.clock.now(), -minute);
    const { id } = await desk.hub.doors.db.transaction(house.reads, (tx) => crowdedCase(tx, 121, 20, before));
    caseId = id;
  });
  afterAll(() => desk?.close());

  test('121 suppliers in one table: who is silent is found by choosing, one of them by its name', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByRole('link', { name: 'Who takes part' }).click();
    await visit.page.getByRole('heading', { level: 1, name: 'Who takes part' }).waitFor();
    const table = visit.page.getByRole('table', { name: 'Participants, oldest first' });
    await expect.poll(() => table.getByRole('row').count()).toBe(122);
    expect(await visit.text()).toContain('121 suppliers: 40 answered, 81 awaited, 0 silent, 0 not asked yet.');
    await visit.page.getByLabel('Show').selectOption('answered');
    await expect.poll(() => table.getByRole('row').count()).toBe(41);
    await visit.page.getByLabel('Show').selectOption('');
    await visit.page.getByLabel('Name or package').fill('product-120');
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    expect(await visit.text()).toContain('not answered × 2');
    await expectSound(visit, 'participants');
    await visit.close();
  });

  test('a supplier is added, told, and written down; another coordinator is let in and offered a duty', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go(`/cases/${caseId}/participants`);
    await page.getByText('Add suppliers').click();
    await page.getByLabel('Suppliers').fill('Quiet Vendor; pkg:generic/quiet; security@quiet.example');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Name or package').fill('quiet');
    await page.getByRole('button', { name: 'Open Quiet Vendor' }).click();
    await page.getByText('Say how it deals with the report').click();
    await page.getByLabel('What is so?').selectOption('receive');
    await page.getByRole('textbox', { name: 'How do you know?' }).fill('they answered the mail');
    await page.getByRole('button', { name: 'Say so' }).first().click();
    await expect.poll(() => visit.text()).toContain('Last heard');
    await expectSound(visit, 'participant-selected');
    await page.getByText('Let another coordinator in').click();
    await page.getByLabel('Coordinating organisation').selectOption({ label: 'Second Treasury' });
    await page.getByRole('button', { name: 'Let in' }).click();
    await page.getByText('Offer a duty of yours').click();
    await page.getByLabel('Duty', { exact: true }).selectOption('cve');
    await page.getByLabel('To', { exact: true }).selectOption({ label: 'Second Treasury' });
    await page.getByRole('button', { name: 'Offer', exact: true }).click();
    await expect.poll(() => page.getByRole('table', { name: 'Duties' }).textContent()).toContain('Second Treasury');
    await visit.close();
    const other = await desk.visit(second);
    await other.go(`/cases/${caseId}/participants`);
    await other.page.getByText('Example Treasury offers you: The CVE.').waitFor();
    await other.page.getByLabel('Name or package').fill('quiet');
    await expectSound(other, 'participants-duties');
    await other.close();
    expect(desk.faults).toEqual([]);
  });
});
