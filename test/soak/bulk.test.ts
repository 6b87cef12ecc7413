import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { documents } from '../equipment/documents.ts';

const main = join(import.meta.dirname, '../../src/app/main.ts');
const dir = mkdtempSync(join(tmpdir(), 'bw-bulk-kill-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('kill -9 in the middle: every answer that was given holds, and nothing is stored twice', async () => {
  const port = await freePort();
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    BREAKWATER_DATA: join(dir, 'data'),
    BREAKWATER_PORT: String(port),
    BREAKWATER_URL: `http://127.0.0.1:${port}`,
  };
  const run = (words: readonly string[]) => {
    const child = spawn(process.execPath, [main, ...words], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, out, err })),
    );
    return { child, ended, said: () => out + err };
  };
  const start = async () => {
    const hub = run(['start']);
    await expect.poll(hub.said, { timeout: 60_000 }).toMatch(/is at \S+\n[^\n]+\n/);
    return hub;
  };
  const kill = async (hub: Awaited<ReturnType<typeof start>>) => {
    hub.child.kill('SIGKILL');
    await hub.ended;
  };

  let hub = await start();
  onTestFinished(() => kill(hub));
  const founding = /\/found#(\S+)/.exec(hub.said())![1]!;
  const person = ['--org', 'House', '--name', 'Ada', '--email', 'ada@example.org'];
  const founded = await run(['--json', 'orgs', 'found', '--secret', founding, ...person]).ended;
  expect(founded.code, founded.err).toBe(0);
  env.BREAKWATER_TOKEN = (JSON.parse(founded.out) as { session: { secret: string } }).session.secret;

  const osv = JSON.parse(documents.osv!) as object;
  const total = 600;
  const file = join(dir, 'many.jsonl');
  const receipts = `${file}.receipts.jsonl`;
  writeFileSync(file, Array.from({ length: total }, (_, i) => JSON.stringify({ ...osv, id: `OSV-2026-${i + 1}` })).join('\n'));
  const answered = () => {
    try {
      return readFileSync(receipts, 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };
  const sending = run(['--json', 'findings', 'bulk', file, '--upload', 'killed']);
  for (const until of [50, 250]) {
    await expect.poll(answered, { timeout: 60_000, interval: 20 }).toBeGreaterThan(until);
    await kill(hub);
    hub = await start();
  }
  const { code, out, err } = await sending.ended;
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ entries: total, received: total, quarantined: 0, refused: 0 });

  const answers = readFileSync(receipts, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as { n: number; receipts: { id: string }[] });
  expect(answers.map((a) => a.n)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  const stored: string[] = [];
  for (;;) {
    const page = await run(['--json', 'findings', 'list', '--limit', '100', '--after', stored.at(-1) ?? '']).ended;
    const { items } = JSON.parse(page.out) as { items: { id: string }[] };
    if (items.length === 0) break;
    stored.push(...items.map((i) => i.id));
  }
  expect(new Set(stored).size).toBe(total);
  expect(answers.flatMap((a) => a.receipts.map((r) => r.id)).sort()).toEqual([...stored].sort());
});
