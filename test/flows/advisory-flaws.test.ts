import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow as product } from '../../src/app/flow.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import { suggest } from '../../src/clearinghouse/advisories/drafting/actions.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { acknowledge, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { approveStatement, state } from '../../src/clearinghouse/cases/statements/actions.ts';
import { addVulnerability } from '../../src/clearinghouse/cases/vulnerabilities/actions.ts';
import * as fixes from '../../src/clearinghouse/fixes/actions.ts';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { tellRecord } from '../../src/clearinghouse/releases/cves/actions.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { embargoOver } from '../case.ts';
import { noneFound, upToCases } from './cases-stage.ts';
import { crash, type DuplicatesStage, elsewhere, openDuplicates } from './duplicates-stage.ts';

// One case of two flaws: one advisory, one hour; in it, in OSV and at CVE Services each flaw by itself.
let stage: DuplicatesStage;
let [a, b]: Awaited<ReturnType<DuplicatesStage['replayed']>>[] = [];
let [caseA, caseB]: string[] = [];
let [supplier, second, operator]: Actor[] = [];
interface Drafted {
  readonly id: string;
  readonly further?: readonly { readonly vulnerabilityId: string }[];
}
interface Spoken {
  readonly cve: string;
  readonly acknowledgments: { readonly organization: string }[];
  readonly product_status: { readonly known_affected: string[]; readonly known_not_affected?: string[] };
}
interface OsvShown {
  readonly id: string;
  readonly aliases: string[];
}
interface Previewed {
  readonly csaf21: { readonly vulnerabilities: [Spoken, Spoken] };
  readonly osv: OsvShown;
  readonly 'osv-2': OsvShown;
  readonly 'cve-2': { readonly cnaContainer: object };
  readonly text: string;
  readonly html: string;
}
const vulnerabilitiesOnly = { ...upToCases, hops: upToCases.hops.filter((h) => h.on.startsWith('vulnerability.')), works: [] };
const settle = () => stage.hub.settle(vulnerabilitiesOnly);
const caseOf = async (findingId: string) => (await stage.hub.do<{ caseId: string }>(stage.desk, cases.ofFinding, { findingId })).caseId;
const text = (more: object) => ({
  title: 'Reads too far',
  summary: 'A long name.',
  affected: [{ fixed: '1.1.0' }],
  cve: 'CVE-2026-10001',
  ...more,
});
const other = (more: object = {}) => ({
  ...{ vulnerabilityId: b!.vulnerability, title: 'Writes too far', summary: 'A short name.', affected: [{ fixed: '1.2.0' }] },
  ...{ cve: 'CVE-2026-10002', cwe: 'CWE-787', cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
  ...more,
});
const draft = (more: object) =>
  stage.hub.try(stage.desk, advisories.draft, { caseId: caseA, ...text(more) }) as Promise<{ id: string; code?: string }>;
const say = (vulnerabilityId: string, more: object) =>
  stage.hub.do<{ id: string }>(supplier!, state, { id: caseA, vulnerabilityId, package: 'pkg:npm/fork', text: 'Looked at.', ...more });

beforeAll(async () => {
  stage = await openDuplicates();
  const { hub, desk } = stage;
  a = await stage.replayed(stage.north, 'several', crash, 'r1');
  b = await stage.replayed(stage.south, 'several', elsewhere, 'r2');
  await settle();
  [caseA, caseB] = [await caseOf(a.id), await caseOf(b.id)];
  second = await hub.join('Second Desk', 'coordinator');
  await hub.do(desk, addVulnerability, { id: caseA, vulnerabilityId: b.vulnerability, because: 'one fix' });
  const person = await hub.join('Fork', 'maintainer');
  await hub.do(desk, readIn, {
    id: caseA,
    personId: person.id,
    tier: 1,
    need: 'x',
    ability: 'test',
    sponsorId: desk.id,
    exclusions: noneFound,
  });
  const { items } = await hub.do<{ items: { termsDigest: string }[] }>(person, offers, {});
  await hub.do(person, acknowledge, { id: caseA, termsDigest: items[0]!.termsDigest });
  supplier = await hub.again(person);
});
afterAll(() => stage.hub.close());

test('what is suggested is suggested of each flaw from its own reports', async () => {
  const found = await stage.hub.do<{ draft: { further: { vulnerabilityId: string }[] }; origins: { at: string }[]; missing: string[] }>(
    ...([stage.desk, suggest, { caseId: caseA }] as const),
  );
  expect(found.draft.further.map((f) => f.vulnerabilityId)).toEqual([b!.vulnerability]);
  expect(found.origins).toContainEqual({ at: '/further/0/summary', from: expect.stringContaining('South Lab') });
  expect(found.origins).toContainEqual({ at: '/summary', from: expect.stringContaining('North Lab') });
});

test('no flaw of the case is left out, given twice, or given the id of another', async () => {
  expect(await draft({})).toMatchObject({ code: 'malformed', at: '/further' });
  expect(await draft({ further: [other({ vulnerabilityId: a!.vulnerability })] })).toMatchObject({ code: 'malformed', at: '/further' });
  expect(await draft({ further: [other(), other()] })).toMatchObject({ code: 'malformed', at: '/further/1/vulnerabilityId' });
  expect(await draft({ further: [other({ cve: 'CVE-2026-10001' })] })).toMatchObject({ code: 'malformed', at: '/further/0/cve' });
  expect(await draft({ further: [other({ cvss: 'CVSS:3.1/AV:N' })] })).toMatchObject({ code: 'malformed', at: '/further/0/cvss' });
  expect(await draft({ further: [other({ affected: [{ introduced: '1', fixed: '1' }] })] })).toMatchObject({
    at: '/further/0/affected/0/fixed',
  });
});

test('statements and credits are of each flaw alone; of the other flaw its finder is told nothing', async () => {
  const not = await say(a!.vulnerability, { status: 'not-affected', justification: 'component_not_present' });
  const is = await say(b!.vulnerability, { status: 'affected', affected: [{ fixed: '9.0.0' }] });
  for (const { id } of [not, is]) await stage.hub.do(stage.desk, approveStatement, { id });
  expect(await draft({ further: [other()] })).toMatchObject({
    credits: [{ name: 'North Lab' }],
    statements: [{ package: 'pkg:npm/fork', status: 'not-affected' }],
    further: [{ number: 2, credits: [{ name: 'South Lab' }], statements: [{ status: 'affected' }], cvss: { base: 9.8 } }],
  });
  for (const as of [stage.north, stage.south])
    expect(JSON.stringify(await stage.hub.do(await stage.hub.again(as), advisories.ofCase, { caseId: caseA }))).not.toMatch(
      /too far|vul_|name/,
    );
  expect(await stage.hub.do(supplier!, advisories.ofCase, { caseId: caseA })).toMatchObject({
    advisory: { further: [{ title: 'Writes too far' }] },
  });
});

test('CSAF speaks of both in one document, OSV and CVE have a record of each', async () => {
  const { id } = await draft({ further: [other()] });
  const shown = await stage.hub.do<Previewed>(stage.desk, advisories.preview, { id });
  const [first, next] = shown.csaf21.vulnerabilities;
  expect([first.cve, next.cve]).toEqual(['CVE-2026-10001', 'CVE-2026-10002']);
  expect([first.acknowledgments[0]!.organization, next.acknowledgments[0]!.organization]).toEqual(['North Lab', 'South Lab']);
  // The fork is one product: of the one flaw it is free, of the other not.
  expect(first.product_status.known_not_affected).toEqual(next.product_status.known_affected.slice(-1));
  expect([shown.osv.aliases, shown['osv-2'].aliases]).toEqual([['CVE-2026-10001'], ['CVE-2026-10002']]);
  expect([shown.osv.id, shown['osv-2'].id]).toEqual(['x_BW-2026-0000', 'x_BW-2026-0000-2']);
  expect(shown['osv-2']).toMatchObject({ summary: 'Writes too far', credits: [{ name: 'South Lab' }] });
  expect(JSON.stringify(shown['osv-2'])).not.toContain('A long name');
  expect(shown['cve-2'].cnaContainer).toMatchObject({ title: 'Writes too far', source: { advisory: 'BW-2026-0000' } });
  expect(JSON.stringify(shown['cve-2'])).not.toContain('CVE-2026-10001');
  for (const words of [shown.text, shown.html]) expect(words).toMatch(/A long name[\s\S]*A short name/);
});

test('a flaw that came after the draft makes it stale', async () => {
  const { id } = await draft({ further: [other()] });
  const c = await stage.replayed(stage.north, 'several', 'other_frame\nother\nmain\n', 'r3');
  await settle();
  await stage.hub.do(stage.desk, addVulnerability, { id: caseA, vulnerabilityId: c.vulnerability, because: 'the same release' });
  expect(await stage.hub.try(second!, advisories.approve, { id })).toMatchObject({ code: 'stale' });
  const third = other({ vulnerabilityId: c.vulnerability, title: 'Leaks', cve: null });
  // The number a flaw was given stays, in whatever order they are told.
  expect(await draft({ further: [third, other()] })).toMatchObject({
    further: [
      { number: 2, cve: 'CVE-2026-10002' },
      { number: 3, cve: null },
    ],
  });
});

test('public: each record at its place, each id told to CVE Services, and only what mends all is a fix', async () => {
  const { hub, desk } = stage;
  operator = await hub.join('Hospital', 'operator');
  const component = { type: 'library', name: 'several', version: '1.1.0', purl: 'pkg:npm/several@1.1.0' };
  const sbom = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] });
  await hub.do(operator!, inventories.keep, { name: 'ward', document: sbom });
  const { advisory } = await hub.do<{ advisory: { id: string } }>(desk, advisories.ofCase, { caseId: caseA });
  await hub.do(second!, advisories.approve, { id: advisory.id });
  const of = { openedAt: hub.clock.now() } as Parameters<typeof embargoOver>[1];
  const { id } = await hub.do<{ id: string }>(desk, releases.schedule, { advisoryId: advisory.id, goLiveAt: embargoOver(hub, of) });
  hub.clock.advance(23 * 24 * 3600 * 1000);
  await hub.do(house, releases.publishDue, {});
  const shown = await hub.do<{ trackingId: string; further: object[] }>(anonymous, releases.get, { id });
  expect(shown.further).toMatchObject([
    { number: 2, cve: 'CVE-2026-10002', severity: 'CRITICAL', credits: [{ name: 'South Lab' }] },
    { number: 3 },
  ]);
  const record = async (part?: number) =>
    JSON.parse((await hub.do<{ text: string }>(anonymous, releases.document, { id, format: 'osv', ...(part ? { part } : {}) })).text) as {
      id: string;
    };
  expect([(await record()).id, (await record(2)).id, (await record(3)).id]).toEqual(
    ['', '-2', '-3'].map((end) => `x_${shown.trackingId}${end}`),
  );
  expect(await hub.try(anonymous, releases.document, { id, format: 'osv', part: 4 })).toMatchObject({ code: 'not_found' });
  await hub.do(house, tellRecord, { id });
  const told = (await stage.events(id)).filter((e) => e.event === 'release.cve-record').map((e) => (e.payload as { cveId: string }).cveId);
  expect(told).toEqual(['CVE-2026-10001', 'CVE-2026-10002']);
  await hub.do(house, fixes.match, { id });
  const open = await hub.do<{ items: { state: string; fixedIn: string[] }[] }>(operator!, fixes.list, {});
  expect(open.items).toMatchObject([{ state: 'exposed', fixedIn: ['1.2.0'] }]);
  expect(product.hops.some((hop) => hop.on === 'release.cve-record')).toBe(true);
});

test('one of several public flaws is taken back by itself: its ids say so, nobody is exposed by it, and the others stand', async () => {
  const { hub, desk } = stage;
  const { advisory } = await hub.do<{ advisory: Drafted }>(desk, advisories.ofCase, { caseId: caseA });
  const takeBack = (more: object) =>
    hub.try(desk, advisories.withdraw, { id: advisory.id, because: 'It is the first flaw.', ...more }) as Promise<Drafted>;
  expect(await takeBack({ vulnerabilityId: `vul_${'0'.repeat(26)}` })).toMatchObject({ code: 'not_found', at: '/vulnerabilityId' });
  const back = await takeBack({ vulnerabilityId: b!.vulnerability });
  expect(back).toMatchObject({
    ...{ state: 'draft', change: 'Withdrawn: Writes too far' },
    further: [{ number: 2, takenBack: { because: 'It is the first flaw.' } }, { number: 3 }],
  });
  expect(back).not.toHaveProperty('withdrawn');
  expect(await takeBack({ vulnerabilityId: b!.vulnerability })).toMatchObject({ code: 'wrong_state' });
  // A correction of the others does not bring it back.
  const [, c] = advisory.further!.map((flaw) => flaw.vulnerabilityId);
  const third = other({ vulnerabilityId: c, title: 'Leaks', summary: 'A third name.', cve: null, affected: [{ fixed: '1.0.5' }] });
  expect(await draft({ further: [third, other()] })).toMatchObject({ further: [{ takenBack: { because: 'It is the first flaw.' } }, {}] });
  expect(await hub.try(desk, advisories.approve, { id: advisory.id })).toMatchObject({ code: 'not_permitted' });
  await hub.do(second!, advisories.approve, { id: advisory.id });
  const shown = await hub.do<Previewed>(desk, advisories.preview, { id: advisory.id });
  expect(shown.csaf21.vulnerabilities[1]).toMatchObject({
    ...{ cve: 'CVE-2026-10002', notes: [{ text: 'Withdrawn: It is the first flaw.' }] },
    product_status: { known_not_affected: expect.any(Array) },
  });
  expect(shown.csaf21.vulnerabilities[1].product_status).not.toHaveProperty('known_affected');
  expect((shown.csaf21 as unknown as { document: { category: string } }).document.category).not.toContain('withdrawn');
  expect([shown.osv, shown['osv-2']].map((record) => 'withdrawn' in record)).toEqual([false, true]);
  expect(shown['cve-2'].cnaContainer).toMatchObject({ rejectedReasons: [{ value: expect.stringContaining('It is the first flaw.') }] });
  for (const words of [shown.text, shown.html]) {
    expect(words).toMatch(/Withdrawn: It is the first flaw/);
    expect(words).not.toContain('A short name');
  }
  const goLiveAt = embargoOver(hub, { openedAt: '2026-11-21T09:00:00.000Z' } as Parameters<typeof embargoOver>[1]);
  const { id } = await hub.do<{ id: string }>(desk, releases.schedule, { advisoryId: advisory.id, goLiveAt });
  hub.clock.advance(60_000);
  await hub.do(house, releases.publishDue, {});
  expect(await hub.do(anonymous, releases.get, { id })).toMatchObject({
    ...{ state: 'published', version: 2 },
    further: [{ number: 2, takenBack: {} }, { number: 3 }],
  });
  await hub.do(house, tellRecord, { id });
  const told = (await stage.events(id)).filter((e) => e.event === 'release.cve-record').map((e) => e.payload);
  expect(told).toMatchObject([
    { cveId: 'CVE-2026-10001', isWithdrawn: false },
    { cveId: 'CVE-2026-10002', isWithdrawn: true },
  ]);
  // What mends the flaws that stand is enough now.
  await hub.do(house, fixes.match, { id });
  expect((await hub.do<{ items: { state: string }[] }>(operator!, fixes.list, {})).items).toMatchObject([{ state: 'not-affected' }]);
  // The first flaw too, but not the last.
  expect(await takeBack({ vulnerabilityId: a!.vulnerability })).toMatchObject({ takenBack: {}, further: [{ takenBack: {} }, {}] });
  expect(await takeBack({ vulnerabilityId: c })).toMatchObject({
    code: 'wrong_state',
    because: expect.stringContaining('take the advisory back'),
  });
  const first = await hub.do<Previewed>(desk, advisories.preview, { id: advisory.id });
  expect([first.osv, first['osv-2']].map((record) => 'withdrawn' in record)).toEqual([true, true]);
});

test('what is public of a flaw is in every later version', async () => {
  await stage.hub.settle({ ...upToCases, hops: [], works: [] });
  await stage.hub.do(house, cases.disclose, { id: caseA });
  expect(await draft({ further: [other()] })).toMatchObject({ code: 'malformed', at: '/further' });
  expect(caseB).not.toBe(caseA);
});
