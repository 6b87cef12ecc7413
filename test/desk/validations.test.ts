import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { flow } from '../../src/app/flow.ts';
import { followOnce, labourOnce } from '../../src/app/worker.ts';
import type { BoxResult, BoxSpec, Recipes } from '../../src/base/doors.ts';
import { label } from '../../src/base/label.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { appendEntries } from '../../src/trust/log/store.ts';
import { type Desk, downloaded, expectSound, noBrowser, openDesk } from './desk.ts';

const variant = (including: boolean) => ({ kind: 'debian', package: 'cjson', version: '1.7.15-1', patch: 'fix', including });
const recipe = {
  id: 'cjson-overflow',
  title: 'cJSON reads past a string',
  target: { ecosystem: 'debian', purl: 'pkg:deb/debian/cjson' },
  vulnerability: { id: 'CVE-2023-53154', weaknesses: ['CWE-125'] },
  variants: { vulnerable: variant(false), fixed: variant(true) },
  run: { argv: ['/src/target', '{poc}'] },
  oracle: { kind: 'sanitizer' },
  control: 'control.json',
};
const own = { ...recipe, id: 'theirs', target: { ecosystem: 'npm', purl: 'pkg:npm/elsewhere' }, inline: { 'control.json': '{}' } };
const library = [{ id: recipe.id, text: JSON.stringify(recipe), files: { 'control.json': Buffer.from('{}') } }];
const report = `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc 0x2 bp 0x3 sp 0x4
READ of size 1 at 0x60 thread T0
    #0 0x2 in parse_string /src/cJSON.c:812
    #1 0x3 in parse_value /src/cJSON.c:1360
    #2 0x4 in cJSON_ParseWithLengthOpts /src/cJSON.c:1102
0x60 is located 0 bytes after 7-byte region [0x59,0x60)\n`;

let gate: Promise<void> | undefined;
async function script(spec: BoxSpec): Promise<BoxResult> {
  await gate;
  const input = Buffer.from(spec.files.find((f) => f.at === '/input/poc')?.bytes ?? []).toString();
  const trips = input.startsWith('"') && spec.trees[0]!.tree === `tree_${'1'.repeat(64)}`;
  return trips ? { ...uneventful, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(report) }] } : uneventful;
}

let desk: Desk;
let [lab, coordinator]: Actor[] = [];
const ids: Record<string, string> = {};

const file = (filename: string, type: string, text: string) => ({
  ...{ filename, type, contentType: 'text/plain' },
  data: Buffer.from(text).toString('base64'),
});
async function submit(name: string, title: string, over: object = {}): Promise<string> {
  desk.hub.clock.advance(1000);
  const attachments = [file('crash.json', 'reproducer', `"\\" ${name}`)];
  const cvss = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:H';
  const { id } = await desk.hub.do<{ id: string }>(lab!, findings.submit, {
    ...{ title, text: 'See the input.', purl: 'pkg:deb/debian/cjson@1.7.15-1', cvss, attachments },
    ...over,
  });
  ids[name] = id;
  return id;
}
async function follow(): Promise<string[]> {
  const begun: string[] = [];
  while ((await followOnce(desk.hub.doors, flow, async (_tx, _labour, id) => void begun.push(id))) > 0);
  return begun.filter((id) => id.startsWith('val_'));
}

describe.skipIf(noBrowser)('validations', () => {
  beforeAll(async () => {
    const sources = {
      fetch: async ({ including }: { including: boolean }) => ({ tree: `tree_${(including ? '2' : '1').repeat(64)}`, archives: [] }),
      history: async () => [variant(false), variant(true)],
    };
    const recipes: Recipes = { all: () => library, observers: () => ({}) };
    desk = await openDesk({ box: rehearsedBox(script), sources: sources as never, recipes });
    const { hub } = desk;
    lab = await hub.join('North Lab', 'finder');
    coordinator = await hub.join('Example Treasury', 'coordinator');
    await submit('replayed', 'Heap buffer overflow in parse_string()');
    const attachments = [file('poc.json', 'reproducer', '"'), file('recipe.yaml', 'other', stringify(own))];
    await submit('own', 'A flaw in a package nobody here builds', { purl: 'pkg:npm/elsewhere@1.0.0', attachments });
    await hub.settle(flow);
    await submit('parked', 'One that broke the worker');
    const [val] = await follow();
    await hub.doors.db.transaction(house.reads, (tx) => {
      const events = [
        { event: 'flow.parked' as const, thing: val!, label: label('RED', lab!.orgId!), payload: { labour: 'validation', tries: 4 } },
      ];
      return appendEntries(tx, { actor: house.id, at: hub.clock.now(), salt: () => 's', events });
    });
    await follow();
  });
  afterAll(() => desk?.close());

  test('a verdict with counts, flake rate, facts and reports that download', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/findings/${ids.replayed}`);
    const text = await visit.text();
    for (const shown of [
      'vulnerable 3 of 3, fixed 0 of 3, control 0 of 3',
      '0 of 3 runs did not show it: between 0 % and 56 % of all',
      'read, 1 byte',
      '0 bytes after a region of 7 bytes',
      'reachable, as the finder states it',
    ])
      expect(text).toContain(shown);
    expect(await downloaded(visit.page, 'Download san.2 of the vulnerable build, with names')).toContain('READ of size 1');
    await expectSound(visit, 'validation-replayed');
    await visit.close();
  });

  test('a coordinator asks for a smaller input and for its history, and sees what came of it', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/findings/${ids.replayed}`);
    await visit.page.getByRole('button', { name: 'Search for a smaller input' }).click();
    await visit.page.getByRole('heading', { name: 'A smaller input' }).waitFor();
    await visit.page.getByRole('button', { name: 'Search its history' }).click();
    await visit.page.getByRole('heading', { name: 'Its history' }).waitFor();
    await desk.hub.settle(flow);
    await visit.go(`/findings/${ids.replayed}`);
    expect(await visit.text()).toContain('gone with 1.7.15-1 with fix');
    expect(await downloaded(visit.page, 'Download the smaller input')).toBe('"');
    await expectSound(visit, 'validation-searches');
    await visit.close();
  });

  test('what is parked says so and what mends it; a coordinator takes it up again, and its progress is shown as it runs', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/findings/${ids.parked}`);
    expect(await visit.text()).toContain('parked: the hub gave up on it');
    await expectSound(visit, 'validation-parked');
    await visit.page.getByRole('button', { name: 'Try again' }).click();
    await visit.page.getByText('waits for the lab').waitFor();
    expect(await visit.text()).toContain('nothing goes before it');
    await expectSound(visit, 'validation-waiting');
    let release = () => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    const [val] = await follow();
    const working = labourOnce(desk.hub.doors, validations.validation, val!);
    await visit.page.getByRole('progressbar', { name: 'Runs done' }).waitFor();
    expect(await visit.text()).toMatch(/running vulnerable poc \d/);
    await expectSound(visit, 'validation-running');
    release();
    gate = undefined;
    expect(await working).toBeUndefined();
    await visit.page.getByText('concluded', { exact: true }).waitFor();
    await visit.close();
  });

  test('a finder’s own recipe is looked at, adopted, and the finding re-run under it', async () => {
    const visit = await desk.visit(coordinator);
    await visit.go(`/findings/${ids.own}`);
    const { page } = visit;
    expect(await visit.text()).toContain('this hub has no recipe for pkg:npm/elsewhere');
    expect(await visit.text()).toContain('look at the one that came with the finding');
    await page.getByText('Look at the finder’s recipe recipe.yaml').click();
    await page.getByText('Nothing of it has been run').waitFor();
    expect(await visit.text()).toContain('vulnerable: kind debian, package cjson');
    await expectSound(visit, 'recipe-looked-at');
    await page.getByLabel('What you looked at').fill('It fetches what it says and runs one program of it.');
    await page.getByRole('button', { name: 'Adopt it for this finding' }).click();
    await page.getByRole('button', { name: 'Adopt it for this finding' }).waitFor({ state: 'detached' });
    await page.getByText('Re-run it', { exact: true }).click();
    await page.getByLabel('Under which recipe').selectOption({ label: 'the finder’s own recipe, adopted' });
    await expectSound(visit, 'rerun-form');
    desk.hub.clock.advance(1000);
    await page.getByRole('button', { name: 'Re-run', exact: true }).click();
    await page.getByText('waits for the lab').waitFor();
    await desk.hub.settle(flow);
    await page.getByText('under the finder’s own recipe, which a coordinator adopted').first().waitFor();
    await visit.close();
    expect(desk.faults).toEqual([]);
  });

  test('its finder sees the verdict, and neither what is for the staff nor their forms', async () => {
    const visit = await desk.visit(lab);
    await visit.go(`/findings/${ids.own}`);
    const text = await visit.text();
    expect(text).toContain('by a coordinator');
    expect(text).not.toContain('Re-run it');
    expect(text).not.toContain('What mends it');
    await visit.close();
  });
});
