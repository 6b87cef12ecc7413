import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { message, messages } from '../../src/clearinghouse/cases/messages/actions.ts';
import { relayMail } from '../../src/io/mail/send.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openCase } from '../case.ts';
import { openMailServer, relayTo } from '../equipment/mail-server.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let server: Awaited<ReturnType<typeof openMailServer>>;
let [finder, coordinator]: Actor[] = [];
let caseId: string;

describe.skipIf(noBrowser)('messages and notices', () => {
  beforeAll(async () => {
    server = await openMailServer();
    desk = await openDesk({ mail: relayMail(relayTo(server.port)) });
    finder = await desk.hub.join('North Lab', 'finder');
    coordinator = await desk.hub.join('Example Treasury', 'coordinator');
    await desk.hub.join('Second Treasury', 'coordinator');
    ({ id: caseId } = await openCase(desk.hub, 'pkg:npm/looper@1.0.0', [finder]));
    await desk.hub.settle(flow);
    coordinator = await desk.hub.again(coordinator);
    server.answerWith(
      () => 'take',
      () => ({ code: 550, text: '5.1.1 no such person' }),
    );
    await desk.hub.do(coordinator, message, { id: caseId, text: 'Who wrote the driver?', tier: 0 });
    await desk.hub.settle(flow);
  });
  afterAll(async () => {
    await desk?.close();
    await server?.close();
  });

  test('what is written is shown with who reads it, and a file goes along', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    expect(await visit.text()).toContain('tier 0 only');
    await visit.page.getByLabel('Your message').fill('See the log.');
    await visit.page.getByLabel('Who reads it').selectOption('3');
    await visit.page.getByLabel('Files').setInputFiles({ name: 'run.log', mimeType: 'text/plain', buffer: Buffer.from('all of it') });
    await visit.page.getByRole('button', { name: 'Send' }).click();
    await visit.page.getByRole('button', { name: 'run.log' }).waitFor();
    await expectSound(visit, 'case-messages');
    const download = visit.page.waitForEvent('download');
    await visit.page.getByRole('button', { name: 'run.log' }).click();
    expect((await download).suggestedFilename()).toBe('run.log');
    await visit.close();
    const { items } = await desk.hub.do<{ items: object[] }>(coordinator!, messages, { id: caseId });
    expect(items.at(-1)).toMatchObject({ tier: 3, files: [{ filename: 'run.log' }] });
  });

  test('older messages are fetched when they are asked for', async () => {
    for (let i = 1; i <= 120; i++) await desk.hub.do(coordinator!, message, { id: caseId, text: `number ${i}`, tier: 0 });
    const visit = await desk.visit(coordinator);
    await visit.go(`/cases/${caseId}`);
    expect(await visit.text()).toContain('number 120');
    expect(await visit.text()).not.toContain('Who wrote the driver?');
    await visit.page.getByRole('button', { name: 'Show older messages' }).click();
    await visit.page.getByText('Who wrote the driver?').waitFor();
    expect(await visit.page.getByRole('button', { name: 'Show older messages' }).count()).toBe(0);
    expect((await visit.text()).indexOf('number 1')).toBeLessThan((await visit.text()).indexOf('number 120'));
    await visit.close();
  });

  test('a person chooses how they are told', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go('/notices');
    await visit.page.getByLabel('How often').selectOption('daily');
    await visit.page.getByLabel('Your time zone').fill('Mars/Olympus');
    await visit.page.getByRole('button', { name: 'Save' }).click();
    expect(await visit.page.getByRole('alert').textContent()).toContain('time zone');
    await visit.page.getByLabel('Your time zone').fill('Europe/Berlin');
    await visit.page.getByLabel('No mail from').fill('22:00');
    await visit.page.getByLabel('No mail until').fill('07:00');
    await visit.page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => visit.page.getByLabel('Your time zone').inputValue()).toBe('Europe/Berlin');
    await expectSound(visit, 'notices');
    await visit.close();
  });

  test('a coordinator sees mail that failed, and has it sent again', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go('/mail');
    expect(await visit.text()).toContain('550 5.1.1 no such person');
    await expectSound(visit, 'mail');
    const again = visit.page.getByRole('button', { name: 'Send again' });
    const parked = await again.count();
    await again.first().click();
    await expect.poll(() => again.count()).toBe(parked - 1);
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
