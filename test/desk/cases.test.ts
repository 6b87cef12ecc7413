import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { caseActions } from '../../src/clearinghouse/cases/actions.ts';
import { answerEmbargo, proposeEmbargo } from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import { readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as fixes from '../../src/clearinghouse/fixes/actions.ts';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openCase, publishCase } from '../case.ts';
import { loopBox, loopPatch, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled } from './desk.ts';
import { acceptTerms } from './virtual-key.ts';

let desk: Desk;
let [north, south, maintainer, operator, coordinator, second, stranger]: Actor[] = [];
let caseId: string;
const day = 24 * 3600 * 1000;
const title = 'Endless loop in loop() on nested input';

describe.skipIf(noBrowser)('cases', () => {
  beforeAll(async () => {
    desk = await openDesk({ box: loopBox(), recipes: loopRecipes, sources: loopSources });
    const { hub } = desk;
    north = await hub.join('North Lab', 'finder');
    south = await hub.join('South Lab', 'finder');
    stranger = await hub.join('West Lab', 'finder');
    maintainer = await hub.join('Looper Project', 'maintainer');
    operator = await hub.join('Rural Hospital', 'operator');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    second = await hub.join('Second Treasury', 'coordinator');
    await publishOne();
    await hub.do(north, findings.submit, loopReport(title));
    hub.clock.advance(3 * 3600 * 1000);
    await hub.do(south, findings.submit, loopReport('loop() never ends', 'loop a bit later'));
    await hub.settle(flow);
    caseId = (await list(coordinator)).items.find((of) => of.state === 'open')!.id;
    const exclusions = { conflict: false, antitrust: false, breach: false, sanctions: false };
    const person = {
      personId: maintainer.id,
      tier: 0,
      need: 'maintains the package',
      ability: 'patch',
      sponsorId: coordinator.id,
      exclusions,
    };
    await hub.do(coordinator, readIn, { id: caseId, ...person });
  });
  afterAll(() => desk?.close());

  test('the maintainer accepts the terms first, and only then sees the case', async () => {
    const visit = await desk.visit(maintainer);
    await expectSound(visit, 'queue-offer');
    expect(await visit.text()).not.toContain('loop');
    await acceptTerms(visit);
    const { hub } = desk;
    // Whoever is read in after a time was proposed takes it as it stands.
    await visit.page.getByRole('link', { name: title }).waitFor();
    await hub.do(coordinator!, proposeEmbargo, { id: caseId, endsAt: inDays(14), because: 'the project releases on Fridays' });
    for (const finder of [north, south]) await hub.do(await hub.again(finder!), answerEmbargo, { id: caseId, answer: 'accept' });
    await visit.page.getByRole('link', { name: title }).click();
    await visit.page.getByRole('heading', { level: 1, name: title }).waitFor();
    await settled(visit.page);
    await visit.page.getByLabel('Your message').fill('We see it too; a fix is on its way.');
    await visit.page.getByRole('button', { name: 'Send' }).click();
    await visit.page.getByText('We see it too').first().waitFor();
    await expect.poll(() => visit.page.getByLabel('Your message').inputValue()).toBe('');
    await visit.page.getByRole('button', { name: 'Accept this time' }).click();
    await visit.page.getByText('agreed between the parties').first().waitFor();
    await expectSound(visit, 'case-maintainer');
    await visit.close();
  });

  test('a counter beyond the longest embargo is refused in words, beside its form', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    await visit.page.getByText('Propose another time').click();
    await visit.page.getByLabel('Ends at').fill('2028-01-01T12:00');
    await visit.page.getByRole('textbox', { name: 'Because' }).fill('more time');
    await visit.page.getByRole('button', { name: 'Propose' }).click();
    expect(await visit.page.getByRole('alert').textContent()).toContain('An embargo lasts at most');
    await visit.close();
  });

  test('a case shows embargo, co-finders with their times, patch verdicts and who knows', async () => {
    const { hub } = desk;
    const patcher = await hub.again(maintainer!);
    for (const word of ['incomplete', 'good']) await hub.do(patcher, submitPatch, { id: caseId, patch: loopPatch(word), branch: word });
    await hub.settle(flow);
    const visit = await desk.visit(coordinator);
    await visit.page
      .getByRole('table', { name: /^Cases/ })
      .getByRole('link', { name: title })
      .click();
    await visit.page.getByRole('heading', { level: 1, name: title }).waitFor();
    await settled(visit.page);
    const reports = visit.page.getByRole('table', { name: /Reports/ });
    expect(await reports.getByRole('row').count()).toBe(3);
    const text = await visit.text();
    for (const shown of ['North Lab', 'South Lab', 'verified', 'incomplete', 'active', 'Looper Project', 'case opened', 'CET'])
      expect(text).toContain(shown);
    expect(await visit.page.getByRole('list', { name: 'Evidence ladder' }).locator('[aria-current=step]').textContent()).toContain(
      'replayed',
    );
    await visit.close();
  });

  test('somebody of another organisation sees no case', async () => {
    const visit = await desk.visit(stranger);
    expect(await visit.text()).toContain('No cases that you are cleared for.');
    await visit.go(`/cases/${caseId}`);
    expect(await visit.page.getByRole('alert').textContent()).toContain('There is no such thing, or you have not been read into it.');
    await expectSound(visit, 'case-refused');
    await visit.close();
  });

  test('an operator sees what to do, and says that it is done', async () => {
    const visit = await desk.visit(operator);
    await visit.go('/fixes');
    expect(await visit.text()).toContain('Update pkg:npm/left-merge to 2.0.1');
    await expectSound(visit, 'fixes-open');
    await visit.page.getByText('I have fixed this').click();
    await visit.page.getByLabel('What did you do?').fill('updated on the ward servers');
    await visit.page.getByRole('button', { name: 'Say so' }).click();
    await visit.page.getByText('updated on the ward servers').first().waitFor();
    await expect.poll(() => visit.page.getByRole('heading', { level: 2, name: 'To show' }).count()).toBe(1);
    await expectSound(visit, 'fixes-claimed');
    await visit.close();
  });

  test('every page is accessible, in light and dark, wide and narrow', async () => {
    const visit = await desk.visit(coordinator);
    await expectSound(visit, 'queue-cases');
    await visit.page.getByLabel('Show also what is settled').check();
    await expectSound(visit, 'queue-settled');
    await visit.go(`/cases/${caseId}`);
    await expectSound(visit, 'case');
    await visit.page
      .getByRole('table', { name: /Reports/ })
      .getByRole('link', { name: title })
      .click();
    await visit.page.getByText('All ').first().click();
    await settled(visit.page);
    await expectSound(visit, 'finding-runs');
    await visit.close();
    const operators = await desk.visit(operator);
    await operators.go('/fixes');
    await expectSound(operators, 'fixes');
    await operators.close();
    expect(desk.faults).toEqual([]);
  });
});

const list = (as: Actor) =>
  desk.hub.do<{ items: { id: string; state: string }[] }>(as, caseActions.find((a) => a.name === 'cases.list')!, {});
const inDays = (days: number) => new Date(Date.parse(desk.hub.clock.now()) + days * day).toISOString();

/** Another flaw, published already, that the operator's inventory holds. */
async function publishOne(): Promise<void> {
  const { hub } = desk;
  const of = await openCase(hub, 'pkg:npm/left-merge@2.0.0', [stranger!]);
  const document = JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'left-merge', version: '1.9.0', purl: 'pkg:npm/left-merge@1.9.0' }],
  });
  await hub.do(operator!, inventories.keep, { name: 'ward servers', document });
  const id = await publishCase(hub, of, [coordinator!, second!], [{ introduced: '1.0.0', fixed: '2.0.1' }]);
  await hub.settle(flow);
  expect((await hub.do<{ items: unknown[] }>(await hub.again(operator!), fixes.list, {})).items, `release ${id}`).toHaveLength(1);
}
