import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { buildHttp } from '../../src/app/http.ts';
import { progressBounds, progressRoutes } from '../../src/app/progress-events.ts';
import { followOnce } from '../../src/app/worker.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

let hub: TestHub;
let app: FastifyInstance;
let [finder, stranger, desk]: Actor[] = [];
const faults: unknown[] = [];
const tokens = new Map<Actor, string>();

beforeAll(async () => {
  hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  finder = await hub.join('North Lab', 'finder');
  stranger = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
  for (const of of [finder, stranger, desk])
    tokens.set(of, (await hub.do<{ secret: string }>(of, orgs.issueToken, { holderId: of.id })).secret);
  app = await serve();
});
afterAll(async () => {
  await app.close();
  await hub.close();
  expect(faults).toEqual([]);
});

async function serve(bounds: Partial<typeof progressBounds> = {}): Promise<FastifyInstance> {
  const log = (_problem: string, error: unknown) => void faults.push(error);
  const served = await buildHttp(hub.doors, { actions: [], version: '1', deskDir: '/none', publicDir: import.meta.dirname, log });
  progressRoutes(served, hub.doors, log, { ...progressBounds, ...bounds });
  await served.listen({ host: '127.0.0.1', port: 0 });
  return served;
}

async function requested(): Promise<string> {
  hub.clock.advance(1000);
  const { id } = await hub.do<{ id: string }>(finder!, findings.submit, loopReport('watched'));
  while ((await followOnce(hub.doors, flow, async () => {})) > 0);
  return (await hub.do<{ items: { id: string }[] }>(desk!, validations.ofFinding, { id })).items[0]!.id;
}

interface Listening {
  readonly status: number;
  readonly said: Record<string, unknown>[];
  readonly ended: Promise<void>;
  stop(): void;
}
async function listen(id: string, as: Actor | undefined, on = app): Promise<Listening> {
  const stopping = new AbortController();
  const headers = { connection: 'close', ...(as ? { authorization: `Bearer ${tokens.get(as)}` } : {}) };
  const url = `http://127.0.0.1:${(on.server.address() as AddressInfo).port}/api/validations/${id}/events`;
  const reply = await fetch(url, { headers, signal: stopping.signal });
  if (!reply.ok) await reply.text();
  const said: Record<string, unknown>[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of reply.body!) {
      text += Buffer.from(chunk).toString();
      const whole = text.split('\n\n');
      text = whole.pop()!;
      for (const event of whole) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data) said.push(JSON.parse(data));
      }
    }
  };
  return { status: reply.status, said, ended: reply.ok ? read().catch(() => {}) : Promise.resolve(), stop: () => stopping.abort() };
}

test('what a validation does is told as it happens, and the stream ends when it is done; one read is logged', async () => {
  const id = await requested();
  const own = await listen(id, finder);
  await expect.poll(() => own.said.length).toBe(1);
  const before = await count();
  await hub.do(house, validations.begin, { id });
  await hub.do(house, validations.sayProgress, { id, step: { step: 'run', of: 'vulnerable poc 2', at: 2, total: 9 } });
  await expect.poll(() => own.said.at(-1)?.progress).toEqual({ step: 'run', of: 'vulnerable poc 2', at: 2, total: 9 });
  expect(await count()).toBe(before);
  await hub.do(house, validations.conclude, { id, evidence: null });
  await own.ended;
  expect(own.said.map((s) => s.state)).toEqual(expect.arrayContaining(['requested', 'running', 'concluded']));
  expect(own.said.at(-1)).toMatchObject({ state: 'concluded' });
});

const count = async () => (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 100_000))).length;

test('whoever may not read the finding hears nothing, not even that there is one', async () => {
  const id = await requested();
  const [hidden, missing] = [await listen(id, stranger), await listen(`val_${'0'.repeat(26)}`, stranger)];
  expect([hidden.status, missing.status]).toEqual([404, 404]);
  expect((await listen(id, undefined)).status).toBe(401);
});

test('a credential that is revoked hears no more', async () => {
  const id = await requested();
  const { id: tokenId, secret } = await hub.do<{ id: string; secret: string }>(finder!, orgs.issueToken, { holderId: finder!.id });
  const before = tokens.get(finder!)!;
  tokens.set(finder!, secret);
  const own = await listen(id, finder);
  tokens.set(finder!, before);
  await expect.poll(() => own.said.length).toBe(1);
  await hub.do(finder!, orgs.revokeToken, { id: tokenId });
  await own.ended;
  await hub.do(house, validations.begin, { id });
  expect(own.said).toHaveLength(1);
});

test(`one caller listens to ${limits.progressStreamsPerCaller} at once, and so long; whoever hangs up makes room`, async () => {
  expect([progressBounds.perCaller, progressBounds.longestMs]).toEqual([limits.progressStreamsPerCaller, limits.progressStreamMs]);
  const narrow = await serve({ perCaller: 2, longestMs: 2_000 });
  const id = await requested();
  const [first, second] = [await listen(id, finder, narrow), await listen(id, finder, narrow)];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect((await listen(id, finder, narrow)).status).toBe(429);
  expect((await listen(id, desk, narrow)).status).toBe(200);
  first.stop();
  await expect.poll(async () => (await listen(id, finder, narrow)).status).toBe(200);
  await second.ended;
  await narrow.close();
});
