import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { participants } from '../../src/clearinghouse/cases/participants/actions.ts';
import { acknowledge, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { state } from '../../src/clearinghouse/cases/statements/actions.ts';
import { addVulnerability, dropVulnerability, openAnother } from '../../src/clearinghouse/cases/vulnerabilities/actions.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { changeCase } from '../case.ts';
import { upToCases } from './cases-stage.ts';
import { crash, type DuplicatesStage, elsewhere, openDuplicates } from './duplicates-stage.ts';

let stage: DuplicatesStage;
let [a, b]: Awaited<ReturnType<DuplicatesStage['replayed']>>[] = [];
let [caseA, caseB]: string[] = [];
const flow = { ...upToCases, hops: upToCases.hops.filter((h) => h.on.startsWith('vulnerability.')), works: [] };
const settle = () => stage.hub.settle(flow);
const caseOf = async (findingId: string) => (await stage.hub.do<{ caseId: string }>(stage.desk, cases.ofFinding, { findingId })).caseId;
const seen = async (as: Actor, id: string) =>
  (await stage.hub.try(await stage.hub.again(as), cases.get, { id })) as CaseOut & { code?: string };
const reports = async (as: Actor, id: string) => (await seen(as, id)).reports?.map((r) => r.id);
const add = (id: string, vulnerabilityId: string) =>
  stage.hub.try(stage.desk, addVulnerability, { id, vulnerabilityId, because: 'one fix' });
const drop = (id: string, vulnerabilityId: string) =>
  stage.hub.try(stage.desk, dropVulnerability, { id, vulnerabilityId, because: 'apart' });

beforeAll(async () => {
  stage = await openDuplicates();
  a = await stage.replayed(stage.north, 'several', crash, 'r1');
  b = await stage.replayed(stage.south, 'several', elsewhere, 'r2');
  await settle();
  [caseA, caseB] = [await caseOf(a.id), await caseOf(b.id)];
});
afterAll(() => stage.hub.close());

test('one vulnerability in two cases: its finder is let into both, and is told of neither that there is another', async () => {
  expect(await add(caseA!, b!.vulnerability!)).toEqual({ id: caseA, vulnerabilityIds: [a!.vulnerability, b!.vulnerability] });
  expect(await add(caseA!, b!.vulnerability!)).toMatchObject({ code: 'conflict' });
  expect(await reports(stage.desk, caseA!)).toEqual([a!.id, b!.id]);
  expect(await reports(stage.south, caseA!)).toEqual([b!.id]);
  expect(await reports(stage.south, caseB!)).toEqual([b!.id]);
  expect(await reports(stage.north, caseA!)).toEqual([a!.id]);
  expect(await seen(stage.north, caseB!)).toMatchObject({ code: 'not_found' });
  for (const as of [stage.north, stage.south]) {
    const shown = await seen(as, caseA!);
    expect(shown).not.toHaveProperty('vulnerabilities');
    expect(JSON.stringify(shown)).not.toContain('vul_');
  }
  const { items } = await stage.hub.do<{ items: { kind: string; name: string }[] }>(await stage.hub.again(stage.south), participants, {
    id: caseA,
  });
  expect(items.map((p) => p.name)).not.toContain('North Lab');
  expect(await stage.hub.try(stage.north, addVulnerability, { id: caseA, vulnerabilityId: b!.vulnerability, because: 'x' })).toMatchObject({
    code: 'not_permitted',
  });
});

test('what befalls a vulnerability befalls it in every case it is in', async () => {
  const later = await stage.replayed(stage.north, 'several', elsewhere, 'r2');
  await settle();
  expect(await reports(stage.desk, caseA!)).toEqual([a!.id, b!.id, later.id]);
  expect(await reports(stage.desk, caseB!)).toEqual([b!.id, later.id]);
  expect(await reports(stage.north, caseB!)).toEqual([later.id]);
  // Merged within the case: its work goes on here; in the other case it goes on there.
  await stage.hub.do(stage.desk, duplicates.merge, { id: a!.vulnerability, fromId: b!.vulnerability, because: 'the same' });
  await settle();
  expect(await seen(stage.desk, caseA!)).toMatchObject({
    continuesInId: null,
    vulnerabilities: [{ continuesInId: null }, { continuesInId: a!.vulnerability }],
  });
  expect(await seen(stage.desk, caseB!)).toMatchObject({ continuesInId: a!.vulnerability, reports: [] });
});

test('a supplier answers for each vulnerability of its own', async () => {
  const supplier = await stage.hub.join('Several Project', 'maintainer');
  const { participantId } = await enter(supplier);
  const inside = await stage.hub.again(supplier);
  const say = (more: object) => stage.hub.try(inside, state, { id: caseA, status: 'affected', text: 'It is.', ...more });
  expect(await say({})).toMatchObject({ code: 'malformed', at: '/vulnerabilityId' });
  expect(await say({ vulnerabilityId: 'vul_00000000000000000000000000' })).toMatchObject({ code: 'malformed' });
  expect(await say({ vulnerabilityId: a!.vulnerability })).toMatchObject({ vulnerabilityId: a!.vulnerability });
  const own = async () =>
    (await stage.hub.do<{ items: { id: string }[] }>(stage.desk, participants, { id: caseA })).items.find((p) => p.id === participantId);
  expect(await own()).toMatchObject({ rm: 'valid', standing: 'awaited', answers: [{ status: 'affected' }, { status: 'not-answered' }] });
  await say({ vulnerabilityId: b!.vulnerability, status: 'not-affected', justification: 'component_not_present' });
  expect(await own()).toMatchObject({ rm: 'valid', standing: 'answered' });
});

test('dropped again, whoever found only that one is let out; the last one stays', async () => {
  expect(await drop(caseA!, b!.vulnerability!)).toMatchObject({ vulnerabilityIds: [a!.vulnerability] });
  expect(await drop(caseA!, b!.vulnerability!)).toMatchObject({ code: 'not_found' });
  expect(await drop(caseA!, a!.vulnerability!)).toMatchObject({ code: 'wrong_state' });
});

test('another case of the same vulnerability has finders and suppliers of its own', async () => {
  const opened = await stage.hub.do<{ id: string }>(stage.desk, openAnother, {
    vulnerabilityId: a!.vulnerability,
    because: 'a fork apart',
  });
  expect(await reports(stage.north, opened.id)).toContain(a!.id);
  expect(await stage.hub.try(stage.desk, openAnother, { vulnerabilityId: b!.vulnerability, because: 'x' })).toMatchObject({
    code: 'wrong_state',
  });
});

test(`a case coordinates at most ${limits.vulnerabilitiesPerCase} vulnerabilities`, async () => {
  const filler = (n: number) => ({
    id: `vul_${String(n).padStart(26, '0')}` as `vul_${string}`,
    addedAt: stage.hub.clock.now(),
    continuesInId: null,
  });
  const fill = (count: number) =>
    changeCase(stage.hub, caseA!, (of) => ({
      ...of,
      vulnerabilities: [of.vulnerabilities[0], ...Array.from({ length: count - 1 }, (_, n) => filler(n))],
    }));
  await fill(limits.vulnerabilitiesPerCase);
  expect(await add(caseA!, b!.vulnerability!)).toMatchObject({ code: 'too_many' });
  await fill(limits.vulnerabilitiesPerCase - 1);
  expect(await add(caseA!, b!.vulnerability!)).toMatchObject({ id: caseA });
});

/** Read in at tier 1, as the supplier it becomes. */
async function enter(person: Actor): Promise<{ participantId: string }> {
  const none = { conflict: false, antitrust: false, breach: false, sanctions: false };
  const { desk, hub } = stage;
  await hub.do(desk, readIn, { id: caseA, personId: person.id, tier: 1, need: 'x', ability: 'test', sponsorId: desk.id, exclusions: none });
  const { items } = await hub.do<{ items: { termsDigest: string }[] }>(person, offers, {});
  await hub.do(person, acknowledge, { id: caseA, termsDigest: items[0]!.termsDigest });
  const all = await hub.do<{ items: { id: string; orgId: string | null }[] }>(desk, participants, { id: caseA });
  return { participantId: all.items.find((p) => p.orgId === person.orgId)!.id };
}
