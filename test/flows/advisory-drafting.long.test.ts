import { afterAll, beforeAll, expect, test } from 'vitest';
import { label } from '../../src/base/label.ts';
import { limits } from '../../src/base/limits.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import { suggest } from '../../src/clearinghouse/advisories/drafting/actions.ts';
import { diff, revisions } from '../../src/clearinghouse/advisories/revisions/actions.ts';
import { approveStatement, state, statements } from '../../src/clearinghouse/cases/statements/actions.ts';
import { insertStatement } from '../../src/clearinghouse/cases/statements/store.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as fixes from '../../src/clearinghouse/fixes/actions.ts';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { changeCase, draftInput, embargoOver, openCase, publishCase } from '../case.ts';
import type { TestHub } from '../hub.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
let hub: TestHub;
let [desk, second, supplier, silent]: Actor[] = [];

/** What a supplier of a case says, and what came of it. */
interface Said {
  id: string;
  state: string;
  orgName: string;
}

beforeAll(async () => {
  stage = await openStage();
  ({ hub, desk } = stage as Stage & { desk: Actor });
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, {
      ...{ id: 'psn_00000000000000000000000001', name: 'Second', email: 'second@example.org' },
      ...{ orgId: desk!.orgId as `org_${string}`, createdAt: hub.clock.now() },
    }),
  );
  second = await hub.again({ id: 'psn_00000000000000000000000001', scopes: ['*'] } as unknown as Actor);
  supplier = await stage.enter(await hub.join('Looper Project', 'maintainer'), 1);
  silent = await stage.enter(await hub.join('Fork Project', 'maintainer'), 1);
});
afterAll(() => hub.close());

const say = (more: object) => hub.try(supplier!, state, { id: stage.caseId, status: 'affected', text: 'It is.', ...more });

test('before anybody said anything, the suggestion rests on the replay and says what is missing', async () => {
  const found = await hub.do<{ draft: { affected: object[]; title: string }; origins: { at: string; from: string }[]; missing: string[] }>(
    desk!,
    suggest,
    { caseId: stage.caseId },
  );
  expect(found.draft.affected).toHaveLength(1);
  expect(found.origins.find((o) => o.at === '/affected/0')?.from).toContain('replayed here');
  expect(found.missing).toEqual(expect.arrayContaining(['no CVE id is known', 'no patch was verified here']));
  // What it proposes is a draft that can be drafted.
  expect(await hub.try(desk!, advisories.draft, { caseId: stage.caseId, ...found.draft })).toMatchObject({ state: 'draft' });
  expect(await hub.try(stage.finder, suggest, { caseId: stage.caseId })).toMatchObject({ code: 'not_permitted' });
});

test('silence is shown as silence, with its age, to the clearinghouse only', async () => {
  const told = await hub.do<{ silent: { orgName: string; since: string }[] }>(desk!, statements, { id: stage.caseId });
  expect(told.silent.map((s) => s.orgName).sort()).toEqual(['Fork Project', 'Looper Project']);
  expect(told.silent[0]!.since).toMatch(/^2026-/);
  expect(await hub.do(silent!, statements, { id: stage.caseId })).toEqual({ items: [], silent: [] });
});

test('a statement that says nothing, or contradicts itself, is refused', async () => {
  expect(await say({ status: 'not-affected' })).toMatchObject({ code: 'malformed', at: '/justification' });
  expect(await say({ justification: 'component_not_present' })).toMatchObject({ code: 'malformed', at: '/justification' });
  expect(await say({ status: 'under-investigation', affected: [{ fixed: '1' }] })).toMatchObject({ code: 'malformed', at: '/affected' });
  expect(await say({ status: 'fixed' })).toMatchObject({ code: 'malformed', at: '/affected' });
  expect(await say({ affected: [{ introduced: '1', fixed: '1' }] })).toMatchObject({ code: 'malformed', at: '/affected/0' });
  expect(await say({ package: 'pkg:npm/a@1' })).toMatchObject({ code: 'malformed', at: '/package' });
  expect(await hub.try(stage.finder, state, { id: stage.caseId, status: 'affected', text: 'x' })).toMatchObject({ code: 'not_permitted' });
});

test('a supplier speaks, changes its mind, is approved by somebody else, and then goes into suggestion and draft by name', async () => {
  const first = (await say({ affected: [{ introduced: '1.0.0' }] })) as Said;
  expect(first).toMatchObject({ state: 'given', orgName: 'Looper Project' });
  hub.clock.advance(1000);
  const { id } = (await say({ affected: [{ introduced: '1.0.0', fixed: '1.4.2' }], text: 'Since 1.0.0, fixed in 1.4.2.' })) as Said;
  const told = await hub.do<{ items: Said[]; silent: { orgName: string }[] }>(desk!, statements, { id: stage.caseId });
  expect(told.items.map((s) => s.state)).toEqual(['replaced', 'given']);
  expect(told.silent.map((s) => s.orgName)).toEqual(['Fork Project']);
  // A competitor reads neither.
  expect(await hub.do(silent!, statements, { id: stage.caseId })).toEqual({ items: [], silent: [] });

  const asked = await hub.do<{ missing: string[] }>(desk!, suggest, { caseId: stage.caseId });
  expect(asked.missing).toContain('the statement of Looper Project waits to be approved');
  const draft = (more: object = {}) =>
    hub.do<Record<string, never>>(desk!, advisories.draft, { caseId: stage.caseId, title: 'T', summary: 'S', affected: [{}], ...more });
  expect(await draft()).not.toHaveProperty('statements');
  expect(await hub.try(supplier!, approveStatement, { id })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(desk!, approveStatement, { id })).toMatchObject({ state: 'approved' });
  expect(await hub.try(desk!, approveStatement, { id })).toMatchObject({ code: 'wrong_state' });

  const now = await hub.do<{ draft: { affected: object[] }; origins: { at: string; from: string }[] }>(desk!, suggest, {
    caseId: stage.caseId,
  });
  expect(now.draft.affected).toMatchObject([{ introduced: '1.0.0', fixed: '1.4.2' }]);
  expect(now.origins).toContainEqual({ at: '/affected/0', from: 'the statement of Looper Project' });
  const drafted = await draft();
  expect(drafted).toMatchObject({ statements: [{ supplier: 'Looper Project', status: 'affected', text: 'Since 1.0.0, fixed in 1.4.2.' }] });

  // Said anew after the draft: the draft is stale.
  await say({ affected: [{ introduced: '1.1.0', fixed: '1.4.2' }] });
  expect(await hub.try(second!, advisories.approve, { id: drafted.id })).toMatchObject({ code: 'stale' });
});

test('revisions stay, and two of them can be compared', async () => {
  const of = await openCase(hub, 'pkg:npm/diffed@1.0.0', [stage.finder]);
  const { id } = await hub.do<{ id: string }>(desk!, advisories.draft, draftInput(of, [{ fixed: '1.0.1' }]));
  await hub.do(desk!, advisories.draft, { ...draftInput(of, [{ fixed: '1.0.2' }]), change: 'Another fix.' });
  await hub.do(desk!, advisories.draft, {
    ...draftInput(of, [{ fixed: '1.0.2' }]),
    workarounds: [{ kind: 'workaround', text: 'Turn it off.' }],
  });
  const kept = await hub.do<{ items: { revision: number; change: string }[] }>(desk!, revisions, { id });
  expect(kept.items.map((r) => r.change)).toEqual(['First version.', 'Another fix.', 'Corrected.']);
  expect(await hub.do(desk!, diff, { id })).toMatchObject({ from: 2, to: 3, changes: [{ at: '/change' }, { at: '/workarounds' }] });
  expect(await hub.do(desk!, diff, { id, from: 1, to: 2 })).toMatchObject({
    changes: [{ at: '/affected', before: { fixed: '1.0.1' } }, { at: '/affected', after: { fixed: '1.0.2' } }, { at: '/change' }],
  });
  expect(await hub.try(desk!, diff, { id, from: 1, to: 4 })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(stage.finder, diff, { id })).toMatchObject({ code: 'not_permitted' });
});

test('where AI had a part, and whose weakness it is, is said without being asked', async () => {
  const of = await openCase(hub, 'pkg:npm/machined@1.0.0', []);
  const report = { title: 'Found by machine', text: 'x', purl: 'pkg:npm/machined@1.0.0', cwe: 'CWE-125' };
  const provenance = { discoveryMethod: 'ai-discovered', discoveryTooling: 'Scanner 2.0', discoveryModel: 'Borealis 4' };
  const { id } = await hub.do<{ id: `fnd_${string}` }>(stage.finder, findings.submit, { ...report, ...provenance });
  await changeCase(hub, of.id, (c) => ({ ...c, findingIds: [id] }));
  expect(await hub.do(desk!, advisories.draft, { ...draftInput(of, [{}]), cwe: 'CWE-125' })).toMatchObject({
    // With what, its finder has not said may be told.
    aiUse: { discovery: [{ by: 'North Lab', tooling: null, model: null }], patch: false, drafting: false },
    saidBy: { cwe: 'North Lab' },
  });
  expect(await hub.do(desk!, advisories.draft, { ...draftInput(of, [{}]), cwe: 'CWE-787' })).not.toHaveProperty('saidBy');
});

test('others’ scores are recomputed from their vector, under their name', async () => {
  const of = await openCase(hub, 'pkg:npm/scored@1.0.0', [stage.finder]);
  const with_ = (...otherScores: object[]) => hub.try(desk!, advisories.draft, { ...draftInput(of, [{}]), otherScores });
  expect(await with_({ by: 'The project', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' })).toMatchObject({
    otherScores: [{ by: 'The project', cvss: { base: 7.5, severity: 'HIGH' } }],
  });
  expect(await with_({ by: 'The project', vector: 'CVSS:3.1/AV:N' })).toMatchObject({ code: 'malformed', at: '/otherScores/0/vector' });
});

test('what is not for everybody is not scheduled', async () => {
  const of = await openCase(hub, 'pkg:npm/amber@1.0.0', [stage.finder]);
  const { id } = await hub.do<{ id: string }>(desk!, advisories.draft, { ...draftInput(of, [{}]), tlp: 'AMBER' });
  await hub.do(second!, advisories.approve, { id });
  const goLiveAt = embargoOver(hub, of);
  expect(await hub.try(desk!, releases.schedule, { advisoryId: id, goLiveAt })).toMatchObject({ code: 'not_permitted' });
});

test('an advisory that is taken back needs a second person too, stays readable, and exposes nobody any more', async () => {
  const operator = await hub.join('Hospital', 'operator');
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'back', version: '1.0.0', purl: 'pkg:npm/back@1.0.0' }],
  };
  const inventory = await hub.do<{ id: string }>(operator, inventories.keep, { name: 'ward', document: JSON.stringify(sbom) });
  const of = await openCase(hub, 'pkg:npm/back@1.0.0', [stage.finder]);
  const firstId = await publishCase(hub, of, [desk!, second!], [{ fixed: '1.0.1' }]);
  await hub.do(house, fixes.match, { id: firstId });
  const open = async () => (await hub.do<{ items: { state: string }[] }>(operator, fixes.list, {})).items.map((f) => f.state);
  expect(await open()).toEqual(['exposed']);

  const { advisoryId } = await hub.do<{ advisoryId: string }>(desk!, releases.get, { id: firstId });
  await hub.do(desk!, advisories.withdraw, { id: advisoryId, because: 'It was no flaw.' });
  expect(await hub.try(desk!, advisories.approve, { id: advisoryId })).toMatchObject({ code: 'not_permitted' });
  await hub.do(second!, advisories.approve, { id: advisoryId });
  const goLiveAt = embargoOver(hub, of);
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt });
  hub.clock.advance(1_000 * 60);
  await hub.do(house, releases.publishDue, {});
  expect(await hub.do(desk!, releases.get, { id })).toMatchObject({ state: 'published', version: 2 });
  await hub.do(house, fixes.match, { id });
  expect(await open()).toEqual(['not-affected']);
  await hub.do(house, fixes.observe, { id: inventory.id });
  expect(await open()).toEqual(['not-affected']);
  // Drafted anew, it is in force again.
  expect(await hub.do(desk!, advisories.draft, draftInput(of, [{ fixed: '1.0.1' }]))).not.toHaveProperty('withdrawn');
});

test('limits of a draft', async () => {
  const of = await openCase(hub, 'pkg:npm/limits@1.0.0', [stage.finder]);
  const with_ = (more: object) => hub.try(desk!, advisories.draft, { ...draftInput(of, [{}]), ...more });
  const some = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  const languages = (n: number) => some(n, (i) => ({ language: `a${String.fromCharCode(97 + i)}`, title: 't', summary: 's' }));
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H';
  const lists: [string, number, (n: number) => object[]][] = [
    ['workarounds', limits.workaroundsPerAdvisory, (n) => some(n, () => ({ kind: 'mitigation', text: 'x' }))],
    ['indicators', limits.indicatorsPerAdvisory, (n) => some(n, () => ({ text: 'x' }))],
    ['translations', limits.translationsPerAdvisory, languages],
    ['otherScores', limits.otherScoresPerAdvisory, (n) => some(n, (i) => ({ by: `s${i}`, vector }))],
  ];
  for (const [name, limit, make] of lists) {
    expect(await with_({ [name]: make(limit) }), name).toMatchObject({ state: 'draft' });
    expect(await with_({ [name]: make(limit + 1) }), name).toMatchObject({ code: 'malformed', at: `/${name}` });
  }
  expect(await with_({ translations: [{ language: 'german', title: 't', summary: 's' }] })).toMatchObject({ code: 'malformed' });
});

test('what is suggested can be drafted, however much was reported', async () => {
  const report = { title: 'Again', text: 'x', purl: 'pkg:npm/often@1.0.0', cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' };
  const of = await openCase(hub, 'pkg:npm/often@1.0.0', []);
  const references = (n: number) => Array.from({ length: 3 }, (_, i) => `https://example.org/${n}/${i}`);
  const ids: `fnd_${string}`[] = [];
  for (let n = 0; n <= limits.otherScoresPerAdvisory; n++)
    ids.push(
      (await hub.do<{ id: `fnd_${string}` }>(stage.finder, findings.submit, { ...report, text: `x ${n}`, references: references(n) })).id,
    );
  await changeCase(hub, of.id, (c) => ({ ...c, findingIds: ids }));
  const { draft } = await hub.do<{ draft: { otherScores: object[]; references: object[] } }>(desk!, suggest, { caseId: of.id });
  expect([draft.otherScores.length, draft.references.length]).toEqual([limits.otherScoresPerAdvisory, limits.referencesPerAdvisory]);
  expect(await hub.try(desk!, advisories.draft, { caseId: of.id, ...draft })).toMatchObject({ state: 'draft' });
});

test('a case takes so many statements, and no more', async () => {
  const said = await hub.do<{ items: { participantId: `par_${string}`; vulnerabilityId: `vul_${string}` }[] }>(desk!, statements, {
    id: stage.caseId,
  });
  const { participantId, vulnerabilityId } = said.items[0]!;
  const earlier = {
    ...{ participantId, vulnerabilityId, heard: null },
    ...{
      caseId: stage.caseId as `cas_${string}`,
      orgId: supplier!.orgId as `org_${string}`,
      package: 'pkg:npm/a',
      status: 'affected' as const,
    },
    ...{ justification: null, affected: [], text: 'x', saidBy: supplier!.id, saidAt: hub.clock.now(), state: 'replaced' as const },
    ...{ approvedBy: null, approvedAt: null, label: label('RED', stage.caseId) },
  };
  const toLimit = limits.statementsPerCase - said.items.length - 1;
  await hub.doors.db.transaction(house.reads, async (tx) => {
    for (let i = 0; i < toLimit; i++) await insertStatement(tx, { ...earlier, id: `stm_${String(i).padStart(26, '0')}` });
  });
  expect(await say({})).toMatchObject({ state: 'given' });
  expect(await say({})).toMatchObject({ code: 'too_many' });
});
