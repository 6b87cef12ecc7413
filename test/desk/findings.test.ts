import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [lab, stranger, coordinator]: Actor[] = [];
let [replayed, untold]: { id: string; commitment: string }[] = [];

const title = 'Heap buffer overflow in parse_string() on a truncated escape';
const reproducer = {
  filename: 'crash-4f2a.json',
  contentType: 'application/octet-stream',
  type: 'reproducer',
  description: 'Shortest input found',
  data: 'IntcInUi',
};

describe.skipIf(noBrowser)('findings', () => {
  beforeAll(async () => {
    desk = await openDesk();
    const { hub } = desk;
    lab = await hub.join('North Lab', 'finder');
    stranger = await hub.join('South Lab', 'finder');
    coordinator = await hub.join('Example Treasury', 'coordinator', 'evaluator');
    const purl = 'pkg:deb/debian/cjson@1.7.15-1';
    const text =
      'A quote followed by a backslash at the end of the buffer makes parse_string() read past it.\n\nSeen with AddressSanitizer.';
    const symbol = { file: 'cJSON.c', function: 'parse_string', line: 812 };
    replayed = await hub.do(lab, findings.submit, {
      title,
      text,
      purl,
      versions: ['1.7.15'],
      cwe: 'CWE-125',
      symbol,
      attachments: [reproducer],
    });
    untold = await hub.do(lab, findings.submit, { title: 'Number parsing accepts two minus signs', text: 'See title.', purl });
    await hub.do(stranger, findings.submit, {
      title: 'Prototype pollution through __proto__ in merge()',
      text: 'x',
      purl: 'pkg:npm/deepmerge-lite@2.0.1',
      attachments: [reproducer],
    });
    const { id: validationId } = await hub.do<{ id: string }>(house, validations.request, { id: untold!.id });
    const crashState = 'parse_string\nparse_value\ncJSON_ParseWithLengthOpts';
    await hub.do(house, findings.judge, {
      id: replayed!.id,
      verdict: 'reproduced',
      because: '5 of 5 on the vulnerable build, 0 of 5 on the fixed one, silent on the control',
      crashState,
    });
    const because = 'no recipe builds this package here yet';
    await hub.do(house, findings.judge, { id: untold!.id, verdict: 'could-not-tell', because, validationId });
  });
  afterAll(() => desk?.close());

  test('the queue shows what was handed in, its rung, and who is waited for', async () => {
    const visit = await desk.visit(coordinator);
    const row = visit.page.getByRole('table', { name: /Findings/ }).getByRole('row', { name: title });
    const cells = await row.getByRole('cell').allTextContents();
    expect(cells[0]).toContain('replayed');
    expect(cells[1]).toBe('valid');
    expect(cells[2]).toContain('coordinator');
    expect(cells[3]).toMatch(/21 Nov 2026, 10:00 (CET|GMT\+1)/);
    await visit.page.getByLabel('Title or package').fill('deepmerge');
    const left = visit.page.getByRole('table', { name: /Findings/ }).getByRole('row');
    await expect.poll(() => left.count()).toBe(2);
    await visit.close();
  });

  test('a finding shows ladder, verdict with its reason, commitment and files', async () => {
    const visit = await desk.visit(coordinator);
    await visit.page.getByRole('link', { name: title }).click();
    await visit.page.getByRole('heading', { level: 1, name: title }).waitFor();
    expect(await visit.page.getByRole('list', { name: 'Evidence ladder' }).getByRole('listitem').allTextContents()).toEqual([
      'claimed (reached)',
      '→replayed (reached)',
      '→accepted-by-maintainer (not reached)',
      '→fixed (not reached)',
    ]);
    const text = await visit.text();
    for (const shown of [
      '5 of 5 on the vulnerable build',
      'crash-4f2a.json',
      replayed!.commitment,
      'parse_string in cJSON.c:812',
      'TLP:RED',
    ])
      expect(text).toContain(shown);
    expect(text).not.toContain('SUB-');
    await visit.close();
  });

  test('somebody of another organisation sees nothing of it', async () => {
    const visit = await desk.visit(stranger);
    expect(await visit.text()).not.toContain('parse_string');
    expect(
      await visit.page
        .getByRole('table', { name: /Findings/ })
        .getByRole('row')
        .count(),
    ).toBe(2);
    await visit.go(`/findings/${replayed!.id}`);
    expect(await visit.page.getByRole('alert').textContent()).toContain('There is no such thing, or you have not been read into it.');
    await visit.go('/log');
    const log = await visit.text();
    expect(log).toContain('withheld');
    expect(log).not.toContain(replayed!.id);
    await expectSound(visit, 'log-stranger');
    await visit.close();
  });

  test('the log shows what happened, with the checkpoint that vouches for it', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go('/log');
    const table = visit.page.getByRole('table', { name: /Entries/ });
    expect(await table.getByRole('row', { name: /finding judged/ }).count()).toBe(2);
    expect(await visit.text()).toContain('test.example/log');
    const before = await table.getByRole('row').count();
    await visit.page.getByLabel(/Show also who read what/).check();
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(before);
    await visit.close();
  });

  test('every page is accessible, in light and dark, wide and narrow', async () => {
    const visit = await desk.visit(coordinator);
    await expectSound(visit, 'queue');
    for (const [name, path] of [
      ['finding', `/findings/${replayed!.id}`],
      ['finding-untold', `/findings/${untold!.id}`],
      ['log', '/log'],
      ['missing', '/nowhere'],
    ] as const) {
      await visit.go(path);
      await expectSound(visit, name);
    }
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
