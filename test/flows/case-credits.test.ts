import { afterAll, beforeAll, expect, test } from 'vitest';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import { suggest } from '../../src/clearinghouse/advisories/drafting/actions.ts';
import { chooseCredit, credits } from '../../src/clearinghouse/cases/credits/actions.ts';
import { addProxiedFinder, participants } from '../../src/clearinghouse/cases/participants/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { changeCase } from '../case.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
let [maintainer, other]: Actor[] = [];
let northId: string;
const ai = { discoveryMethod: 'ai-discovered', discoveryTooling: 'Scanner 2.0', discoveryModel: 'Borealis 4' };

beforeAll(async () => {
  stage = await openStage();
  const { hub, desk, caseId } = stage;
  maintainer = await stage.enter(await hub.join('Acme', 'maintainer'), 1);
  other = await hub.join('Another Desk', 'coordinator');
  northId = (await seats(desk)).find((p) => p.name === 'North Lab')!.id;
  const { id } = await hub.do<{ id: `fnd_${string}` }>(stage.finder, findings.submit, {
    title: 'Again',
    text: 'x',
    purl: 'pkg:npm/a@1',
    ...ai,
  });
  await changeCase(hub, caseId, (c) => ({ ...c, findingIds: [...c.findingIds, id] }));
});
afterAll(() => stage.hub.close());

const seats = (as: Actor) =>
  stage.hub.do<{ items: { id: string; name: string }[] }>(as, participants, { id: stage.caseId }).then((all) => all.items);
const choose = (as: Actor, id: string, more: object) => stage.hub.try(as, chooseCredit, { id, ...more });
const drafted = () =>
  stage.hub.do<{ id: string; credits: { name: string }[]; aiUse: { discovery: object[] } }>(stage.desk, advisories.draft, {
    ...{ caseId: stage.caseId, title: 'T', summary: 'S', affected: [{}] },
  });
const thanked = async () => (await drafted()).credits.map((c) => c.name);

test('who has not chosen is thanked by its organisation; that nobody asked is said, and no tool is named', async () => {
  const { credits: named, aiUse } = await drafted();
  expect(named.map((c) => c.name)).toEqual(['North Lab']);
  expect(aiUse.discovery).toEqual([{ by: 'North Lab', tooling: null, model: null }]);
  const { missing } = await stage.hub.do<{ missing: string[] }>(stage.desk, suggest, { caseId: stage.caseId });
  expect(missing).toContain('North Lab has not said how it wants to be thanked');
});

test('a finder is thanked exactly as it says, and approval waits for the text that says so', async () => {
  expect(await choose(stage.finder, northId, { as: 'name' })).toMatchObject({ code: 'malformed', at: '/name' });
  expect(await choose(stage.finder, northId, { as: 'none', name: 'x' })).toMatchObject({ code: 'malformed', at: '/name' });
  expect(await choose(stage.finder, northId, { as: 'name', name: '@north', namesTools: true })).toMatchObject({
    as: 'name',
    name: '@north',
  });
  const { id, credits: named, aiUse } = await drafted();
  expect(named.map((c) => c.name)).toEqual(['@north']);
  expect(aiUse.discovery).toEqual([{ by: '@north', tooling: 'Scanner 2.0', model: 'Borealis 4' }]);
  await choose(stage.finder, northId, { as: 'none' });
  expect(await stage.hub.try(other!, advisories.approve, { id })).toMatchObject({ code: 'stale' });
  const without = await drafted();
  expect(without.credits).toEqual([]);
  expect(JSON.stringify(await stage.hub.do(stage.desk, advisories.preview, { id }))).not.toMatch(/North Lab|@north|Scanner/);
  expect(without.aiUse.discovery).toEqual([{ by: null, tooling: null, model: null }]);
});

test('nobody else chooses for it, or sees what it chose', async () => {
  for (const as of [maintainer!, stage.desk])
    expect(await choose(as, northId, { as: 'organisation' })).toMatchObject({ code: 'not_found' });
  expect(await stage.hub.do(maintainer!, credits, { id: stage.caseId })).toEqual({ items: [] });
  const own = await stage.hub.do<{ items: object[] }>(stage.finder, credits, { id: stage.caseId });
  expect(own.items).toMatchObject([{ finder: 'North Lab', as: 'none' }]);
});

test('whom a desk speaks for is thanked as that finder wants, for its own reports; while it could be several, nobody is named', async () => {
  const { hub, desk, caseId } = stage;
  const handIn = async (text: string) =>
    (await hub.do<{ id: `fnd_${string}` }>(desk, findings.submit, { title: 'By proxy', text, purl: 'pkg:npm/a@1' })).id;
  const [first, second] = [await handIn('one'), await handIn('two')];
  await changeCase(hub, caseId, (c) => ({ ...c, findingIds: [...c.findingIds, first, second] }));
  const behind = (pseudonym: string, credit?: string) =>
    hub.do<{ id: string }>(desk, addProxiedFinder, {
      id: caseId,
      pseudonym,
      name: 'A person',
      contact: 'x',
      ...(credit ? { credit } : {}),
    });
  const { id: owl } = await behind('Owl', 'owl.example');
  expect(await thanked()).toEqual(['owl.example']);
  const { id: fox } = await behind('Fox');
  expect(await thanked()).toEqual([]);
  expect(await choose(desk, fox, { as: 'none', findingIds: [stage.findingId] })).toMatchObject({ code: 'not_found', at: '/findingIds/0' });
  await choose(desk, fox, { as: 'none', findingIds: [second] });
  expect(await choose(desk, owl, { as: 'none', findingIds: [second] })).toMatchObject({ code: 'conflict' });
  expect(await thanked()).toEqual(['owl.example']);
  await choose(desk, owl, { as: 'organisation', findingIds: [first] });
  expect(await thanked()).toEqual(['Clearinghouse']);
  expect(await choose(other!, owl, { as: 'none' })).toMatchObject({ code: 'not_found' });
});

test('the clearinghouse sees who has chosen what, and who has not', async () => {
  const { items } = await stage.hub.do<{ items: { finder: string; as: string | null }[] }>(stage.desk, credits, { id: stage.caseId });
  expect(items.map((i) => [i.finder, i.as]).sort()).toEqual([
    ['Fox', 'none'],
    ['North Lab', 'none'],
    ['Owl', 'organisation'],
  ]);
});
