import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { acknowledge, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { embargoOver } from '../case.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
/** Every button, and every form behind a fold, by its words. */
const offeredOn = ({ page }: Awaited<ReturnType<Desk['visit']>>) =>
  page.locator('main button:not(form *), main details:has(form) > summary').allInnerTexts();
let [lab, maintainer, coordinator, second]: Actor[] = [];
let caseId: string;
const title = 'Endless loop in loop() on nested input';

describe.skipIf(noBrowser)('an advisory, from the case to its hour', () => {
  beforeAll(async () => {
    desk = await openDesk({ box: loopBox(), recipes: loopRecipes, sources: loopSources });
    const { hub } = desk;
    lab = await hub.join('North Lab', 'finder');
    maintainer = await hub.join('Looper Project', 'maintainer');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    second = await hub.join('Second Treasury', 'coordinator');
    await hub.do(lab, findings.submit, { ...loopReport(title), discoveryMethod: 'ai-discovered', discoveryModel: 'Borealis 4' });
    await hub.settle(flow);
    caseId = (await hub.do<{ items: { id: string }[] }>(coordinator, cases.list, {})).items[0]!.id;
    const exclusions = { conflict: false, antitrust: false, breach: false, sanctions: false };
    const gates = { tier: 1, need: 'maintains the package', ability: 'patch', sponsorId: coordinator.id, exclusions };
    await hub.do(coordinator, readIn, { id: caseId, personId: maintainer.id, ...gates });
    const offered = await hub.do<{ items: { termsDigest: string }[] }>(maintainer, offers, {});
    await hub.do(maintainer, acknowledge, { id: caseId, termsDigest: offered.items[0]!.termsDigest });
  });
  afterAll(() => desk?.close());

  test('a supplier who is silent is listed as silent; then says how its package stands', async () => {
    const staff = await desk.visit(coordinator);
    await staff.go(`/cases/${caseId}`);
    await staff.page.getByText('not answered').waitFor();
    const visit = await desk.visit(maintainer);
    await visit.go(`/cases/${caseId}`);
    expect(await visit.text()).not.toContain('not answered');
    await visit.page.getByText('Say how your package stands').click();
    await visit.page.getByLabel('Our package').selectOption('affected');
    await visit.page.getByLabel('Affected versions').fill('from 1.0.0 before 1.4.2');
    await visit.page.getByLabel('In your words').fill('Fixed in 1.4.2.');
    await expectSound(visit, 'statement-form');
    await visit.page.getByRole('button', { name: 'Say so' }).click();
    await visit.page.getByRole('table', { name: 'Statements, oldest first' }).getByText('Fixed in 1.4.2.').waitFor();
    await visit.close();
    await staff.go(`/cases/${caseId}`);
    await staff.page.getByRole('button', { name: 'Approve' }).click();
    await staff.page.getByRole('table', { name: 'Statements, oldest first' }).getByText('approved').waitFor();
    await staff.close();
  });

  test('a finder says how the advisory is to thank it, and whether its tools are named', async () => {
    const visit = await desk.visit(lab);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByText('Say how you want to be thanked').click();
    await visit.page.getByLabel('The advisory thanks you').selectOption('name');
    await visit.page.getByLabel('Name', { exact: true }).fill('Ada of North Lab');
    await visit.page.getByLabel('Of your tools it says').selectOption('yes');
    await expectSound(visit, 'credit');
    await visit.page.getByRole('button', { name: 'Say so' }).click();
    await visit.page.getByRole('table', { name: 'How finders are thanked' }).getByText('as Ada of North Lab').waitFor();
    await visit.close();
  });

  test('the first draft starts from what the case holds, and says where each value comes from', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByRole('link', { name: 'Draft the advisory' }).click();
    await visit.page.getByText('comes from the statement of Looper Project').waitFor();
    expect(await visit.page.getByLabel('Affected versions').inputValue()).toContain('from 1.0.0 before 1.4.2');
    expect(await visit.text()).toContain('no CVE id is known');
    await expectSound(visit, 'advisory-first');
    await visit.page.getByLabel('What helps until it is fixed').fill('Do not parse nested input.');
    await visit.page.getByRole('button', { name: 'Add a translation' }).click();
    await visit.page.getByLabel('Language').fill('de');
    await visit.page.getByLabel('Title in it').fill('Endlosschleife in loop()');
    await visit.page.getByLabel('What is wrong, in it').fill('Verschachtelte Eingaben enden nie.');
    await visit.page.getByRole('button', { name: 'Draft it' }).click();
    await visit.page.getByText('draft, revision 1').waitFor();
    const text = await visit.text();
    for (const shown of [
      'Do not parse nested input.',
      'the discovery by Ada of North Lab (Borealis 4)',
      'Looper Project: affected',
      'Also inde',
      'somebody else must approve',
    ])
      expect(text).toContain(shown);
    await visit.page.getByText('Change the text').click();
    await visit.page.getByLabel('What is wrong', { exact: true }).fill('Nested input never ends.');
    await visit.page.getByLabel('What this revision changes').fill('Shorter.');
    await visit.page.getByRole('button', { name: 'Draft it anew' }).click();
    await visit.page.getByText('draft, revision 2').waitFor();
    await visit.close();
  });

  test('another person reads what changed, and approves exactly that', async () => {
    const visit = await desk.visit(second);
    await visit.go(`/cases/${caseId}/advisory`);
    const changes = visit.page.getByRole('table', { name: 'Changes' });
    await changes.getByText('Nested input never ends.').waitFor();
    await visit.page.getByText('Show them as they would be published').click();
    await visit.page.getByText('csaf20', { exact: true }).click();
    await visit.page.getByText('csaf_security_advisory').first().waitFor();
    await expectSound(visit, 'advisory-draft');
    await visit.page.getByRole('button', { name: 'Approve this text' }).click();
    await visit.page.getByText('approved, revision 2').waitFor();
    // The hour is not theirs to agree: said beforehand, and not once a form was filled in.
    expect(await visit.text()).toMatch(
      /This case is coordinated by Example Treasury\. You read it.*Who coordinates the case agrees the hour\./s,
    );
    for (const missing of ['Agree this hour', 'Take it back', 'Change the text'])
      expect(await visit.page.getByText(missing).count()).toBe(0);
    await expectSound(visit, 'advisory-outside');
    await visit.go(`/cases/${caseId}`);
    expect(await visit.text()).toContain('This case is coordinated by Example Treasury.');
    // What is left is what the hub takes of any coordinator: to read, to report a leak, and to stop a breach.
    await visit.page.getByRole('heading', { name: 'Messages' }).waitFor();
    const own = ['Report a leak', 'Save the archive', 'Signed list', 'As a spreadsheet', "End somebody's access", 'Tell whose copy leaked'];
    expect(await offeredOn(visit)).toEqual(own);
    await visit.page.getByText("End somebody's access").click();
    expect(await visit.page.getByLabel('Why does it end?').innerText()).not.toContain('is done');
    await expectSound(visit, 'case-outside');
    await visit.go(`/cases/${caseId}/participants`);
    await visit.page.getByRole('button', { name: /^Open/ }).last().click();
    const opens = ['Close', 'Open\nExample Treasury', 'Open\nLooper Project', 'Open\nNorth Lab'];
    expect(await offeredOn(visit)).toEqual(opens);
    await expectSound(visit, 'participants-outside');
    await visit.close();
  });

  test('whose case it is agrees the hour, which is not before the embargo ends', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}/advisory`);
    await visit.page.getByLabel('Goes public at').fill('2026-11-22T10:00');
    await visit.page.getByRole('button', { name: 'Agree this hour' }).click();
    expect(await visit.page.getByRole('alert').textContent()).toContain('embargo lasts until');
    const of = { openedAt: desk.hub.clock.now() } as Parameters<typeof embargoOver>[1];
    await visit.page.getByLabel('Goes public at').fill(embargoOver(desk.hub, of).slice(0, 16));
    await visit.page.getByRole('button', { name: 'Agree this hour' }).click();
    await visit.page.getByRole('table', { name: 'Releases, oldest first' }).getByText('scheduled').waitFor();
    await expectSound(visit, 'advisory-scheduled');
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
