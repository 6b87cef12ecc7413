import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openEmbedded } from '../../src/io/db/open.ts';
import { foundHub, type HubProcess, startHubProcess } from '../equipment/hub-process.ts';

// A database of one's own is restarted, by an upgrade or a failover, while reports come in.
const dir = mkdtempSync(join(tmpdir(), 'bw-restarted-'));
const cluster = join(dir, 'cluster');
const clients = 8;
let hub: HubProcess;
let database: Awaited<ReturnType<typeof openEmbedded>>;

afterAll(async () => {
  await hub.end('SIGTERM');
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

test('the hub outlives its database’s restarts, says so meanwhile, and has everything that it acknowledged', async () => {
  database = await openEmbedded(cluster);
  const url = `postgres://breakwater@localhost/breakwater?host=${database.running.host}`;
  hub = await startHubProcess(dir, { DATABASE_URL: url });
  const token = await foundHub(hub);
  const taken: string[] = [];
  const refused = new Set<number>();
  let isOver = false;
  const send = async (no: number) => {
    const body = JSON.stringify({
      purl: `pkg:npm/restarted@1.0.${no}`,
      attachments: [{ filename: 'poc', data: 'x'.repeat(500), content_type: 'text/plain', type: 'reproducer' }],
    });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${hub.url}/v1/reports`, { method: 'POST', headers, body });
    const said = (await reply.json()) as { receipt: string };
    if (reply.status === 202) taken.push(said.receipt);
    else {
      refused.add(reply.status);
      await wait(20);
    }
  };
  let sent = 0;
  const lanes = Array.from({ length: clients }, async () => {
    while (!isOver) await send(sent++);
  });
  const more = async () => {
    const before = taken.length;
    await expect.poll(() => taken.length, { timeout: 60_000 }).toBeGreaterThan(before + clients * 5);
  };
  for (let restart = 0; restart < 3; restart++) {
    await more();
    await database.running.stop();
    await wait(300);
    database = await openEmbedded(cluster);
  }
  await more();
  isOver = true;
  await Promise.all(lanes);
  expect(hub.child.exitCode).toBeNull();
  expect([...refused]).toEqual([503]);
  for (const receipt of taken) expect((await fetch(`${hub.url}/v1/submissions/${receipt}`)).status).toBe(200);
}, 180_000);
