import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { foundHub, type HubProcess, startHubProcess } from '../equipment/hub-process.ts';

// Invariant 2 at the busiest door: sixteen clients hand in, the hub is killed in the middle of it, again and again.
const dir = mkdtempSync(join(tmpdir(), 'bw-killed-'));
const clients = 16;
const perClient = 40;
let hub: HubProcess;

afterAll(async () => {
  await hub.end('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** The receipt; undefined when the hub went away before it answered. */
function submit(agent: Agent, token: string, key: string): Promise<string | undefined> {
  const body = JSON.stringify({
    purl: `pkg:npm/killed@${key}`,
    attachments: [{ filename: 'poc', data: 'x'.repeat(500), content_type: 'text/plain', type: 'reproducer' }],
  });
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key };
    const sending = request(`${hub.url}/v1/reports`, { method: 'POST', agent, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
      reply.on('error', () => resolve(undefined));
      reply.on('end', () => {
        // Its database may be gone a moment before it is.
        if (reply.statusCode === 503 && reply.headers['retry-after'] !== undefined) resolve(undefined);
        else if (reply.statusCode === 202) resolve((JSON.parse(text) as { receipt: string }).receipt);
        else reject(new Error(`HTTP ${reply.statusCode}: ${text}`));
      });
    });
    sending.on('error', () => resolve(undefined));
    sending.end(body);
  });
}

test('after kill −9 in the middle every 202 is there, and none is there twice', async () => {
  hub = await startHubProcess(dir);
  const token = await foundHub(hub);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const acknowledged = new Map<string, string>();
  let uncertain = 0;
  let starting: Promise<unknown> = Promise.resolve();
  const lane = async (client: number) => {
    for (let i = 0; i < perClient; i++) {
      const key = `1.${client}.${i}`;
      for (;;) {
        const receipt = await submit(agent, token, key);
        if (receipt !== undefined) {
          acknowledged.set(key, receipt);
          break;
        }
        uncertain++;
        await starting;
        await sleep(50);
      }
    }
  };
  const total = clients * perClient;
  const killing = (async () => {
    for (const share of [0.2, 0.5, 0.8]) {
      while (acknowledged.size < total * share) await sleep(5);
      const killed = hub.end('SIGKILL');
      starting = killed.then(async () => {
        hub = await startHubProcess(dir);
      });
      await starting;
    }
  })();
  await Promise.all([killing, ...Array.from({ length: clients }, (_, client) => lane(client))]);
  agent.destroy();
  expect(uncertain).toBeGreaterThan(0);

  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()) as T;
  const found: { id: string; purl: string }[] = [];
  for (let after = ''; ; ) {
    const { items } = await get<{ items: { id: string; purl: string }[] }>(`/api/findings?limit=100&after=${after}`);
    if (items.length === 0) break;
    found.push(...items);
    after = items.at(-1)!.id;
  }
  const keys = found.map((item) => item.purl.split('@')[1]!);
  expect(keys.toSorted()).toEqual([...acknowledged.keys()].toSorted());
  expect(new Set(acknowledged.values()).size).toBe(total);
  for (const item of found.slice(0, 50)) {
    const { receipt, attachments } = await get<{ receipt: string; attachments: { id: string }[] }>(`/api/findings/${item.id}`);
    expect(receipt).toBe(acknowledged.get(item.purl.split('@')[1]!));
    const { data } = await get<{ data: string }>(`/api/findings/${item.id}/attachments/${attachments[0]!.id}`);
    expect(Buffer.from(data, 'base64').length).toBe(500);
  }
});
