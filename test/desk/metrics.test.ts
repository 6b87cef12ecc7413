import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, plusMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import * as cves from '../../src/clearinghouse/cases/cves/actions.ts';
import { insertFact } from '../../src/clearinghouse/cases/metrics/store.ts';
import { cveServices } from '../../src/io/cve/program.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openCase } from '../case.ts';
import { type CveWorld, cveAccount, openCveServices } from '../equipment/cve-services.ts';
import { type Desk, expectSound, noBrowser, openDesk, settled } from './desk.ts';

let [desk, world]: [Desk, CveWorld] = [undefined!, undefined!];
let [coordinator, lab]: Actor[] = [];
let of: Case;
const fastAndGood = '12 days, median of 10Disclosed fixes that broke something: 50% (5 of 10)';

describe.skipIf(noBrowser)('CVE ids and metrics', () => {
  beforeAll(async () => {
    world = await openCveServices();
    desk = await openDesk({ cves: cveServices(world.origin, cveAccount) });
    const { hub } = desk;
    coordinator = await hub.join('Example Treasury', 'coordinator');
    lab = await hub.join('North Lab', 'finder');
    of = await openCase(hub, 'pkg:npm/%40acme/x', [lab]);
    await hub.settle(flow);
  });
  afterAll(async () => {
    await desk?.close();
    await world?.close();
  });

  test('the pool is set, and filled; where it is not, the page says what CVE Services said', async () => {
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await page.getByRole('link', { name: 'CVEs' }).click();
    await page.getByRole('heading', { level: 1, name: 'CVE ids' }).waitFor();
    expect(await visit.text()).toContain('never: no size was set');
    world.quota = 0;
    await page.getByText('Set how many are kept').click();
    await page.getByLabel('Refill when fewer').fill('3');
    await page.getByLabel('Up to').fill('5');
    await page.getByRole('button', { name: 'Set it' }).click();
    await page.getByText('up to 5 when fewer than 3 are left').waitFor();
    await desk.hub.settle(flow);
    await visit.go('/cves');
    expect(await visit.text()).toContain('EXCEEDED_ID_QUOTA');
    await expectSound(visit, 'cves-refused');
    world.quota = 100;
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('waiting').waitFor();
    await desk.hub.settle(flow);
    await visit.go('/cves');
    expect(await visit.text()).toContain('Ready for 20265');
    await visit.close();
  });

  test('whose scope it is, is asked first; an id is given, rejected with a reason, and done at CVE Services', async () => {
    const { hub } = desk;
    const acme = {
      shortName: 'acme',
      organizationName: 'Acme',
      scope: 'Acme only',
      CNA: { isRoot: false, role: ['CNA'], type: ['Vendor'] },
    };
    await hub.do(coordinator!, cves.readList, { list: JSON.stringify([acme]), url: 'https://lists.example/CNAsList.json' });
    await hub.do(coordinator!, cves.setScope, { covers: 'pkg:npm/%40acme', shortName: 'acme', because: 'its scope says so' });
    const visit = await desk.visit(coordinator);
    const { page } = visit;
    await visit.go(`/cases/${of.id}`);
    expect(await visit.text()).toContain('5 ids are ready for 2026');
    await page.getByText('Give it an id of ours').click();
    await page.getByLabel('What did acme say?').fill('No answer within 72 hours.');
    await page.getByRole('button', { name: 'Give the id' }).click();
    const table = page.getByRole('table', { name: 'CVE ids of this case' });
    await table.getByText('assigned').waitFor();
    const [row] = (await hub.do<{ items: { cveId: string }[] }>(coordinator!, cves.ofCase, { id: of.id })).items;
    await page.getByText(`Reject ${row!.cveId}`).click();
    await page.getByLabel(`Why is ${row!.cveId} rejected?`).fill('It works as documented.');
    await page.getByRole('button', { name: 'Reject it' }).click();
    await page.getByRole('table', { name: 'Asked of CVE Services, not done' }).getByText(`reject ${row!.cveId}`).waitFor();
    await expectSound(visit, 'case-cve-rejecting');
    await hub.settle(flow);
    await visit.go(`/cases/${of.id}`);
    expect(await table.textContent()).toMatch(/rejected.*It works as documented/);
    expect(world.ids.get(row!.cveId)!.state).toBe('REJECTED');
    await page.getByText('Record an id that another gave').click();
    await page.getByLabel('CVE id', { exact: true }).fill('CVE-2026-77777');
    await page.getByLabel('Numbering authority').fill('acme');
    await page.getByRole('button', { name: 'Record it' }).click();
    await table.getByText('CVE-2026-77777').waitFor();
    await visit.close();
  });

  test('staff see each number with what was counted, of what, and what stands behind; speed only beside its quality', async () => {
    await fifteenDisclosed();
    await desk.hub.do(house, cases.disclose, { id: of.id });
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${of.id}`);
    await visit.page.getByText('Record that the fix broke something').click();
    await visit.page.getByLabel('What did it break?').fill('Long names.');
    await visit.page.getByRole('button', { name: 'Record it' }).first().click();
    await visit.page.getByText('case regressed').waitFor();
    await desk.hub.settle(flow);
    await visit.go('/metrics');
    const row = (name: string) => visit.page.getByRole('row', { name }).textContent();
    expect(await row('Upstream fixes shipped')).toMatch(/of cases disclosed.*66\.7% \(10 of 15\)/);
    expect(await row('Median time from report to fix')).toContain(fastAndGood);
    await visit.page.getByRole('row', { name: 'Coordinated disclosures' }).getByText('What stands behind it').first().click();
    await visit.page.getByRole('link', { name: of.id }).first().waitFor();
    const skill = visit.page.getByRole('table', { name: 'Coordination skill by ordering' });
    const ordering = await skill.getByRole('row', { name: 'fix ready before public' }).textContent();
    expect(ordering).toMatch(/0 of 1.*−0\.\d\d.*−0\.\d\d to 0\.\d\d/);
    await expectSound(visit, 'metrics-staff');
    await visit.page.getByLabel('As seen by').selectOption('board');
    await settled(visit.page);
    await visit.page.getByText('What stands behind it').first().waitFor({ state: 'detached' });
    expect(await visit.text()).not.toContain(of.id);
    await visit.page.getByLabel('Quarter').selectOption('2026-Q3');
    await visit.page.getByRole('columnheader', { name: '2026-Q2' }).waitFor();
    await visit.close();
  });

  test('everybody, signed in or not, sees what was made public, and no key of it', async () => {
    desk.hub.clock.advance((41 + limits.metricLagDays) * day);
    await desk.hub.settle(flow);
    for (const who of [undefined, lab]) {
      const visit = await desk.visit(who);
      await visit.go('/metrics');
      const text = await visit.text();
      for (const shown of ['2026-Q4', 'made public', '2026-Q3', fastAndGood]) expect(text).toContain(shown);
      for (const hidden of ['cas_', 'Pool of CVE ids', 'As seen by', 'What stands behind it', 'Coordination skill'])
        expect(text).not.toContain(hidden);
      await expectSound(visit, who ? 'metrics-member' : 'metrics-public');
      await visit.close();
    }
    expect(desk.faults).toEqual([]);
  });
});

/** As the log would tell metrics of fifteen disclosed cases: ten were fixed in twelve days, and five of the fixes broke something. */
async function fifteenDisclosed(): Promise<void> {
  const { hub } = desk;
  const now = hub.clock.now();
  const facts = Array.from({ length: 15 }, (_, i) => i).flatMap((i) => [
    { i, event: 'case.opened', at: plusMs(now, -12 * day), said: { package: `pkg:npm/p${i}`, findingIds: [] } },
    ...(i < 10 ? [{ i, event: 'case.observed', at: now, said: { what: 'fix-ready' } }] : []),
    { i, event: 'case.disclosed', at: now, said: {} },
    ...(i < 5 ? [{ i, event: 'case.regressed', at: now, said: {} }] : []),
  ]);
  await hub.doors.db.transaction(house.reads, async (tx) => {
    for (const [n, { i, ...fact }] of facts.entries())
      await insertFact(tx, { ...fact, seq: 1_000_000 + n, subject: i === 0 ? of.id : `cas_past${i}` });
  });
}
