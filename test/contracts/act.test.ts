import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { label } from '../../src/base/label.ts';
import { limits } from '../../src/base/limits.ts';
import { Fault, refuse } from '../../src/base/refusal.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { action, done } from '../../src/trust/action.ts';
import { type Verified, verifyChain } from '../../src/trust/log/entry.ts';
import { appendEntries, entriesAfter, headOf } from '../../src/trust/log/store.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { insertGrant, revokeGrants } from '../../src/trust/orgs/grants/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [finder, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Lab', 'finder');
  desk = await hub.join('House', 'coordinator');
});
afterAll(() => hub.close());

const logged = async () => (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 1000))).map((e) => e.body?.event);
const input = z.object({ name: z.string().max(8) });
let runs = 0;
/** A verb that counts, writes an event and answers. */
const count = action({
  name: 'test.count',
  at: 'POST /test/count',
  summary: 'counts',
  by: ['finder'],
  input,
  output: z.object({ runs: z.number() }),
  async run(_ctx, { name }) {
    runs++;
    if (name === 'refuse') return refuse('wrong_state', 'asked to');
    if (name === 'break') throw new Error('broken');
    return done(
      { runs, leak: 'must not leave' },
      { event: 'test.counted', thing: name, label: label('RED', finder!.orgId!), payload: { name } },
    );
  },
});

describe('one way to act', () => {
  test('bad input is malformed, with its place, and nothing runs', async () => {
    const before = runs;
    expect(await hub.try(finder!, count, { name: 'far too long' })).toMatchObject({ code: 'malformed', at: '/name' });
    expect(await hub.try(finder!, count, null)).toMatchObject({ code: 'malformed' });
    expect(runs).toBe(before);
  });

  test('the role, the scope and the credential decide who may', async () => {
    expect(await hub.try(desk!, count, { name: 'x' })).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try(anonymous, count, { name: 'x' })).toMatchObject({ code: 'not_permitted', at: 'Authorization' });
    expect(await hub.try('bw_tok_unknown', count, { name: 'x' })).toMatchObject({ code: 'not_permitted', at: 'Authorization' });
    expect(await hub.try({ ...finder!, scopes: ['claims.*'] }, count, { name: 'x' })).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try({ ...finder!, scopes: ['test.*'] }, count, { name: 'x' })).toMatchObject({ runs: expect.any(Number) });
  });

  test('what the output does not name does not leave', async () => {
    expect(Object.keys(await hub.do<object>(finder!, count, { name: 'x' }))).toEqual(['runs']);
  });

  test('a refusal and a fault leave no trace in the log', async () => {
    const before = await logged();
    expect(await hub.try(finder!, count, { name: 'refuse' })).toMatchObject({ code: 'wrong_state' });
    await expect(hub.try(finder!, count, { name: 'break' })).rejects.toThrow(Fault);
    expect(await logged()).toEqual(before);
  });

  test('a fault has a reference and keeps its cause to itself', async () => {
    const fault = await hub.try(finder!, count, { name: 'break' }).catch((error: unknown) => error as Fault);
    expect((fault as Fault).reference).toMatch(/^F-[0-9a-f]{12}$/);
    expect((fault as Fault).message).not.toContain('broken');
    expect(((fault as Fault).cause as Error).message).toBe('broken');
  });

  test('what is for afterwards is done when the act is durable and not before, once, and never when it is undone', async () => {
    const tidied: string[] = [];
    const entries = async () => (await logged()).length;
    let before = await entries();
    const tidying = action({
      ...{ name: 'test.tidy', at: 'POST /test/tidy', summary: 'tidies', by: ['finder'], input, output: z.object({}) },
      async run(ctx, { name }) {
        ctx.afterwards(async () => void tidied.push(`${name} ${(await entries()) - before}`));
        ctx.afterwards(async () => {
          throw new Error('a disk that fails');
        });
        if (name === 'refuse') return refuse('wrong_state', 'asked to');
        if (name === 'break') throw new Error('broken');
        return done({}, { event: 'test.tidied', thing: name, label: label('RED', finder!.orgId!) });
      },
    });
    expect(await hub.try(finder!, tidying, { name: 'refuse' })).toMatchObject({ code: 'wrong_state' });
    await expect(hub.try(finder!, tidying, { name: 'break' })).rejects.toThrow(Fault);
    expect(tidied).toEqual([]);
    expect(await hub.try(finder!, tidying, { name: 'x' }, 'tidy')).toEqual({});
    before = await entries();
    expect(await hub.try(finder!, tidying, { name: 'x' }, 'tidy')).toEqual({});
    expect(tidied).toEqual(['x 1']);
  });

  test('the same Idempotency-Key answers once, also when asked twice at the same moment', async () => {
    const before = runs;
    const [a, b] = await Promise.all([hub.do(finder!, count, { name: 'y' }, 'k1'), hub.do(finder!, count, { name: 'y' }, 'k1')]);
    expect(a).toEqual(b);
    expect(runs).toBe(before + 1);
    expect(await hub.try(finder!, count, { name: 'z' }, 'k1')).toMatchObject({ code: 'conflict', at: 'Idempotency-Key' });
  });

  test('what PostgreSQL asks to be tried again is tried so often and no more', async () => {
    let tries = 0;
    const unlucky = (failures: number) =>
      action({
        ...count,
        name: 'test.unlucky',
        async run() {
          if (++tries <= failures) throw Object.assign(new Error('serialization failure'), { code: '40001' });
          return done({ runs: tries });
        },
      });
    expect(await hub.do(finder!, unlucky(limits.actRetries - 1), { name: 'x' })).toEqual({ runs: limits.actRetries });
    tries = 0;
    await expect(hub.try(finder!, unlucky(limits.actRetries), { name: 'x' })).rejects.toThrow(Fault);
    expect(tries).toBe(limits.actRetries);
  });

  test('a follower does one hop once, whoever else tries', async () => {
    const before = runs;
    const { lockCursor } = await import('../../src/trust/log/store.ts');
    await hub.doors.db.transaction(house.reads, (tx) => lockCursor(tx, 'f'));
    const call = { who: { actor: finder! }, input: { name: 'f' }, follower: { name: 'f', seq: 1 } };
    const outcomes = await Promise.all([act(hub.doors, count, call), act(hub.doors, count, call)]);
    expect(outcomes.filter((o) => (o as { code?: string }).code === 'stale')).toHaveLength(1);
    expect((await logged()).length).toBeGreaterThan(0);
    expect(runs).toBeLessThanOrEqual(before + 2);
    const entries = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 1000));
    expect(entries.filter((e) => e.body?.event === 'test.counted' && e.body.thing === 'f')).toHaveLength(1);
  });

  test('the database links entries and grows the tree as whoever verifies them does', async () => {
    const label1 = label('RED', finder!.orgId!);
    const hostile = ['"', '\\', '\u2028', 'é 😀', '%s %L', "'); --", '\\u0041', '{"seq":1}'];
    for (const [i, payload] of [null, 7.25, 1e300, ...hostile, hostile, { b: 1, a: [true, null] }].entries()) {
      const events = Array.from({ length: (i % 5) + 1 }, (_, n) => ({
        event: 'test.linked' as const,
        thing: `${payload} ${n}`,
        label: label1,
        payload,
      }));
      const batch = { actor: `a ${payload}`, at: hub.clock.now(), salt: () => `s${i}`, events };
      await hub.doors.db.transaction(house.reads, (tx) => appendEntries(tx, batch));
    }
    // Taken earlier and appended later: the log's times never go back.
    const [early] = [hub.clock.now(), hub.clock.advance(5)];
    for (const at of [hub.clock.now(), early])
      await hub.doors.db.transaction(house.reads, (tx) =>
        appendEntries(tx, { actor: 'a', at, salt: () => 's', events: [{ event: 'test.linked', thing: 't', label: label1 }] }),
      );
    const entries = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 1000));
    const { size, head, revealed, frontier } = verifyChain(entries) as Verified;
    expect([size, revealed]).toEqual([entries.length, entries.length]);
    expect(entries.at(-1)!.body).toMatchObject({ payload: null, label: label1 });
    expect(await hub.doors.db.transaction([], headOf)).toEqual({ size, hash: head, frontier });
  });
});

describe('people and credentials', () => {
  const secretOf = (x: unknown) => (x as { secret: string }).secret;

  test('a token works until it expires, and not a moment longer', async () => {
    const token = secretOf(await hub.do(finder!, orgs.issueToken, { holderId: finder!.id, days: 1 }));
    expect(await hub.do(token, orgs.whoami, {})).toMatchObject({ id: finder!.id, kind: 'person' });
    hub.clock.advance(24 * 3600 * 1000 - 1);
    expect(await hub.try(token, orgs.whoami, {})).toMatchObject({ id: finder!.id });
    hub.clock.advance(1);
    expect(await hub.try(token, orgs.whoami, {})).toMatchObject({ code: 'not_permitted' });
  });

  test('a token lives at most a year', async () => {
    expect(await hub.try(finder!, orgs.issueToken, { holderId: finder!.id, days: limits.tokenDays })).toHaveProperty('secret');
    expect(await hub.try(finder!, orgs.issueToken, { holderId: finder!.id, days: limits.tokenDays + 1 })).toMatchObject({
      code: 'malformed',
    });
  });

  test('a token holds no more than what asked for it, and is for oneself', async () => {
    const narrow = { ...finder!, scopes: ['orgs.issueToken', 'claims.*'] };
    expect(await hub.try(narrow, orgs.issueToken, { holderId: finder!.id, scopes: ['*'] })).toMatchObject({
      code: 'not_permitted',
      at: 'scopes',
    });
    expect(await hub.try(narrow, orgs.issueToken, { holderId: finder!.id, scopes: ['claims.list'] })).toHaveProperty('secret');
    expect(await hub.try(finder!, orgs.issueToken, { holderId: desk!.id })).toMatchObject({ code: 'not_found' });
  });

  test('a revoked token is dead', async () => {
    const token = (await hub.do(finder!, orgs.issueToken, { holderId: finder!.id })) as { id: string; secret: string };
    await hub.do(finder!, orgs.revokeToken, { id: token.id });
    expect(await hub.try(token.secret, orgs.whoami, {})).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try(finder!, orgs.revokeToken, { id: token.id })).toMatchObject({ code: 'not_found' });
  });

  test('a link signs in once, within its minutes, and is no token', async () => {
    const link = secretOf(await hub.do(desk!, orgs.issueLink, { personId: finder!.id }));
    expect(await hub.try(link, orgs.whoami, {})).toMatchObject({ code: 'not_permitted' });
    const session = secretOf(await hub.do(anonymous, orgs.enter, { secret: link }));
    expect(await hub.do(session, orgs.whoami, {})).toMatchObject({ id: finder!.id });
    expect(await hub.try(anonymous, orgs.enter, { secret: link })).toMatchObject({ code: 'expired' });
    hub.clock.advance(limits.sessionHours * 3600 * 1000);
    expect(await hub.try(session, orgs.whoami, {})).toMatchObject({ code: 'not_permitted' });
    const late = secretOf(await hub.do(desk!, orgs.issueLink, { personId: finder!.id }));
    hub.clock.advance(limits.linkMinutes * 60 * 1000);
    expect(await hub.try(anonymous, orgs.enter, { secret: late })).toMatchObject({ code: 'expired' });
  });

  test('an agent acts for its organisation, and a person answers for it', async () => {
    expect(await hub.try(desk!, orgs.addAgent, { orgId: finder!.orgId, name: 'bot', answerableId: desk!.id })).toMatchObject({
      code: 'not_found',
    });
    const agent = await hub.do<{ id: string }>(desk!, orgs.addAgent, { orgId: finder!.orgId, name: 'bot', answerableId: finder!.id });
    const token = secretOf(await hub.do(finder!, orgs.issueToken, { holderId: agent.id, scopes: ['orgs.whoami'] }));
    expect(await hub.do(token, orgs.whoami, {})).toMatchObject({ kind: 'agent', orgId: finder!.orgId, roles: ['finder'] });
    expect(await hub.try(token, orgs.issueToken, { holderId: agent.id })).toMatchObject({ code: 'not_permitted' });
  });

  test('a grant opens a compartment until it ends or is revoked', async () => {
    const grant = { compartment: 'cas_x', holderId: finder!.id, tier: 2, because: 'test', grantedAt: hub.clock.now() };
    const give = (id: string, expiresAt: string | null) =>
      hub.doors.db.transaction([], (tx) => insertGrant(tx, { ...grant, id: `grt_${id}`, expiresAt } as Parameters<typeof insertGrant>[1]));
    await give('a', new Date(Date.parse(hub.clock.now()) + 1000).toISOString());
    expect((await hub.again(finder!)).tiers).toMatchObject({ cas_x: 2 });
    hub.clock.advance(1000);
    expect((await hub.again(finder!)).reads).not.toContain('cas_x');
    await give('b', null);
    expect((await hub.again(finder!)).reads).toContain('cas_x');
    await hub.doors.db.transaction([], (tx) => revokeGrants(tx, 'cas_x', finder!.id, hub.clock.now()));
    expect((await hub.again(finder!)).reads).not.toContain('cas_x');
  });
});
