import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { flow as whole } from '../../src/app/flow.ts';
import type { Mail } from '../../src/base/doors.ts';
import { message } from '../../src/clearinghouse/cases/messages/actions.ts';
import { tell } from '../../src/clearinghouse/cases/notices/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type HubProcess, startHubProcess } from '../equipment/hub-process.ts';
import { openMailServer } from '../equipment/mail-server.ts';
import { openStage, type Stage } from '../flows/cases-stage.ts';

// A hub with mail queued is killed (−9) again and again, once in the middle of a mail, once between two, once while it starts.
const [people, texts, boxes] = [6, 3, 2];
let stage: Stage;
let server: Awaited<ReturnType<typeof openMailServer>>;
let hub: HubProcess | undefined;

afterAll(async () => {
  await hub?.end('SIGKILL');
  await server.close();
  await stage.hub.close();
}, 120_000);

const start = () => {
  const { host, port, database, dir } = stage.hub.at;
  return startHubProcess(dir, {
    ...{
      DATABASE_URL: `postgres://breakwater@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
      BREAKWATER_ORIGIN: 'test.example',
      BREAKWATER_BOXES: String(boxes),
    },
    ...{ BREAKWATER_MAIL_RELAY: `smtp://127.0.0.1:${server.port}`, BREAKWATER_MAIL_FROM: 'notices@hub.example' },
  });
};
const states = () =>
  stage.hub.doors.db.transaction(house.reads, async (tx) => {
    const { rows } = await sql<{
      id: string;
      state: string;
      unanswered: number;
    }>`SELECT id, state, unanswered FROM mails ORDER BY id`.execute(tx);
    return rows;
  });
const idOf = (raw: string) => /^Message-ID: <(mal_\w+)@/im.exec(raw)?.[1] ?? raw.slice(0, 200);

test('nothing queued is lost, and only what was under way when it was killed comes twice, under the same Message-ID', async () => {
  server = await openMailServer();
  const later: Mail = { sends: true, replyDomain: undefined, send: () => Promise.reject(new Error('this process sends nothing')) };
  stage = await openStage({ mail: later });
  const readers: Actor[] = [];
  for (let i = 0; i < people; i++) readers.push(await stage.enter(await stage.hub.join(`Reader ${i}`, 'operator'), 1));
  const telling = { hops: whole.hops.filter((h) => h.verb.name === tell.name), works: [], dues: [] };
  for (let i = 0; i < texts; i++) {
    // What is due at the same moment goes in one mail.
    stage.hub.clock.advance(1000);
    await stage.hub.do(stage.desk, message, { id: stage.caseId, text: `Text ${i}`, tier: 1 });
    await stage.hub.settle(telling);
  }
  const queued = (await states()).map((m) => m.id);
  expect(queued.length).toBeGreaterThanOrEqual(people * texts);

  // The bytes of every mail that reached the server, whether or not it had the time to say so.
  const reached: string[] = [];
  let dieAt: ((count: number) => 'wait' | 'take') | undefined;
  let died: Promise<unknown> | undefined;
  server.answerWith(({ raw }) => {
    reached.push(idOf(raw));
    const answer = dieAt?.(reached.length) ?? 'take';
    if (answer === 'take') return answer;
    dieAt = undefined;
    died = hub!.end('SIGKILL');
    return answer;
  });
  let kills = 0;
  for (const at of [3, 10]) {
    dieAt = (count) => (count >= at ? 'wait' : 'take');
    hub = await start();
    await expect.poll(() => died !== undefined, { timeout: 240_000, interval: 50 }).toBe(true);
    await died;
    [died, kills] = [undefined, kills + 1];
  }
  // Killed at no moment in particular, soon after it came up.
  hub = await start();
  await sleep(700);
  await hub.end('SIGKILL');
  kills++;
  hub = await start();
  await expect.poll(async () => (await states()).filter((m) => m.state !== 'sent').length, { timeout: 400_000, interval: 500 }).toBe(0);

  expect(new Set(reached).isSupersetOf(new Set(queued))).toBe(true);
  const again = reached.length - new Set(reached).size;
  // What a worker had under way at a kill may have been taken (RFC 1047); of no mail that was answered and written down is there a second.
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThanOrEqual(kills * boxes);
  const before = reached.length;
  await hub.end('SIGTERM');
  hub = await start();
  await sleep(3000);
  expect(reached.length).toBe(before);
}, 1_200_000);
