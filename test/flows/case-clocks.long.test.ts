import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { day, epochMs, hour, type Instant, plusMs } from '../../src/base/instant.ts';
import { type Clock, type ClockKind, type Owner, owedByDesk } from '../../src/clearinghouse/cases/clocks/clock.ts';
import { clocksOfCase, startClock } from '../../src/clearinghouse/cases/clocks/store.ts';
import { openEmbargo, propose } from '../../src/clearinghouse/cases/embargoes/embargo.ts';
import { caseById } from '../../src/clearinghouse/cases/store.ts';
import { house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { changeCase, openCase } from '../case.ts';
import { openHub, type TestHub, testStart } from '../hub.ts';

// Four hundred days in steps of half a day, in processes that are killed on the way.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const [days, stepMs, cases] = [400, 12 * hour, 40];
const kinds: readonly ClockKind[] = ['acknowledgement', 'assessment', 'contact', 'interim-advisory', 'cra-notification'];

let hub: TestHub;
const ids: string[] = [];
beforeAll(async () => {
  hub = await openHub();
  const supplier: Owner = { by: 'org', id: 'org_x', orgId: 'org_x' };
  for (let n = 0; n < cases; n++) {
    const of = await openCase(hub, `pkg:npm/c${n}@1.0.0`, []);
    ids.push(of.id);
    // Embargoes end all over the year; every third has a proposal on the table that nobody answers.
    const embargo = openEmbargo(plusMs(testStart, (n * 9 + 1) * day), []);
    const offer = { byId: 'psn_x', byOrgId: 'org_x', endsAt: plusMs(testStart, (n * 9 + 15) * day), because: 'x', at: testStart };
    const wished = n < 7 && n % 3 === 0 ? propose(embargo, offer, testStart) : embargo;
    const put = 'refused' in wished ? embargo : wished;
    await changeCase(hub, of.id, (c) => ({ ...c, embargo: put }));
    await hub.doors.db.transaction(house.reads, async (tx) => {
      const start = (kind: ClockKind, about: string, owedBy: Owner, dueAt: Instant) => {
        const id = makeId('clk', epochMs(testStart), hub.doors.chance(10));
        return startClock(tx, { id, caseId: of.id, kind, about, owedBy, because: 'x', startedAt: testStart, dueAt });
      };
      for (const [k, kind] of kinds.entries())
        await start(kind, `${k}`, k % 2 ? owedByDesk : supplier, plusMs(testStart, ((n * 53 + k * 79) % 398) * day + (n + 1) * hour));
      if (put.proposal) await start('embargo-answer', '', owedByDesk, put.proposal.answerBy);
    });
  }
});
afterAll(() => hub.close());

/** A process that goes on from `done`; killed after some steps, or left to the end. Returns how far it came. */
async function drive(done: number, killAfter: number | undefined): Promise<number> {
  const steps = (days * day) / stepMs - done;
  const from = plusMs(testStart, done * stepMs);
  const told = JSON.stringify({ at: hub.at, from, steps, stepMs });
  const driver = spawn(process.execPath, [join(import.meta.dirname, '../equipment/clock-driver.ts'), told], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reached = 0;
  driver.stdout.on('data', (bytes: Buffer) => {
    reached = Number(bytes.toString().trim().split('\n').at(-1));
    // Wherever it happens to be: in a transaction, or between two.
    if (killAfter !== undefined && reached >= killAfter) driver.kill('SIGKILL');
  });
  const [code] = await once(driver, 'close');
  if (killAfter === undefined) expect(code).toBe(0);
  return done + reached;
}

test(`over ${days} days, whatever is due happens once, across workers that die and two that work at once`, async () => {
  let done = 0;
  for (const killAfter of [37, 101, 60]) done = await drive(done, killAfter);
  const [one, other] = await Promise.all([drive(done, 150), drive(done, 90)]);
  await drive(Math.min(one, other), undefined);

  const all = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 100_000));
  const counted = (event: string) => {
    const counts = new Map<string, number>();
    for (const { body } of all) {
      if (body?.event !== event) continue;
      const { clockId } = (body.payload ?? {}) as { clockId?: string };
      const key = clockId ?? body.thing;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };
  const clocks: Clock[] = [];
  for (const id of ids) clocks.push(...(await hub.doors.db.transaction(house.reads, (tx) => clocksOfCase(tx, id as Clock['caseId']))));
  const struck = clocks.filter((c) => c.kind !== 'embargo');
  // Nothing was left out, nothing came twice, and nothing came late: at the first step at or after its hour.
  for (const [event, at, expected] of [
    ['case.clock-overdue', (c: Clock) => c.overdueAt, struck],
    [
      'case.clock-escalated',
      (c: Clock) => c.escalatedAt,
      struck.filter((c) => c.escalateAt && c.escalateAt <= plusMs(testStart, days * day)),
    ],
  ] as const) {
    const counts = counted(event);
    expect([...counts.values()].every((times) => times === 1)).toBe(true);
    expect([...counts.keys()].sort()).toEqual(expected.map((c) => c.id).sort());
    const due = (c: Clock) => (event === 'case.clock-overdue' ? c.dueAt : c.escalateAt!);
    const lateBy = expected.map((c) => epochMs(at(c)!) - epochMs(due(c)));
    expect(Math.min(...lateBy)).toBeGreaterThanOrEqual(0);
    // A worker that died is followed from where it had said it was: a step or two may be done again, none is left out.
    expect(Math.max(...lateBy)).toBeLessThan(3 * stepMs);
  }
  expect([...counted('case.clock-warned').values()].every((times) => times === 1)).toBe(true);
  const ended = counted('case.embargo-ended');
  expect([...ended.keys()].sort()).toEqual([...ids].sort());
  expect([...ended.values()].every((times) => times === 1)).toBe(true);
  const settled = [...counted('case.embargo-agreed'), ...counted('case.embargo-declined')];
  expect(settled.map(([, times]) => times)).toEqual([1, 1, 1]);
  for (const id of ids) {
    const of = await hub.doors.db.transaction(house.reads, (tx) => caseById(tx, id));
    expect(of?.embargo).toMatchObject({ state: 'exited', proposal: null });
  }
});
