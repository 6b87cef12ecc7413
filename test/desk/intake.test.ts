import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [lab, coordinator]: Actor[] = [];
let [incident, plain]: { id: string }[] = [];
const title = 'Remote overflow in the greeting';
const poc = { filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAEC' };

describe.skipIf(noBrowser)('intake', () => {
  beforeAll(async () => {
    desk = await openDesk();
    const { hub } = desk;
    lab = await hub.join('North Lab', 'finder');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    const about = { purl: 'pkg:npm/greeter@1.0.0', text: 'x' };
    plain = await hub.do(lab, findings.submit, { ...about, title: 'A word too many', discoveryTooling: 'Scanner 2.0' });
    const said = { exploited: true, answerable: 'Jo Doe', toolingAccess: 'public', discoveryMethod: 'ai-discovered' };
    incident = await hub.do(lab, findings.submit, { ...about, ...said, title, attachments: [poc] });
    await hub.settle(flow);
  });
  afterAll(() => desk?.close());

  test('the desk sees what waits for an answer, the incident first, and answers', async () => {
    const visit = await desk.visit(coordinator);
    const waiting = visit.page.getByRole('table', { name: 'To answer, first things first' });
    await waiting.waitFor();
    const rows = await waiting.getByRole('row').allTextContents();
    expect(rows[1]).toContain(title);
    expect(rows[1]).toContain('INCIDENT');
    expect(rows[2]).toContain('NEEDS-INFO');
    await expectSound(visit, 'queue-answers');
    await visit.page.getByRole('button', { name: `I have looked at ${title}` }).click();
    await waiting.getByRole('row', { name: title }).waitFor({ state: 'detached' });
    await visit.close();
  });

  test('a finder sees where a finding stands, who answers for it, and takes it back', async () => {
    const visit = await desk.visit(lab);
    await visit.go(`/findings/${incident!.id}`);
    await visit.page.getByRole('heading', { name: 'Its place in the queue' }).waitFor();
    const text = await visit.text();
    for (const shown of ['INCIDENT', 'said to be exploited, with a PoC', 'given', 'Jo Doe', 'others can find it with the same tool'])
      expect(text).toContain(shown);
    await visit.go(`/findings/${plain!.id}`);
    await visit.page.getByLabel('Why').fill('it was a feature');
    await visit.page.getByRole('button', { name: 'Take it back' }).click();
    await visit.page.getByText('withdrawn', { exact: true }).first().waitFor();
    await expectSound(visit, 'finding-place');
    await visit.close();
  });

  test('a report is imported as it is; what cannot be read is kept with the reason until it is discarded', async () => {
    const visit = await desk.visit(lab);
    await visit.go('/findings/new');
    await visit.page.getByRole('link', { name: 'Import a report instead' }).click();
    const osv = {
      id: 'OSV-2026-1',
      modified: '2026-11-01T00:00:00Z',
      summary: 'Overflow',
      affected: [{ package: { ecosystem: 'npm', name: 'a' } }],
    };
    const choose = (name: string, text: string) =>
      visit.page.getByLabel('The report').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await choose('one.json', JSON.stringify(osv));
    await visit.page.getByRole('button', { name: 'Import', exact: true }).click();
    const received = visit.page.getByRole('table', { name: 'Received' });
    await received.waitFor();
    await expect.poll(() => received.getByRole('row').count()).toBe(2);
    await choose('two.json', '{"nothing": "known"}');
    await visit.page.getByRole('button', { name: 'Import', exact: true }).click();
    const kept = visit.page.getByRole('table', { name: 'Quarantined documents' });
    await kept.waitFor();
    await expectSound(visit, 'import');
    await kept.getByRole('button', { name: /^Discard/ }).click();
    await kept.waitFor({ state: 'detached' });
    await visit.close();
  });

  test('staff puts a finding into another band, and sees and sets a quota', async () => {
    const visit = await desk.visit(coordinator);
    const { id } = await desk.hub.do<{ id: string }>(lab!, findings.submit, { title: 'Another', text: 'x', purl: 'pkg:npm/other@1' });
    await desk.hub.settle(flow);
    await visit.go(`/findings/${id}`);
    await visit.page.getByText('Put it into another band').click();
    await visit.page.getByLabel('Band', { exact: true }).selectOption('URGENT');
    await visit.page.getByLabel('Why').fill('its maintainer asked');
    await visit.page.getByRole('button', { name: 'Put it there' }).click();
    await visit.page.getByText('its maintainer asked').first().waitFor();
    await visit.go(`/organisations/${lab!.orgId}`);
    const main = visit.page.getByRole('main');
    await main.getByRole('row', { name: 'scanner' }).waitFor();
    expect(await visit.text()).toContain('a day, 4 today');
    await visit.page.getByText('Set it', { exact: true }).click();
    await visit.page.getByLabel('Findings a day').fill('250');
    await visit.page.getByLabel('Why').fill('they are known to be careful');
    await visit.page.getByRole('button', { name: 'Set', exact: true }).click();
    await visit.page.getByText('250 a day, 4 today').waitFor();
    await expectSound(visit, 'organisation-quota');
    await visit.close();
  });
});
