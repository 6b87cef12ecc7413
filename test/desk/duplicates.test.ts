import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [north, south, coordinator]: Actor[] = [];
const purl = 'pkg:deb/debian/cjson@1.7.15-1';
let [first, second]: string[] = [];

describe.skipIf(noBrowser)('duplicates', () => {
  beforeAll(async () => {
    desk = await openDesk();
    const { hub } = desk;
    north = await hub.join('North Lab', 'finder');
    south = await hub.join('South Lab', 'finder');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    const replay = async (as: Actor, title: string, crashState: string) => {
      hub.clock.advance(1000);
      const text = `${title} when a quote is followed by a backslash.`;
      const input = { title, text, purl, cwe: 'CWE-125', symbol: { file: 'cJSON.c', function: 'parse_string' } };
      const { id } = await hub.do<{ id: string }>(as, findings.submit, input);
      await hub.settle(flow);
      await hub.do(house, findings.judge, { id, verdict: 'reproduced', because: 'seen', crashState, recipeId: 'cjson-one' });
      await hub.settle(flow);
      return id;
    };
    first = await replay(north, 'parse_string reads past the end', 'parse_string\nparse_value\ncJSON_Parse\n');
    second = await replay(south, 'parse_string reads beyond its buffer', 'buffer_skip\nparse_string\ncJSON_Print\n');
  });
  afterAll(() => desk?.close());

  test('a pair that the hub leaves open is decided by a person, and that is taken back', async () => {
    const visit = await desk.visit(coordinator);
    await visit.page.getByRole('link', { name: 'Duplicates' }).click();
    const waiting = visit.page.getByRole('table', { name: 'Pairs that wait for a person' });
    await waiting.waitFor();
    // Which pair it is stands in the list: nobody opens a hundred to find the one that presses.
    for (const shown of ['parse_string reads past the end', 'parse_string reads beyond its buffer', 'North Lab', 'South Lab', purl])
      expect(await waiting.innerText()).toContain(shown);
    await expectSound(visit, 'duplicates');
    await waiting
      .getByRole('link', { name: /^Look at both/ })
      .first()
      .click();
    await visit.page.getByRole('heading', { level: 1, name: 'Are these one flaw?' }).waitFor();
    const pair = await visit.text();
    for (const shown of ['parse_string reads past the end', 'parse_string reads beyond its buffer', 'North Lab', 'South Lab'])
      expect(pair).toContain(shown);
    await expectSound(visit, 'pair');
    await visit.page.getByLabel('They are').selectOption('same');
    await visit.page.getByLabel('Why').fill('one missing bound');
    await visit.page.getByRole('button', { name: 'Decide' }).click();
    await visit.page.getByText('one missing bound').first().waitFor();
    await visit.page.getByRole('link', { name: 'its vulnerability' }).first().click();
    const found = visit.page.getByRole('table', { name: 'Findings, the earliest first' });
    await found.waitFor();
    await expect.poll(() => found.getByRole('row').count()).toBe(3);
    await found.getByText('co-discovered').first().waitFor();
    await expectSound(visit, 'vulnerability');
    await visit.page.getByLabel('Why it is taken back').fill('two bounds after all');
    await visit.page.getByRole('button', { name: 'Take it back' }).click();
    await expect.poll(() => found.getByRole('row').count()).toBe(2);
    await visit.close();
  });

  test('a finder is told whether it is known, and nothing of the other', async () => {
    const visit = await desk.visit(south);
    await visit.go(`/findings/${second}`);
    await visit.page.getByRole('heading', { name: 'Whether it is known' }).waitFor();
    const text = await visit.text();
    expect(text).not.toContain(first);
    expect(text).not.toContain('North Lab');
    await visit.close();
  });
});
