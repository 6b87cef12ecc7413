import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { crowdedCase } from '../equipment/crowded-case.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let coordinator: Actor;
let caseId: string;

describe.skipIf(noBrowser)('an advisory of several flaws', () => {
  beforeAll(async () => {
    desk = await openDesk();
    coordinator = await desk.hub.join('Example Treasury', 'coordinator');
    const of = await desk.hub.doors.db.transaction(house.reads, (tx) => crowdedCase(tx, 1, 0, desk.hub.clock.now()));
    caseId = of.id;
    await desk.hub.do(coordinator, advisories.draft, {
      caseId,
      ...{ affected: [{ fixed: '2.0.0' }], title: 'Reads too far', summary: 'It reads on.', cve: null },
      further: [
        { vulnerabilityId: of.vulnerabilities[1]!.id, affected: [{ fixed: '2.1.0' }], title: 'Writes too far', summary: 'It writes on.' },
      ],
    });
  });
  afterAll(() => desk?.close());

  test('each is read by itself; one is taken back and the other stands', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go(`/cases/${caseId}/advisory`);
    await page.getByRole('heading', { name: 'Flaw 2: Writes too far' }).waitFor();
    expect(await visit.text()).toContain('It writes on.');
    await page.getByText('Take it back').click();
    await page.getByLabel('What is taken back').selectOption({ label: 'flaw 2 alone: Writes too far' });
    await page.getByLabel('Why it is taken back').fill('it cannot be reached');
    await expectSound(visit, 'advisory-flaws');
    await page.getByRole('button', { name: 'Draft that it is taken back' }).click();
    await page.getByText('draft, revision 2').waitFor();
    expect(await visit.text()).toMatch(/Flaw 2: Writes too far\s*Taken back\. it cannot be reached/);
    // What is left is taken back as a whole.
    await page.getByText('Take it back').click();
    expect(await page.getByLabel('What is taken back').count()).toBe(0);
    await expectSound(visit, 'advisory-flaw-taken-back');
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
