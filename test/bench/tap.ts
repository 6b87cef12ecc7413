import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { foundHub, startHubProcess } from '../equipment/hub-process.ts';
import { median } from './measure.ts';

const clients = 16;
/** DESIGN §9: so many a second must be taken, and 99 of 100 answered within 100 ms. */
const asked = { perSecond: 200 };

/** TAP reports over HTTP to a whole hub in a process of its own (its followers at work), beside another way of writing in the same run. */
export async function benchTap(peer: string, write: () => Promise<unknown>, n = 2000): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bw-bench-tap-'));
  const hub = await startHubProcess(dir);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  try {
    const token = await foundHub(hub);
    let sent = 0;
    const submit = () => post(`${hub.url}/v1/reports`, agent, token, reportOf(sent++));
    // Until the hub's code is compiled as it is when a flood comes: it has run for weeks by then.
    await lanes(2000, submit);
    const paced = await lanes(n, submit, asked.perSecond);
    const ours = await lanes(n, submit);
    const theirs = await lanes(n, write);
    const named = [
      `TAP over HTTP, ${clients} clients, ${asked.perSecond}/s sent`,
      `TAP over HTTP, ${clients} clients, as fast as it goes`,
      peer,
    ];
    return [paced, ours, theirs]
      .map(({ perSecond, p50, p99 }, i) => `${named[i]}: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
      .join('\n');
  } finally {
    agent.destroy();
    await hub.end('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** With a rate each has its time, and is measured from then whether or not a client was free. */
async function lanes(n: number, run: () => Promise<unknown>, ratePerSecond?: number) {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  let left = n;
  const lane = async () => {
    while (left-- > 0) {
      const dueMs = ratePerSecond === undefined ? performance.now() : startedAt + ((n - left - 1) / ratePerSecond) * 1000;
      if (dueMs > performance.now()) await wait(dueMs - performance.now());
      await run();
      tookMs.push(performance.now() - dueMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  tookMs.sort((a, b) => a - b);
  return { perSecond: n / seconds, p50: median(tookMs), p99: tookMs[Math.floor(n * 0.99) - 1]! };
}

function reportOf(i: number): string {
  return JSON.stringify({
    purl: `pkg:npm/example-${i % 500}@1.0.${i}`,
    affected_symbol: { file: `src/parse-${i % 50}.js`, function: `parse${i}`, line: i },
    attachments: [
      {
        filename: 'fix.patch',
        data: `--- a/src/parse.js\n+++ b/src/parse.js\n@@ -1 +1 @@\n-a${i}\n+b\n`,
        content_type: 'text/plain',
        type: 'patch',
      },
      {
        filename: 'exploit.txt',
        data: 'Sending a long header overflows the buffer. '.repeat(20),
        content_type: 'text/plain',
        type: 'exploit-proof-of-concept',
      },
    ],
    discovery_method: 'ai-discovered',
    discovery_tooling: 'model-x via harness-y',
  });
}

function post(url: string, agent: Agent, token: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sending = request(url, { method: 'POST', agent, headers }, (reply) => {
      reply.resume().on('end', () => (reply.statusCode === 202 ? resolve() : reject(new Error(`HTTP ${reply.statusCode}`))));
    });
    sending.on('error', reject).end(body);
  });
}
