import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/**
 * A load generator in a process of its own: `node load.ts FILE` with `{url, rate, seconds, requests: [{path, body?}]}` in the file. Requests leave at
 * their time whether or not earlier ones are answered, and are measured from that time. Prints one line of JSON.
 */
interface Load {
  readonly url: string;
  readonly rate: number;
  readonly seconds: number;
  readonly requests: readonly { readonly path: string; readonly body?: string }[];
}
const { url, rate, seconds, requests } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Load;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const latencies: number[] = [];
let [sent, failed, bytes, at] = [0, 0, 0, 0];
const total = rate * seconds;
const startMs = performance.now();

function send(): void {
  const dueMs = startMs + (sent / rate) * 1000;
  const { path, body } = requests[sent % requests.length]!;
  // Each from another address: strangers are counted, and so many questions come from many.
  const from = `10.${(sent >> 14) & 255}.${(sent >> 7) & 127}.${sent & 127}`;
  sent++;
  const headers = {
    'x-forwarded-for': from,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  const done = (ok: boolean) => {
    latencies.push(performance.now() - dueMs);
    if (!ok) failed++;
    if (++at === total) finish();
  };
  const asked = request(new URL(path, url), { agent, method: body === undefined ? 'GET' : 'POST', headers }, (reply) => {
    reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
    reply.on('end', () => done(reply.statusCode === 200));
  });
  asked.on('error', () => done(false));
  asked.end(body);
}

function tick(): void {
  while (sent < total && performance.now() >= startMs + (sent / rate) * 1000) send();
  if (sent < total) setTimeout(tick, 1);
}

function finish(): void {
  const sorted = latencies.sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
  const took = (performance.now() - startMs) / 1000;
  process.stdout.write(
    `${JSON.stringify({ rate: total / took, failed, meanBytes: bytes / total, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) })}\n`,
  );
  agent.destroy();
}

tick();
