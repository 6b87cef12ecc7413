import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { runDues } from '../../src/app/worker.ts';
import { day, hour } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { type Case, withVulnerability } from '../../src/clearinghouse/cases/case.ts';
import * as cves from '../../src/clearinghouse/cases/cves/actions.ts';
import { listCves, poolOf } from '../../src/clearinghouse/cases/cves/store.ts';
import { cveServices } from '../../src/io/cve/program.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { changeCase, draftInput, openCase, publishCase } from '../case.ts';
import { type CveWorld, cveAccount, openCveServices } from '../equipment/cve-services.ts';
import { openHub, type TestHub } from '../hub.ts';

let [world, hub]: [CveWorld, TestHub] = [undefined!, undefined!];
let [desk, second, lab]: Actor[] = [];
let n = 0;
beforeAll(async () => {
  world = await openCveServices();
  hub = await openHub({ cves: cveServices(world.origin, cveAccount) });
  desk = await hub.join('Clearinghouse', 'coordinator');
  second = await hub.join('Second', 'coordinator');
  lab = await hub.join('Lab', 'finder');
});
afterAll(async () => {
  await hub.close();
  await world.close();
});
beforeEach(() => void world.faults.splice(0));

const newCase = (name = `p${++n}`) => openCase(hub, `pkg:npm/${name}`, [lab!]);
const all = () => hub.doors.db.transaction(house.reads, (tx) => listCves(tx, '', 1000));
const ours = () => [...world.ids.values()].filter((held) => held.org === cveAccount.org);
const pool = () =>
  hub.do<{ left: number; errands: { id: string; state: string; because: string | null }[]; doubled: object[] }>(desk!, cves.pool, {});
const assign = (of: Case, more: object = {}) => hub.try(desk!, cves.assign, { id: of.id, ...more }) as Promise<{ cveId: string }>;
/** Everything the hub does by itself, again and again until it waits for an hour; then that hour comes. */
const later = async (ms = 0) => {
  hub.clock.advance(ms);
  await hub.settle(flow);
};

describe('the pool', () => {
  test('is not there until it is set, and then filled batch by batch', async () => {
    await later();
    expect(ours()).toEqual([]);
    expect(await assign(await newCase())).toMatchObject({ code: 'unavailable' });
    await hub.do(desk!, cves.setPool, { least: 12, most: 15 });
    await later();
    expect(await pool()).toMatchObject({ left: 15, errands: [] });
    expect(
      ours()
        .map((held) => held.cveId)
        .sort(),
    ).toEqual((await all()).map((of) => of.cveId));
    await later();
    expect(ours()).toHaveLength(15);
  });

  test.each(['lost', 'nonsense'] as const)('an answer that was %s leaks no id and takes none twice', async (fault) => {
    const before = ours().length;
    const left = (await pool()).left;
    await hub.do(desk!, cves.setPool, { least: left + 1, most: left + 5 });
    // Listing and quota answer; of the reservation nobody hears.
    world.faults.push(undefined as never, undefined as never, fault);
    await later();
    await later(hour);
    expect(ours()).toHaveLength(before + 5);
    expect((await all()).map((of) => of.cveId)).toEqual(
      ours()
        .map((held) => held.cveId)
        .sort(),
    );
    expect((await pool()).errands).toEqual([]);
  });

  test('busy, broken and hurried answers are tried again; who else reserves in the same authority keeps what is theirs', async () => {
    const theirs = world.reserveBy('colleague@example.org', 2026);
    const left = (await pool()).left;
    await hub.do(desk!, cves.setPool, { least: left + 1, most: left + 1 });
    world.pageSize = 4;
    world.faults.push('broken');
    await later();
    world.faults.push('slow-down');
    await later(hour);
    world.faults.push(...(Array(Math.ceil(ours().length / 4) + 1).fill(undefined) as never[]), 'busy');
    await later(hour);
    await later(hour);
    world.pageSize = 500;
    expect(await pool()).toMatchObject({ left: left + 1, errands: [] });
    expect((await all()).map((of) => of.cveId)).not.toContain(theirs);
  });

  test('without quota it is said, and asked again the next day', async () => {
    const { left } = await pool();
    world.quota = ours().length;
    await hub.do(desk!, cves.setPool, { least: left + 1, most: left + 2 });
    await later();
    expect((await pool()).errands).toMatchObject([{ state: 'refused', because: expect.stringContaining('EXCEEDED_ID_QUOTA') }]);
    const asked = world.asked.length;
    await later(hour);
    expect(world.asked.length).toBe(asked);
    world.quota = 1000;
    await later(day);
    expect((await pool()).left).toBe(left + 2);
  });

  test('its size is bounded', async () => {
    const set = (least: number, most: number) => hub.try(desk!, cves.setPool, { least, most });
    expect(await set(2, 1)).toMatchObject({ code: 'malformed' });
    expect(await set(0, limits.cvePoolIds + 1)).toMatchObject({ code: 'malformed' });
    expect(await set(0, limits.cvePoolIds)).toEqual({ ok: true });
    expect(await hub.doors.db.transaction(house.reads, poolOf)).toEqual({ least: 0, most: limits.cvePoolIds });
    expect(await hub.try(lab!, cves.setPool, { least: 0, most: 0 })).toMatchObject({ code: 'not_permitted' });
  });
});

describe('one flaw, one id', () => {
  let [first, other]: Case[] = [];
  test('is given once, to whoever coordinates; tier 1 sees it, nobody else', async () => {
    [first, other] = [await newCase(), await newCase()];
    const { cveId } = await assign(first);
    expect(cveId).toMatch(/^CVE-2026-\d+$/);
    expect(await assign(first)).toMatchObject({ code: 'conflict', because: expect.stringContaining(cveId) });
    expect(await hub.try(lab!, cves.ofCase, { id: first.id })).toMatchObject({ code: 'not_found' });
    expect(await hub.do(desk!, cves.ofCase, { id: first.id })).toMatchObject({ items: [{ cveId, state: 'assigned' }] });
    expect(await hub.try(lab!, cves.list, {})).toMatchObject({ code: 'not_permitted' });
  });

  test('a finder of one flaw of a case sees not the id of another', async () => {
    const of = await newCase();
    const { cveId } = await assign(of);
    const finder: Actor = { ...lab!, reads: [...lab!.reads, of.id], tiers: { ...lab!.tiers, [of.id]: 0 } };
    const ids = async (as: Actor) =>
      (await hub.do<{ items: { cveId: string }[] }>(as, cves.ofCase, { id: of.id })).items.map((c) => c.cveId);
    expect(await ids(finder)).toEqual([cveId]);
    const another = { ...of.vulnerabilities[0], id: `vul_${of.id.slice(4)}` as Case['vulnerabilities'][0]['id'] };
    await changeCase(hub, of.id, (c) => ({ ...c, vulnerabilities: [...c.vulnerabilities, another] }));
    await assign(of, { vulnerabilityId: another.id });
    expect(await ids(desk!)).toHaveLength(2);
    expect(await ids(finder)).not.toContain((await ids(desk!)).find((one) => one !== cveId));
  });

  test('two that turn out to be one are shown, and the younger is rejected as the other’s duplicate', async () => {
    const { cveId: stays } = (await hub.do<{ items: { cveId: string }[] }>(desk!, cves.ofCase, { id: first!.id })).items[0]!;
    const { cveId: goes } = await assign(other!);
    await changeCase(hub, other!.id, (of) =>
      withVulnerability(of, { ...of.vulnerabilities[0], continuesInId: first!.vulnerabilities[0].id }),
    );
    expect((await pool()).doubled).toEqual([{ keep: stays, reject: goes }]);
    await hub.do(desk!, cves.reject, { cveId: goes, because: 'Found to be one flaw.', replacedBy: stays });
    world.faults.push('lost');
    await later();
    await later(hour);
    expect(world.ids.get(goes)).toMatchObject({ state: 'REJECTED', record: { cnaContainer: { replacedBy: [stays] } } });
    expect(await hub.do(desk!, cves.ofCase, { id: other!.id })).toMatchObject({ items: [{ state: 'rejected', replacedBy: stays }] });
    expect(await assign(other!)).toMatchObject({ code: 'conflict', because: expect.stringContaining(stays) });
    expect((await pool()).doubled).toEqual([]);
  });

  test('what is no vulnerability gets none; what another gave is recorded, and theirs to reject', async () => {
    const none = await newCase();
    await changeCase(hub, none.id, (of) => ({ ...of, outcome: 'not-a-vulnerability' }));
    expect(await assign(none)).toMatchObject({ code: 'wrong_state' });
    const of = await newCase();
    await hub.do(desk!, cves.recordForeign, { id: of.id, cveId: 'CVE-2025-55555', by: 'vendor' });
    expect(await assign(of)).toMatchObject({ code: 'conflict', because: expect.stringContaining('from vendor') });
    expect(await hub.try(desk!, cves.reject, { cveId: 'CVE-2025-55555', because: 'x' })).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try(desk!, cves.recordForeign, { id: (await newCase()).id, cveId: 'CVE-2025-55555', by: 'vendor' })).toMatchObject({
      code: 'conflict',
    });
  });
});

test('of a case with several flaws each has its own id, and which is meant is said', async () => {
  const [a, b] = [await newCase(), await newCase()];
  await changeCase(hub, a.id, (of) => ({ ...of, vulnerabilities: [of.vulnerabilities[0], b.vulnerabilities[0]] }));
  expect(await assign(a)).toMatchObject({ code: 'malformed', at: '/vulnerabilityId' });
  const [one, two] = [
    await assign(a, { vulnerabilityId: a.vulnerabilities[0].id }),
    await assign(a, { vulnerabilityId: b.vulnerabilities[0].id }),
  ];
  expect(one.cveId).not.toBe(two.cveId);
  // In two cases, it is still one flaw.
  expect(await assign(b)).toMatchObject({ code: 'conflict', because: expect.stringContaining(two.cveId) });
  expect(await assign(b, { vulnerabilityId: a.vulnerabilities[0].id })).toMatchObject({ code: 'not_found' });
});

describe('whose scope it is', () => {
  const cna = (shortName: string, scope: string) => ({
    shortName,
    organizationName: shortName,
    scope,
    CNA: { isRoot: false, role: ['CNA'], type: ['Vendors and Projects'] },
  });
  const url = 'https://lists.example/CNAsList.json';
  const read = (list: unknown) => hub.try(desk!, cves.readList, { list: JSON.stringify(list), url });

  test('is told by what a person has read, the most special first; otherwise it could not be told', async () => {
    expect(
      await read([cna('vendor', 'All Acme issues, and projects on https://github.com/acme'), cna('acmelib', 'acme-lib only'), { odd: 1 }]),
    ).toMatchObject({ read: 2, skipped: 1 });
    const match = (purl: string) => hub.do(desk!, cves.match, { purl });
    expect(await match('pkg:npm/%40acme/acme-lib')).toMatchObject({
      verdict: 'could-not-tell',
      candidates: [{ shortName: 'acmelib' }, { shortName: 'vendor' }],
    });
    expect(await match('pkg:npm/nothing-of-theirs')).toMatchObject({ verdict: 'could-not-tell', candidates: [] });
    const scope = (covers: string, shortName: string) => hub.try(desk!, cves.setScope, { covers, shortName, because: 'its scope says so' });
    expect(await scope('pkg:npm/%40acme', 'nobody')).toMatchObject({ code: 'not_found' });
    await scope('pkg:npm/%40acme', 'vendor');
    await scope('pkg:npm/%40acme/acme-lib', 'acmelib');
    expect(await match('pkg:npm/%40acme/acme-lib')).toMatchObject({ verdict: 'covered', shortName: 'acmelib' });
    expect(await match('pkg:npm/%40acme/x')).toMatchObject({ verdict: 'covered', shortName: 'vendor' });
    // As a package is named elsewhere: a scope covers it whatever its version.
    expect(await match('pkg:npm/@acme/acme-lib@1.2.3?arch=x')).toMatchObject({ verdict: 'covered', shortName: 'acmelib' });
    expect(await match('pkg:npm/%40acmes/x')).toMatchObject({ verdict: 'could-not-tell' });
  });

  test('and where it is another’s, that is asked first', async () => {
    const of = await newCase('%40acme/x');
    expect(await assign(of)).toMatchObject({ code: 'not_permitted', at: '/because' });
    expect(await assign(of, { because: 'vendor did not answer within 72 hours' })).toMatchObject({
      because: 'vendor did not answer within 72 hours',
    });
  });

  test('a list is bounded', async () => {
    expect(await read(Array(limits.cnas + 1).fill(cna('a1', 'a')))).toMatchObject({ code: 'too_many' });
    expect(await read({})).toMatchObject({ code: 'malformed' });
    expect(await hub.try(desk!, cves.readList, { list: ' '.repeat(limits.cnaListBytes + 1), url })).toMatchObject({ code: 'malformed' });
    expect(limits.cnaScopes).toBeGreaterThan(100);
  });
});

describe('the record', () => {
  test('says what the release says, also when the answer is lost; a later version updates it, a withdrawal rejects it', async () => {
    const of = await newCase();
    const { cveId } = await assign(of);
    const given = { ...draftInput(of, [{ fixed: '2.0.0' }]), cve: cveId };
    world.faults.splice(0);
    await publishCase(hub, of, [desk!, second!], [{ fixed: '2.0.0' }], { cve: cveId });
    world.faults.push('lost');
    await later();
    await later(hour);
    expect(given.cve).toBe(cveId);
    expect(world.ids.get(cveId)).toMatchObject({
      state: 'PUBLISHED',
      record: { cnaContainer: { descriptions: [{ lang: 'en', value: 'A crafted input breaks it.' }] } },
    });
    expect(await hub.do(desk!, cves.ofCase, { id: of.id })).toMatchObject({ items: [{ state: 'published' }] });
    const texts = (await all()).map((c) => JSON.stringify(c)).join();
    expect(texts).not.toContain(cveAccount.key);
  });

  test('that CVE Services does not take is said, and a person has it tried again', async () => {
    const of = await newCase();
    const { cveId } = await assign(of);
    await hub.do(house, cves.takeRecord, { caseId: of.id, cveId, container: { descriptions: [] }, isWithdrawn: false });
    await later();
    const [errand] = (await pool()).errands;
    expect(errand).toMatchObject({ state: 'refused', because: expect.stringContaining("must have required property 'affected'") });
    await hub.do(desk!, cves.retry, { id: errand!.id });
    expect(await hub.try(desk!, cves.retry, { id: errand!.id })).toMatchObject({ code: 'wrong_state' });
    // What is to be said now takes the place of what was not taken.
    await hub.do(house, cves.takeRecord, {
      caseId: of.id,
      cveId,
      container: { descriptions: [], affected: [], references: [] },
      isWithdrawn: false,
    });
    await later();
    expect(world.ids.get(cveId)!.state).toBe('PUBLISHED');
    expect((await pool()).errands).toEqual([]);
  });
});

test('what is left of a year is let go when its days of grace are over, once, and is given to nobody before', async () => {
  const { left } = await pool();
  expect(left).toBeGreaterThan(3);
  await hub.do(desk!, cves.setPool, { least: 1, most: 2 });
  await later(60 * day);
  const now = await all();
  expect(now.filter((of) => of.year === 2027 && of.state === 'pooled')).toHaveLength(2);
  expect(now.filter((of) => of.year === 2026 && of.state === 'pooled')).toHaveLength(left);
  await later((31 + limits.cveGraceDays) * day);
  await runDues(hub.doors, flow);
  await later(day);
  const after = (await all()).filter((of) => of.year === 2026 && of.state === 'rejected' && of.caseId === null);
  expect(after).toHaveLength(left);
  expect(after.every((of) => world.ids.get(of.cveId)!.state === 'REJECTED')).toBe(true);
});
