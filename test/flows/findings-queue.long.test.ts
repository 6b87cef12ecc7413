import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { followOnce } from '../../src/app/worker.ts';
import { day, hour, minute } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { labPriorityOf, lastWaits } from '../../src/clearinghouse/findings/queue/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

// Hundreds of acts a test: seconds on a machine that has other work.
vi.setConfig({ testTimeout: 120_000 });

let hub: TestHub;
let [flood, other, desk, agency]: Actor[] = [];
const poc = { filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAEC' };
const open = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
type Place = {
  band: string;
  because: string;
  isOverQuota: boolean;
  acknowledgeBy: string;
  acknowledgedAt: string | null;
  isOverdue: boolean;
};
type Own = Place & { usualWaitHours: number | null };
type Backlog = { band: string; waiting: number; overdue: number; overQuota: number; usualWaitHours: number | null };
type Queue = { items: (Place & { findingId: string; orgId: string })[]; next: string | null; backlog: Backlog[] };
type Quota = { perDay: number; learnedPerDay: number; usedToday: number; set: object | null; appeal: object | null; records: object[] };

let n = 0;
async function submit(as: Actor, over: object = {}): Promise<string> {
  const input = { title: `t${n++}`, text: 'x', purl: `pkg:npm/queue-${n}@1.0.0`, ...over };
  return (await hub.do<{ id: string }>(as, findings.submit, input)).id;
}
const queue = (input: object = {}) => hub.do<Queue>(desk!, findings.queue, { limit: limits.pageRows, ...input });
const place = (as: Actor, id: string) => hub.do<Own>(as, findings.place, { id });
const judge = (id: string, verdict: string) => hub.do(house, findings.judge, { id, verdict, because: 'b' });

beforeAll(async () => {
  hub = await openHub();
  flood = await hub.join('Flood', 'finder');
  other = await hub.join('Other', 'finder');
  desk = await hub.join('Desk', 'coordinator');
  agency = await hub.join('Agency', 'evaluator');
});
afterAll(() => hub.close());

test('one flooding submitter does not delay the incident of another, at the desk or in the lab', async () => {
  for (let i = 0; i < limits.quotaFirstPerDay / 2 + 5; i++) await submit(flood!, { exploited: true, attachments: [poc] });
  const mine = await submit(other!, { exploited: true, attachments: [poc] });
  await hub.settle(flow);
  const { items } = await queue();
  expect(items.findIndex((item) => item.findingId === mine)).toBeLessThanOrEqual(1);
  const all = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  const queued = all.flatMap(({ body }) => (body?.event === 'finding.queued' ? [body] : []));
  const priorityOf = (id: string) => hub.doors.db.transaction(house.reads, (tx) => labPriorityOf(tx, id));
  const [own, priorities] = [await priorityOf(mine), await Promise.all(queued.map(({ thing }) => priorityOf(thing)))];
  expect(priorities.filter((priority) => priority >= own).length).toBeLessThanOrEqual(3);
  // Its finder reads the entry: a place in the queue would tell them of the others in it.
  expect(Object.keys(queued[0]!.payload as object).sort()).toEqual(['band', 'because', 'isOverQuota', 'package']);
});

test('beyond the quota of the day a finding is received like all, waits behind, and its finder is told', async () => {
  const { backlog } = await queue();
  expect(backlog.find((b) => b.band === 'INCIDENT')).toMatchObject({ waiting: limits.quotaFirstPerDay / 2 + 6, overQuota: 5, overdue: 0 });
  const late = await submit(flood!);
  await hub.settle(flow);
  expect(await place(flood!, late)).toMatchObject({ isOverQuota: true, band: 'NEEDS-INFO', because: 'nothing to replay' });
  expect(await hub.do<Quota>(flood!, findings.quota, {})).toMatchObject({ perDay: limits.quotaFirstPerDay / 2, set: null });
  hub.clock.advance(day + minute);
  const tomorrow = await submit(flood!);
  await hub.settle(flow);
  expect((await place(flood!, tomorrow)).isOverQuota).toBe(false);
});

test('clocks: an overdue answer is said once, an answer stops the clock, and the usual wait is told of five organisations at least', async () => {
  const id = await submit(other!, { exploited: true, attachments: [poc] });
  await hub.settle(flow);
  const before = await place(other!, id);
  expect(before).toMatchObject({ band: 'INCIDENT', isOverdue: false, usualWaitHours: null });
  hub.clock.advance(2 * hour + minute);
  await hub.settle(flow);
  hub.clock.advance(minute);
  await hub.settle(flow);
  const said = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  expect(said.filter(({ body }) => body?.event === 'finding.overdue' && body.thing === id)).toHaveLength(1);
  expect((await place(other!, id)).isOverdue).toBe(true);
  await hub.do(desk!, findings.acknowledge, { id });
  expect(await hub.try(desk!, findings.acknowledge, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await place(other!, id)).toMatchObject({ isOverdue: false, usualWaitHours: null });
  for (let i = 0; i < limits.rollupOperators; i++) {
    const { items } = await queue({ limit: 1 });
    await hub.do(desk!, findings.acknowledge, { id: items[0]!.findingId });
  }
  // Of many findings, but of two organisations: either would learn how the other is served. The staff knows anyway.
  expect((await place(other!, id)).usualWaitHours).toBeNull();
  expect((await queue()).backlog.find((b) => b.band === 'INCIDENT')!.usualWaitHours).toBeGreaterThan(24);
  for (let i = 0; i < limits.rollupOperators - 2; i++) {
    const one = await submit(await hub.join(`One of several ${i}`, 'finder'), { exploited: true, attachments: [poc] });
    await hub.settle(flow);
    hub.clock.advance(2 * day);
    await hub.do(desk!, findings.acknowledge, { id: one });
  }
  expect((await place(other!, id)).usualWaitHours).toBeGreaterThan(24);
  for (let i = 0; i < limits.waitsCounted + 1; i++) {
    const quick = await submit(other!, { exploited: true, attachments: [poc] });
    await hub.settle(flow);
    await hub.do(desk!, findings.acknowledge, { id: quick });
  }
  const waits = await hub.doors.db.transaction(house.reads, (tx) => lastWaits(tx, 'INCIDENT'));
  expect(waits).toHaveLength(limits.waitsCounted);
  expect((await queue()).backlog.find((b) => b.band === 'INCIDENT')!.usualWaitHours).toBe(0);
});

test('a verdict moves a finding into its band; a person\u2019s word stays', async () => {
  const local = 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H';
  const [replayed, contradicted, kept] = [
    await submit(other!, { cvss: local, attachments: [poc] }),
    await submit(other!, { cvss: open, attachments: [poc] }),
    await submit(other!, { cvss: open, attachments: [poc] }),
  ];
  await hub.settle(flow);
  await hub.do(desk!, findings.setBand, { id: kept, band: 'URGENT', because: 'the maintainer says it is behind a flag' });
  await judge(replayed!, 'reproduced');
  await judge(contradicted!, 'not-reproduced');
  await judge(kept!, 'not-reproduced');
  await hub.settle(flow);
  expect(await place(other!, replayed!)).toMatchObject({ band: 'URGENT', because: 'high impact, replayed here' });
  expect((await place(other!, contradicted!)).band).toBe('NEEDS-INFO');
  expect(await place(other!, kept!)).toMatchObject({ band: 'URGENT', because: 'the maintainer says it is behind a flag' });
});

test('the queue pages through everything once, and leaves out what was taken back or closed', async () => {
  const id = await submit(other!);
  await hub.settle(flow);
  await hub.do(other!, findings.withdraw, { id, because: 'x' });
  const seen: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: Queue = await queue({ after, limit: 7 });
    seen.push(...page.items.map((item) => item.findingId));
    after = page.next;
  }
  const { backlog } = await queue();
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(backlog.reduce((sum, b) => sum + b.waiting, 0));
  expect(seen).not.toContain(id);
});

test('the quota learns from what the lab found, tool by tool; a person sets it for a time, and an appeal is answered', async () => {
  const noisy = await hub.join('Noisy', 'finder');
  const quota = (as: Actor, input: object = {}) => hub.do<Quota>(as, findings.quota, input);
  for (let i = 0; i < 12; i++) {
    const id = await submit(noisy, { attachments: [poc], discoveryTooling: 'Scanner 2.1' });
    await hub.settle(flow);
    await judge(id, 'not-reproduced');
  }
  await hub.settle(flow);
  const learned = await quota(noisy);
  expect(learned.perDay).toBeLessThan(limits.quotaFirstPerDay / 4);
  expect(learned.records).toEqual([{ tooling: 'scanner', submitted: 12, replayed: 0, contradicted: 12, undecided: 0 }]);
  // Judged could-not-tell at once, as there is no recipe, and then contradicted: counted once.
  expect(await hub.try(other!, findings.quota, { orgId: noisy.orgId })).toMatchObject({ code: 'not_found' });
  await hub.do(noisy, findings.appealQuota, { because: 'your recipe was for another version' });
  expect((await quota(desk!, { orgId: noisy.orgId })).appeal).toMatchObject({ because: 'your recipe was for another version' });
  const until = '2027-01-01T00:00:00Z';
  const set = await hub.do<Quota>(desk!, findings.setQuota, { orgId: noisy.orgId, perDay: 300, until, because: 'they are right' });
  expect(set).toMatchObject({ perDay: 300, learnedPerDay: learned.perDay, appeal: null });
  hub.clock.advance(60 * day);
  expect((await quota(noisy)).set).toBeNull();
  expect(await hub.try(noisy, findings.setQuota, { orgId: noisy.orgId, perDay: 300, because: 'x' })).toMatchObject({
    code: 'not_permitted',
  });
});

test('what others showed with a tool is expected of a newcomer only where many use it: its quota does not tell of one other', async () => {
  const made = { attachments: [poc], discoveryTooling: 'Rare 1.0' };
  const isFirstOver = async (name: string) => {
    const newcomer = await hub.join(name, 'finder');
    for (let i = 0; i < limits.quotaFirstPerDay / 4; i++) await submit(newcomer, made);
    const last = await submit(newcomer, made);
    await hub.settle(flow);
    return (await place(newcomer, last)).isOverQuota;
  };
  const use = async (name: string) => {
    const user = await hub.join(name, 'finder');
    for (let k = 0; k < 5; k++) {
      const id = await submit(user, made);
      await hub.settle(flow);
      await judge(id, 'not-reproduced');
    }
    await hub.settle(flow);
  };
  // The newcomer that is looked at uses the tool as well.
  for (let i = 0; i < limits.rollupOperators - 2; i++) await use(`User ${i}`);
  expect(await isFirstOver('Newcomer')).toBe(false);
  await use('One more');
  expect(await isFirstOver('Late newcomer')).toBe(true);
});

test('who looked at a quota is in the log', async () => {
  await hub.do(desk!, findings.quota, { orgId: other!.orgId });
  const all = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  const reads = all.filter(({ body }) => body?.event === 'log.read' && body.actor === desk!.id && body.thing === 'findings.quota');
  expect(reads.at(-1)!.body!.label.compartments).toContain(other!.orgId);
});

test('the limits of a quota and of the tools told apart', async () => {
  const because = 'x';
  const set = (perDay: number) => hub.try(desk!, findings.setQuota, { orgId: other!.orgId, perDay, because });
  expect(await set(limits.quotaMostPerDay)).toMatchObject({ perDay: limits.quotaMostPerDay });
  expect(await set(limits.quotaMostPerDay + 1)).toMatchObject({ code: 'malformed' });
  const many = await hub.join('Many tools', 'finder');
  for (let i = 0; i <= limits.toolsPerRecord; i++)
    await submit(many, { discoveryTooling: `tool-${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i)}` });
  await hub.settle(flow);
  const { records } = await hub.do<Quota & { records: { tooling: string }[] }>(many, findings.quota, {});
  expect(records.length).toBeLessThanOrEqual(limits.toolsPerRecord);
});

test('nobody else learns where a finding stands', async () => {
  const id = await submit(other!);
  await hub.settle(flow);
  for (const stranger of [flood!, agency!]) expect(await hub.try(stranger, findings.place, { id })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(flood!, findings.queue, {})).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(flood!, findings.acknowledge, { id })).toMatchObject({ code: 'not_permitted' });
});

test('the queue is in the flow once: following again moves nothing', async () => {
  expect(await followOnce(hub.doors, flow, async () => {})).toBe(0);
});
