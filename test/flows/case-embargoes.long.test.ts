import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, hour } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { verifierKey } from '../../src/base/signature.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import { clocks, owed } from '../../src/clearinghouse/cases/clocks/actions.ts';
import type { ClockOut } from '../../src/clearinghouse/cases/clocks/wire.ts';
import * as embargoes from '../../src/clearinghouse/cases/embargoes/actions.ts';
import * as ends from '../../src/clearinghouse/cases/embargoes/ends/actions.ts';
import { preferEmbargo } from '../../src/clearinghouse/cases/embargoes/parties/actions.ts';
import { bindPolicy, listKnownPolicies } from '../../src/clearinghouse/cases/embargoes/policies/actions.ts';
import type { TermsOut } from '../../src/clearinghouse/cases/embargoes/wire.ts';
import { ledger } from '../../src/clearinghouse/cases/ledger/actions.ts';
import { type Ledger, verifyLedger } from '../../src/clearinghouse/cases/ledger/ledger.ts';
import { addCoordinator } from '../../src/clearinghouse/cases/participants/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { changeCase, openCase } from '../case.ts';
import { openStage, type Stage } from './cases-stage.ts';

interface AdvisoryOut {
  readonly id: string;
}
let stage: Stage;
let upstream: Actor;
beforeAll(async () => {
  stage = await openStage();
  upstream = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  await stage.hub.settle(flow);
});
afterAll(() => stage.hub.close());

const id = () => stage.caseId;
const inDays = (days: number) => new Date(Date.parse(stage.hub.clock.now()) + days * day).toISOString();
const terms = (as: Actor, over: object = {}) => stage.hub.do<TermsOut>(as, embargoes.embargoTerms, { id: id(), ...over });
const propose = (as: Actor, days: number, over: object = {}) =>
  stage.hub.try(as, embargoes.proposeEmbargo, { id: id(), endsAt: inDays(days), because: 'a release train', ...over });
const running = async (as: Actor, kind: string) =>
  (await stage.hub.do<{ items: ClockOut[] }>(as, clocks, { id: id() })).items.filter((c) => c.kind === kind && c.doneAt === null);
const told = async (caseId = id()) =>
  (await stage.hub.doors.db.transaction(house.reads, (tx) => historyOf(tx, caseId, 1000))).map((e) => e.body.event);
/** The finder's ledger of the case names no other party, by organisation or person, and verifies. */
const othersUnnamed = async () => {
  const exported = await stage.hub.do<Ledger>(stage.finder, ledger, { id: id() });
  for (const other of [upstream.id, upstream.orgId!]) expect(JSON.stringify(exported)).not.toContain(other);
  const signer = stage.hub.doors.keys.signer('log');
  const key = verifierKey(signer.name, signer.publicKey);
  const nameless = exported.entries.filter((e) => e.body.actor === null);
  expect(verifyLedger(exported, key)).toMatchObject({ nameless: nameless.length });
  if (nameless[0]) {
    const forged = exported.entries.map((e) => (e === nameless[0] ? { ...e, body: { ...e.body, event: 'case.closed' } } : e));
    expect(verifyLedger({ ...exported, entries: forged }, key)).toMatchObject({ code: 'untrusted' });
  }
  return exported.entries;
};
const pass = async (ms: number) => {
  stage.hub.clock.advance(ms);
  await stage.hub.settle(flow);
};

test('from the opening a clock runs to the end, written with hour and zone', async () => {
  expect(await running(stage.desk, 'embargo')).toMatchObject([{ dueAt: inDays(limits.houseEmbargoDays), standing: 'running' }]);
  const shown = await terms(upstream, { zone: 'America/New_York', calendar: 'us-federal' });
  expect(shown).toMatchObject({ state: 'none', endsWritten: '2026-12-12 04:00 America/New_York (UTC-5)', endsOnBusinessDay: false });
  expect(shown.windows).toMatchObject([{ source: 'house-default', governs: true }]);
  expect(shown.eligibility.verdict).toBe('available');
  expect((await terms(stage.finder)).eligibility).toEqual({ verdict: 'available', because: expect.any(String), rows: [] });
  expect(shown.interim).toBeUndefined();
  expect((await terms(stage.desk)).interim?.summary).not.toMatch(/SECRET/);
  expect(await stage.hub.try(upstream, embargoes.embargoTerms, { id: id(), zone: 'Mars/Olympus' })).toMatchObject({ code: 'malformed' });
});

test('each party says its bounds, and learns only what all have in common', async () => {
  const prefer = (as: Actor, min: string, preferred: string, max: string) =>
    stage.hub.try(as, preferEmbargo, { id: id(), min, preferred, max });
  await prefer(upstream, 'P7D', 'P40D', 'P60D');
  // Only one has spoken: what all have in common would be that one's wish.
  expect((await terms(stage.finder)).standing.overlap).toBeNull();
  expect(await prefer(stage.finder, 'P5D', 'P14D', 'P30D')).toMatchObject({
    preferences: [{ orgId: stage.finder.orgId }],
    overlap: { isThere: true },
  });
  expect((await terms(stage.finder)).standing.overlap).toEqual({ isThere: true });
  expect((await terms(stage.desk)).standing.overlap).toMatchObject({ from: inDays(7), to: inDays(30), suggested: inDays(14) });
  expect(JSON.stringify(await terms(stage.finder))).not.toContain(upstream.orgId);
  expect((await terms(stage.desk)).standing.preferences).toHaveLength(2);
  expect(await prefer(upstream, 'P7D', 'P40D', `P${limits.embargoDays + 1}D`)).toMatchObject({ code: 'malformed', at: '/max' });
  expect(await prefer(upstream, 'P7D', 'P40D', `P${limits.embargoDays}D`)).toMatchObject({ overlap: { isThere: true } });
  expect((await terms(stage.desk)).standing.overlap).toMatchObject({ to: inDays(30) });
  const tester = await stage.enter(await stage.hub.join('Tester', 'operator'), 1);
  expect(await prefer(tester, 'P1D', 'P1D', 'P1D')).toMatchObject({ code: 'not_permitted' });
});

describe('silence', () => {
  test('on a later time declines it when the hour comes, and whoever was asked saw it coming', async () => {
    expect(await propose(upstream, 40)).toMatchObject({ state: 'proposed' });
    expect((await terms(stage.finder)).proposal).toMatchObject({ silence: 'decline', isAsked: true });
    // How many parties there are is for the coordinator.
    expect((await terms(stage.finder)).proposal).not.toHaveProperty('asked');
    expect((await terms(stage.desk)).proposal).toMatchObject({ asked: 1, accepted: 0 });
    expect((await terms(upstream)).proposal).toMatchObject({ isAsked: false });
    expect(await running(stage.finder, 'embargo-answer')).toMatchObject([{ isOwn: true, dueAt: inDays(limits.answerDaysUsual) }]);
    expect(await running(upstream, 'embargo-answer')).toEqual([]);
    await pass(limits.answerDaysUsual * day - 1);
    expect(await terms(stage.finder)).toMatchObject({ state: 'proposed' });
    await pass(1);
    expect(await terms(stage.finder)).toMatchObject({ state: 'none', proposal: null, source: 'house-default' });
    expect(await running(stage.finder, 'embargo-answer')).toEqual([]);
    expect((await told()).filter((event) => event === 'case.embargo-declined')).toHaveLength(1);
    await othersUnnamed();
  });

  test('on an earlier time accepts it', async () => {
    await propose(stage.finder, 5, { answerBy: inDays(2) });
    await pass(2 * day);
    expect(await terms(upstream)).toMatchObject({ state: 'active', source: 'negotiated', endsAt: inDays(3) });
    expect(await running(stage.desk, 'embargo')).toMatchObject([{ dueAt: inDays(3) }]);
    const agreed = await othersUnnamed();
    // What came of it is told, proven by the log: the house acted.
    expect(agreed.filter((e) => e.body.event === 'case.embargo-agreed')).toMatchObject([
      { body: { actor: 'house', payload: { endsAt: inDays(3) } } },
    ]);
  });

  test('a party that declines is not named to the others, and the ledger verifies all the same', async () => {
    await propose(stage.finder, 4);
    await stage.hub.do(upstream, embargoes.answerEmbargo, { id: id(), answer: 'decline' });
    const declined = (await othersUnnamed()).filter((e) => e.body.event === 'case.embargo-declined').at(-1)!;
    expect(declined.body).toMatchObject({ actor: null, salt: null });
    expect(Object.keys(declined.body.payload as object).sort()).toEqual(['because', 'endsAt', 'source']);
  });
});

test('a list that was told caps it from that hour on; what the product knows names its source', async () => {
  const { items } = await stage.hub.do<{ items: { name: string; url: string; readFrom: string }[] }>(upstream, listKnownPolicies, {});
  expect(items.map((p) => p.name)).toContain('linux-distros');
  for (const policy of items) expect(policy.url).toMatch(/^https:\/\//);
  const bind = (as: Actor, name: string, since = inDays(-12)) => stage.hub.try(as, bindPolicy, { id: id(), name, since });
  expect(await bind(upstream, 'linux-distros')).toMatchObject({ code: 'not_permitted' });
  expect(await bind(stage.desk, 'No Such List')).toMatchObject({ code: 'not_found', at: '/name' });
  expect(await bind(stage.desk, 'linux-distros', inDays(1))).toMatchObject({ code: 'malformed', at: '/since' });
  await bind(stage.desk, 'linux-distros');
  expect(await terms(upstream)).toMatchObject({ source: 'list-cap', endsAt: inDays(2), because: 'linux-distros caps at 14 days' });
  expect((await terms(upstream)).policies).toMatchObject([{ name: 'linux-distros', url: expect.stringContaining('openwall') }]);
});

describe('a leak', () => {
  test('is reported by anybody who is read in, and the desk owes an answer that another report does not put off', async () => {
    const leak = (as: Actor) =>
      stage.hub.do<{ answerBy: string }>(as, ends.reportLeak, { id: id(), where: 'a forum', what: 'SECRET-LEAK' });
    const { answerBy } = await leak(stage.finder);
    stage.hub.clock.advance(hour);
    expect((await leak(upstream)).answerBy).toBe(answerBy);
    expect((await stage.hub.do<{ items: ClockOut[] }>(stage.desk, owed, {})).items.map((c) => c.kind)).toContain('leak-answer');
    await stage.hub.do(stage.desk, ends.dismissLeak, { id: id(), because: 'an old one' });
    expect(await stage.hub.try(stage.desk, ends.dismissLeak, { id: id(), because: 'x' })).toMatchObject({ code: 'wrong_state' });
    expect(await terms(upstream)).toMatchObject({ state: 'active', fastTrack: null });
  });

  test('ends the embargo at once and opens the fast track once, with a clock for the first words to the public', async () => {
    const end = (as: Actor) => stage.hub.try(as, ends.terminateEmbargo, { id: id(), reason: 'leak', because: 'it is on a public list' });
    expect(await end(upstream)).toMatchObject({ code: 'not_permitted' });
    expect(await end(stage.desk)).toMatchObject({ state: 'exited' });
    expect(await end(stage.desk)).toMatchObject({ code: 'wrong_state' });
    await stage.hub.settle(flow);
    expect(await terms(upstream)).toMatchObject({ state: 'exited', because: 'ended early: leak', fastTrack: { because: 'leak' } });
    expect(await running(stage.desk, 'interim-advisory')).toMatchObject([{ standing: 'running' }]);
    for (const kind of ['embargo', 'embargo-answer', 'leak-answer']) expect(await running(stage.desk, kind)).toEqual([]);
    expect((await told()).filter((event) => event === 'case.fast-track-opened')).toHaveLength(1);
    expect(await propose(upstream, 10)).toMatchObject({ code: 'wrong_state' });
  });

  test('has its interim advisory drafted, which tells nothing of the flaw and waits for a person', async () => {
    const { advisory } = await stage.hub.do<{ advisory: AdvisoryOut }>(stage.desk, advisories.ofCase, { caseId: id() });
    expect(advisory).toMatchObject({ state: 'draft', revision: 1, draftedBy: house.id });
    expect(JSON.stringify(advisory)).not.toContain('SECRET');
    expect(await stage.hub.do(stage.desk, advisories.approve, { id: advisory.id })).toMatchObject({ state: 'approved' });
  });
});

describe('whether an embargo is to be had', () => {
  let caseId: string;
  const of = (as: Actor) => stage.hub.do<TermsOut>(as, embargoes.embargoTerms, { id: caseId });
  const judge = (as: Actor, rule: string, holds: boolean, over: object = {}) =>
    stage.hub.try(as, ends.judgeEligibility, { id: caseId, rule, holds, because: 'asked and told', ...over });

  const ask = (days: number) =>
    stage.hub.try(stage.desk, embargoes.proposeEmbargo, { id: caseId, endsAt: inDays(days), because: 'more time' });

  test('where a report says nothing, no more than the house default is agreed before somebody has told', async () => {
    caseId = (await openCase(stage.hub, 'pkg:npm/quiet@1.0.0', [stage.finder])).id;
    expect((await of(stage.desk)).eligibility.verdict).toBe('could-not-tell');
    expect(await ask(limits.houseEmbargoDays + 1)).toMatchObject({ code: 'wrong_state', at: '/endsAt' });
    expect(await judge(stage.finder, 'public-tooling', false)).toMatchObject({ code: 'not_permitted' });
    await judge(stage.desk, 'public-tooling', false);
    expect((await of(stage.desk)).eligibility.verdict).toBe('available');
    expect(await ask(limits.houseEmbargoDays + 1)).toMatchObject({ state: 'proposed' });
  });

  test('an embargo elsewhere ties it to that date', async () => {
    expect(await judge(stage.desk, 'embargo-elsewhere', true)).toMatchObject({ code: 'malformed' });
    await judge(stage.desk, 'embargo-elsewhere', true, { endsAt: inDays(4) });
    expect(await of(stage.desk)).toMatchObject({ source: 'elsewhere', endsAt: inDays(4) });
  });

  test('another who has published forecloses it, and what was on the table is gone', async () => {
    expect(await judge(stage.desk, 'disclosed-elsewhere', true)).toMatchObject({ state: 'exited' });
    expect(await of(stage.desk)).toMatchObject({ proposal: null, eligibility: { verdict: 'none' } });
    expect(await told(caseId)).toEqual(expect.arrayContaining(['case.embargo-foreclosed', 'case.embargo-ended']));
  });

  test('a report made with public tooling joins, and forecloses what was agreed before', async () => {
    caseId = (await openCase(stage.hub, 'pkg:npm/joined@1.0.0', [stage.finder])).id;
    await judge(stage.desk, 'public-tooling', false);
    await stage.hub.do(house, ends.reckonEmbargo, { id: caseId });
    expect(await of(stage.desk)).toMatchObject({ state: 'none' });
    const report = { title: 'The same', text: 'Found by a public model.', purl: 'pkg:npm/joined@1.0.0', toolingAccess: 'public' };
    const { id: findingId } = await stage.hub.do<{ id: Case['findingIds'][number] }>(stage.finder, findings.submit, report);
    await changeCase(stage.hub, caseId, (c) => ({ ...c, findingIds: [...c.findingIds, findingId], embargo: { ...c.embargo, judged: [] } }));
    await stage.hub.do(house, ends.reckonEmbargo, { id: caseId });
    expect(await of(stage.desk)).toMatchObject({ state: 'exited', because: 'foreclosed' });
    // How a report was found is not what tier 2 reads of an embargo.
    expect(await of(stage.desk)).toMatchObject({ eligibility: { because: expect.stringContaining('public AI tooling') } });
    expect(await ask(3)).toMatchObject({ code: 'wrong_state' });
  });
});

test('where a case goes on in another, the earlier of the two ends holds there', async () => {
  const [from, into] = [
    await openCase(stage.hub, 'pkg:npm/one@1.0.0', [stage.finder]),
    await openCase(stage.hub, 'pkg:npm/two@1.0.0', [stage.finder]),
  ];
  const endsAt = inDays(9);
  const second = await stage.hub.join('Second desk', 'coordinator');
  await stage.hub.do(stage.desk, addCoordinator, { id: from.id, orgId: second.orgId });
  await stage.hub.do(second, embargoes.proposeEmbargo, { id: from.id, endsAt, because: 'a release' });
  await stage.hub.do(stage.desk, embargoes.answerEmbargo, { id: from.id, answer: 'accept' });
  await stage.hub.do(house, ends.adoptEarlierEnd, { id: from.id, intoId: into.vulnerabilities[0].id });
  expect(await stage.hub.do(stage.desk, embargoes.embargoTerms, { id: into.id })).toMatchObject({ source: 'elsewhere', endsAt });
});
