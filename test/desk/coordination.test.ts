import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day } from '../../src/base/instant.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { recogniseMaintainer } from '../../src/clearinghouse/cases/contacts/profiles/actions.ts';
import * as cves from '../../src/clearinghouse/cases/cves/actions.ts';
import { participantsOf, saveParticipant } from '../../src/clearinghouse/cases/participants/store.ts';
import { readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { loopBox, loopPackage, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled } from './desk.ts';
import { acceptTerms } from './virtual-key.ts';

let desk: Desk;
let [finder, upstream, distro, mirror, coordinator]: Actor[] = [];
let caseId: string;
const local = (ms: number) => new Date(Date.parse(desk.hub.clock.now()) + ms).toISOString().slice(0, 16);

describe.skipIf(noBrowser)('what coordinators keep of a case', () => {
  beforeAll(async () => {
    desk = await openDesk({ box: loopBox(), recipes: loopRecipes, sources: loopSources });
    const { hub } = desk;
    finder = await hub.join('North Lab', 'finder');
    upstream = await hub.join('Looper Project', 'maintainer');
    distro = await hub.join('Distro', 'maintainer');
    mirror = await hub.join('Mirror', 'operator');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    await hub.do(finder, findings.submit, loopReport('Endless loop'));
    await hub.settle(flow);
    caseId = (await hub.do<{ items: { id: string }[] }>(coordinator, cases.list, {})).items[0]!.id;
    await hub.do(coordinator, recogniseMaintainer, { package: loopPackage, orgId: upstream.orgId, because: 'signs its releases' });
    // It has been heard: what it says can be a refusal.
    await hub.doors.db.transaction(house.reads, async (tx) => {
      for (const p of await participantsOf(tx, caseId))
        if (p.kind === 'supplier') await saveParticipant(tx, { ...p, heardAt: hub.clock.now() });
    });
    const exclusions = { conflict: false, antitrust: false, breach: false, sanctions: false };
    const person = { personId: distro.id, tier: 2, need: 'packages it', ability: 'stage', sponsorId: coordinator.id, exclusions };
    await hub.do(coordinator, readIn, { id: caseId, ...person });
  });
  afterAll(() => desk?.close());

  test('a coordinator delegates read-in; the delegate brings somebody by the same gates, and nobody higher', async () => {
    const staged = await desk.visit(distro);
    await acceptTerms(staged);
    await staged.page
      .getByRole('link', { name: /A case in/ })
      .first()
      .waitFor();
    await staged.close();
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go(`/cases/${caseId}`);
    await page.getByText('Let somebody read others in').click();
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Delegate', exact: true }) });
    await form.getByLabel('Who may').selectOption({ index: 1 });
    await form.getByLabel('The people of').selectOption({ label: 'Mirror' });
    await form.getByLabel('From tier').selectOption('3');
    await form.getByLabel('Until').fill(local(2 * day));
    await form.getByLabel('Because').fill('knows its mirrors');
    await form.getByRole('button', { name: 'Delegate', exact: true }).click();
    await page.getByRole('table', { name: 'Delegations in force' }).getByText('0 of 1 brought').waitFor();
    await expectSound(visit, 'case-delegated');
    await visit.close();

    const own = await desk.visit(await desk.hub.again(distro!));
    await own.go(`/cases/${caseId}`);
    await own.page.getByText('Read somebody in (1 left)').click();
    await own.page.getByLabel('Person', { exact: true }).selectOption({ index: 1 });
    await own.page.getByLabel('Why does this case need').fill('serves the builds');
    await own.page.getByLabel('What are they able to do?').selectOption('stage');
    expect(await own.page.getByLabel('Tier', { exact: true }).locator('option').count()).toBe(2);
    await own.page.getByLabel('Tier', { exact: true }).selectOption('3');
    for (const check of ['A conflict of interest', 'An antitrust concern', 'An earlier breach', 'Sanctions'])
      await own.page.getByLabel(check).selectOption('no');
    await expectSound(own, 'case-delegate');
    await own.page.getByRole('button', { name: 'Offer' }).click();
    await own.page.getByText('You have brought as many').waitFor();
    await own.close();
    const waiting = await desk.visit(await desk.hub.again(mirror!));
    expect(await waiting.text()).toContain('You are asked to be read in');
    await waiting.go(`/cases/${caseId}`);
    expect(await waiting.page.getByRole('alert').textContent()).toContain('There is no such thing');
    await waiting.close();
  });

  test('a non-fix is entered in its own words; a fork without its ground is refused, at the field', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go(`/cases/${caseId}`);
    await page.getByText('Record that it will not be fixed upstream').click();
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Draft the record' }) });
    await form.getByLabel('Supplier').selectOption({ index: 1 });
    await form.getByLabel('What it said, word for word').fill('We ended this line last year.');
    await form.getByLabel('It is so because').selectOption('end-of-life');
    await form.getByLabel('Its reasons').fill('nobody is left who knows it');
    await form.getByLabel('Said on').fill(local(-day));
    await form.getByLabel('How it was heard').fill('a mail of that day');
    await form.getByLabel('What follows').selectOption('advisory');
    await form.getByRole('button', { name: 'Draft the record' }).click();
    await page.getByText('We ended this line last year.').first().waitFor();
    await page.getByText('Somebody else approves what you drafted.').waitFor();
    await page.getByText('Draft a fork of last resort').click();
    const fork = page.locator('form').filter({ has: page.getByRole('button', { name: 'Draft the decision' }) });
    await fork.getByLabel('Supplier').selectOption({ index: 1 });
    await fork.getByLabel('It lets others').selectOption('yes');
    for (const label of [
      'What was tried',
      'Where it matters',
      'Who keeps it up',
      'Licence',
      'Who read it',
      'What it asks',
      'Published as',
      'Begins at',
      'That is known',
      'How its builds',
      'Ends sooner',
      'Steward',
      'What the steward',
    ])
      await fork.getByLabel(label).first().fill('MIT');
    await fork.getByLabel('Begins', { exact: true }).fill(local(day));
    await fork.getByLabel('Ends', { exact: true }).fill(local(60 * day));
    await fork.getByRole('button', { name: 'Draft the decision' }).click();
    await page.getByRole('alert').waitFor();
    await expectSound(visit, 'case-records');
    await visit.close();
  });

  test('policies are read by who may, kept by coordinators alone, and bind the open case', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('table', { name: 'Policies of the field' }).getByText('linux-distros').waitFor();
    await page.getByText('Keep a policy').click();
    await page.getByLabel('Of the package').fill(loopPackage);
    await page.getByLabel('Who says it').selectOption('project-policy');
    await page.getByLabel('Its name').fill('Looper');
    await page.getByLabel('Where it was read').fill('https://looper.dev/SECURITY.md');
    await page.getByLabel('When it was read').fill(local(-day));
    expect(await visit.text()).toContain('In your time zone, Europe/Berlin.');
    await page.getByLabel('At most, in days').fill('9');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByText('Kept.').waitFor();
    await page.getByLabel('Package URL').fill(loopPackage);
    await page.getByRole('button', { name: 'Look' }).click();
    await page
      .getByRole('table', { name: /^Policies known for/ })
      .getByText('at most 9 days')
      .waitFor();
    await expectSound(visit, 'policies');
    await visit.go(`/cases/${caseId}`);
    expect(await visit.text()).toContain('Looper caps at 9 days');
    await visit.close();
    const maintainer = await desk.visit(upstream);
    await maintainer.go('/policies');
    expect(await maintainer.text()).toContain('OpenSSL');
    expect(await maintainer.page.getByText('Keep a policy').count()).toBe(0);
    await maintainer.close();
  });

  test('CVE ids stand with their flaw and case, and whose scope a package is can be asked', async () => {
    const { hub } = desk;
    await hub.do(coordinator!, cves.recordForeign, { id: caseId, cveId: 'CVE-2026-41234', by: 'acme' });
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go('/cves');
    const ids = page.getByRole('table', { name: 'CVE ids' });
    await ids.getByText('CVE-2026-41234').waitFor();
    expect(await ids.getByRole('link', { name: /^vul_/ }).count()).toBe(1);
    await page.getByText('Read the list of numbering authorities').click();
    const acme = { shortName: 'acme', organizationName: 'Acme', scope: 'Acme only', CNA: {} };
    await page
      .getByLabel('CNAsList.json')
      .setInputFiles({ name: 'l.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify([acme, 3])) });
    await page.getByLabel('Where it is from').fill('https://lists.example/CNAsList.json');
    await page.getByRole('button', { name: 'Read it' }).click();
    await page.getByText('1 authority was read; 1 entry left out').waitFor();
    await page.getByLabel('Package URL').fill('pkg:npm/acme');
    await page.getByText('could not tell').waitFor();
    await settled(page);
    await expectSound(visit, 'cves');
    await page.getByLabel('Show').selectOption('published');
    await page.getByText('No id stands so.').waitFor();
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
