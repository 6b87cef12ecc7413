import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { keepProfile, recogniseMaintainer } from '../../src/clearinghouse/cases/contacts/profiles/actions.ts';
import { recordNonFix } from '../../src/clearinghouse/cases/contacts/records/actions.ts';
import { participantsOf, saveParticipant } from '../../src/clearinghouse/cases/participants/store.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { loopBox, loopPackage, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled } from './desk.ts';

let desk: Desk;
let [finder, maintainer, coordinator]: Actor[] = [];
let caseId: string;

describe.skipIf(noBrowser)('reaching the project', () => {
  beforeAll(async () => {
    desk = await openDesk({ box: loopBox(), recipes: loopRecipes, sources: loopSources });
    const { hub } = desk;
    finder = await hub.join('North Lab', 'finder');
    maintainer = await hub.join('Looper Project', 'maintainer');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    await hub.do(finder, findings.submit, loopReport('Endless loop'));
    await hub.settle(flow);
    caseId = (await hub.do<{ items: { id: string }[] }>(coordinator, cases.list, {})).items[0]!.id;
    await hub.do(coordinator, recogniseMaintainer, { package: loopPackage, orgId: maintainer.orgId, because: 'signs its releases' });
    const read = { sourceUrl: 'https://looper.dev/SECURITY.md', readAt: hub.clock.now() };
    const said = { aiReports: 'with-conditions', aiConditions: 'with a test', venue: 'private', languages: ['de', 'en'] };
    await hub.do(coordinator, keepProfile, { package: loopPackage, ...said, ...read });
  });
  afterAll(() => desk?.close());

  test('a maintainer sets its pace, and sees what waits by band and week alone', async () => {
    const visit = await desk.visit(maintainer);
    await visit.go('/projects');
    expect(await visit.text()).toContain('you have set no pace');
    await visit.page.getByText('Set the pace').click();
    await visit.page.getByLabel('Reports in any seven days').fill('1');
    await visit.page.getByLabel('Pause').selectOption('yes');
    await visit.page.getByRole('button', { name: 'Set it' }).click();
    await visit.page.getByText('nothing until you say otherwise').waitFor();
    await visit.page.getByRole('button', { name: 'Let incidents come at once' }).click();
    await visit.page.getByText('comes at once, as you consented').waitFor();
    await expectSound(visit, 'projects');
    await visit.close();
  });

  test('a coordinator hands the case over; it waits, and says for what', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByText('Hand it to the project').click();
    const form = visit.page.locator('form').filter({ has: visit.page.getByRole('button', { name: 'Hand it over' }) });
    await form.getByLabel('Organisation').selectOption({ label: 'Looper Project' });
    await form.getByLabel('Person', { exact: true }).selectOption({ index: 1 });
    await form.getByLabel('Who answers for them?').selectOption({ index: 1 });
    for (const name of ['A conflict of interest', 'An antitrust concern', 'An earlier breach', 'Sanctions'])
      await form.getByLabel(name).selectOption('no');
    await form.getByRole('button', { name: 'Hand it over' }).click();
    await visit.page.getByText('the project has paused').waitFor();
    await visit.close();
  });

  test('attempts are recorded with what became of them; an answer ends the ladder', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByText('Record a first attempt').click();
    await visit.page.getByLabel('Channel').selectOption('email');
    await visit.page.getByLabel('To whom').fill('security@looper.dev');
    await visit.page.getByRole('button', { name: 'Record it' }).click();
    await visit.page.getByText('Next: second attempt').waitFor();
    await expectSound(visit, 'case-climbing');
    await visit.page.getByRole('button', { name: 'they answered' }).click();
    await visit.page.getByText('acknowledged').first().waitFor();
    await settled(visit.page);
    await visit.close();
  });

  test('a finder sees how far it is and when it is expected, not to whom was written; and takes the archive', async () => {
    await recorded();
    const visit = await desk.visit(await desk.hub.again(finder!));
    await visit.go(`/cases/${caseId}`);
    const text = await visit.text();
    for (const shown of ['On its way to the project', 'the project has paused', 'next', 'taken, on conditions', '1 attempt'])
      expect(text).toContain(shown);
    for (const hidden of ['security@looper.dev', 'We are done', 'Hand it to the project']) expect(text).not.toContain(hidden);
    const [saved] = await Promise.all([
      visit.page.waitForEvent('download'),
      visit.page.getByRole('button', { name: 'Save the archive' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe(`breakwater-${caseId}.zip`);
    await expectSound(visit, 'case-finder-upstream');
    await visit.close();
    const staff = await desk.visit(coordinator);
    await staff.go(`/cases/${caseId}`);
    expect(await staff.text()).toContain('We are done with 1.x.');
    await expectSound(staff, 'case-upstream');
    await staff.close();
    expect(desk.faults).toEqual([]);
  });
});

/** What the maintainer said on the telephone. */
async function recorded(): Promise<void> {
  const { hub } = desk;
  const [supplier] = (await hub.doors.db.transaction(house.reads, (tx) => participantsOf(tx, caseId))).filter((p) => p.kind === 'supplier');
  await hub.doors.db.transaction(house.reads, (tx) => saveParticipant(tx, { ...supplier!, heardAt: hub.clock.now() }));
  await hub.do(coordinator!, recordNonFix, {
    ...{ id: caseId, participantId: supplier!.id, position: 'We are done with 1.x.', type: 'end-of-life', rationale: 'no time for it' },
    ...{ saidAt: hub.clock.now(), source: 'by telephone', footprint: '40 distributions', decision: 'advisory' },
  });
}
