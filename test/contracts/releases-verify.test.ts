import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildCli, runCli } from '../../src/app/cli.ts';
import { mirrorAt, mirrorIn } from '../../src/app/mirror.ts';
import { type Instant, instantOf } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { witnessKey } from '../../src/base/note.ts';
import { logKey, makeSigner, publicLog, witnessSigner } from '../equipment/public-log.ts';

// A stranger with the command, the key and an address, a directory or a single file.
const dir = mkdtempSync(join(tmpdir(), 'bw-verify-'));
const mirror = join(dir, 'mirror');
const witness = witnessKey(witnessSigner);
let server: Server;
let url: string;

function write(to: string, files: Map<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), bytes);
  }
}
const made = (size: number, at: Instant = instantOf(Date.now())) => publicLog(size, { witnesses: [witnessSigner], at });

beforeAll(async () => {
  write(mirror, made(300));
  server = createServer((request, reply) => {
    const path = decodeURIComponent(request.url!);
    if (path === '/silent/checkpoint') return;
    if (path === '/broken/checkpoint') return void reply.writeHead(500).end();
    // As a hub has it: the tree lies under /public.
    try {
      reply.end(readFileSync(join(mirror, path.replace(/^\/public\//, '/../mirror/').replace(/^\/(?!\.\.)/, '/none/'))));
    } catch {
      reply.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The command itself, in this process: its words and how it ends. */
async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream === 'stdout' ? 'out' : 'err'] += String(text);
      return true;
    }),
  );
  await runCli(
    buildCli(() => {}),
    ['node', 'breakwater', ...args],
  ).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const exit = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { exit, ...said };
}
const verify = (where: string, ...args: string[]) => run('--json', 'releases', 'verify', where, '--key', logKey, ...args);

test('a directory, and the address of a hub, with witnesses and a state that is kept', async () => {
  const state = join(dir, 'state.json');
  for (const where of [mirror, url]) {
    const { exit, out } = await verify(where, '--witness', witness, '--max-age', '1', '--state', state);
    expect([exit, JSON.parse(out)]).toMatchObject([
      0,
      { size: 300, documents: 300, proofs: 300, freshness: 'fresh', cosignatures: [{ name: 'witness.example' }] },
    ]);
  }
  const smaller = join(dir, 'smaller');
  write(smaller, made(299));
  const back = await verify(smaller, '--state', state);
  expect([back.exit, JSON.parse(back.err).refused]).toMatchObject([
    76,
    { code: 'untrusted', because: expect.stringContaining('set back') },
  ]);
  expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ size: 300 });
  const larger = join(dir, 'larger');
  write(larger, made(301));
  expect(JSON.parse((await verify(larger, '--quick', '--state', state)).out)).toMatchObject({
    size: 301,
    continues: 300,
    checked: 'a sample',
  });
});

test('one document with the proof beside it; a document that must be in a mirror', async () => {
  const [document, other] = [join(dir, 'a.json'), join(dir, 'b.json')];
  cpSync(join(mirror, 'osv/npm/x_9.json'), document);
  cpSync(join(mirror, 'osv/npm/x_9.json.tlog-proof'), `${document}.tlog-proof`);
  writeFileSync(other, '{}');
  expect(JSON.parse((await verify(document, '--witness', witness)).out)).toEqual({
    id: 'BW-2026-9',
    version: 1,
    path: 'osv/npm/x_9.json',
    size: 300,
  });
  expect((await verify(other)).exit).toBe(66);
  cpSync(`${document}.tlog-proof`, `${other}.tlog-proof`);
  expect((await verify(other)).exit).toBe(76);
  expect(JSON.parse((await verify(mirror, '--document', document)).out)).toMatchObject({
    document: { id: 'BW-2026-9', isReplaced: false },
  });
  expect((await verify(mirror, '--document', other)).exit).toBe(76);
});

test('a policy file says the same; what is asked for wrongly is said; a stranger\u2019s witness is not ours', async () => {
  const policy = join(dir, 'policy');
  writeFileSync(policy, `log ${logKey}\nwitness one ${witness}\nquorum one\n`);
  const given = await run('releases', 'verify', mirror, '--policy', policy);
  expect([given.exit, given.out]).toEqual([0, expect.stringContaining('hub.example/releases verifies: 300 releases')]);
  for (const args of [
    ['--witness', logKey],
    ['--witness', witness, '--quorum', '2'],
    ['--max-age', 'soon'],
  ])
    expect((await verify(mirror, ...args)).exit).toBe(65);
  expect((await run('releases', 'verify', mirror)).exit).toBe(65);
  expect((await verify(mirror, '--witness', witnessKey(makeSigner('witness.example')))).exit).toBe(69);
  expect((await verify(join(dir, 'nowhere'))).exit).toBe(66);
  expect((await verify(mirror, '--state', policy)).exit).toBe(65);
});

test('a server that fails or says nothing: could not tell, after so long', async () => {
  const failing = await mirrorAt(`${url}/broken`);
  expect(await failing('checkpoint', 9)).toMatchObject({ code: 'unavailable', because: expect.stringContaining('500') });
  const silent = await mirrorAt(`${url}/silent`, 50);
  expect(await silent('checkpoint', 9)).toMatchObject({ code: 'unavailable' });
  expect(limits.mirrorMs).toBeGreaterThan(1000);
  for (const read of [mirrorIn(mirror), await mirrorAt(url)]) {
    const { length } = readFileSync(join(mirror, 'checkpoint'));
    expect(await read('checkpoint', length)).toHaveLength(length);
    expect(await read('checkpoint', length - 1)).toMatchObject({ code: 'too_large' });
    expect(await read('absent', 9)).toMatchObject({ code: 'not_found' });
  }
});
