import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { bulkRoutes } from '../../src/app/bulk.ts';
import { buildHttp } from '../../src/app/http.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { documents } from '../equipment/documents.ts';
import { zipOf } from '../equipment/zip.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let app: FastifyInstance;
let url: string;
let finder: Actor;
let token: string;
const dir = mkdtempSync(join(tmpdir(), 'bw-bulk-'));
beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Lab', 'finder');
  token = await tokenOf(finder);
  app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: join(dir, 'none'), publicDir: dir, log: () => {} });
  bulkRoutes(app, hub.doors, () => {});
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const tokenOf = async (actor: Actor) => (await hub.do<{ secret: string }>(actor, orgs.issueToken, { holderId: actor.id })).secret;
const osv = (n: number) => JSON.stringify({ ...(JSON.parse(documents.osv!) as object), id: `OSV-2026-${n}` });

interface Answer {
  n?: number;
  name?: string;
  receipts?: { id: string; receipt: string }[];
  quarantined?: { id: string; code: string };
  refused?: { code: string };
  end?: { nextEntry: number };
}
async function send(
  upload: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  query = '',
): Promise<Answer[]> {
  const given = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', 'upload-id': upload, ...headers };
  const response = await fetch(`${url}/api/findings/bulk${query}`, { method: 'POST', headers: given, body });
  expect(response.status).toBe(200);
  return (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Answer);
}
const parsed = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Answer);
const held = async () => (await hub.do<{ items: unknown[] }>(finder, findings.list, { limit: 100 })).items.length;

test('one answer a line, in order: received, in quarantine, refused; blank lines are no entries', async () => {
  const body = Buffer.concat([Buffer.from(`${osv(1)}\n\nnot json\n`), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(`${osv(2)}`)]);
  const answers = await send('first', body);
  expect(answers).toMatchObject([
    { n: 1, format: 'osv', receipts: [{ receipt: expect.stringMatching(/^SUB-/) }], skipped: 0 },
    { n: 3, quarantined: { code: 'unsupported' } },
    { n: 4, quarantined: { code: 'malformed' } },
    { n: 5, receipts: [{}] },
    { end: { nextEntry: 6 } },
  ]);
  const { data } = await hub.do<{ data: string }>(finder, findings.quarantinedDocument, { id: answers[2]!.quarantined!.id });
  expect(Buffer.from(data, 'base64')).toEqual(Buffer.from([0xff, 0xfe]));
  expect(await hub.do(finder, findings.bulkState, { upload: 'first' })).toMatchObject({ nextEntry: 6, received: 2, quarantined: 2 });
});

test('sent again, from any entry, it is answered as before and nothing is stored twice; other bytes are a conflict', async () => {
  const lines = [11, 12, 13, 14].map(osv);
  const first = await send('again', lines.join('\n'));
  const before = await held();
  expect(await send('again', lines.join('\n'))).toEqual(first);
  expect(await send('again', lines.slice(2).join('\n'), { 'upload-from': '3' })).toEqual(first.slice(2));
  expect(await send('again', [lines[0], osv(99), lines[2]].join('\n'))).toMatchObject([
    first[0]!,
    { n: 2, refused: { code: 'conflict' } },
    first[2]!,
    { end: { nextEntry: 4 } },
  ]);
  expect(await held()).toBe(before);
});

test('an archive, file by file, with what the sender says of all of them', async () => {
  const zip = zipOf([
    { name: 'a.sarif', bytes: Buffer.from(documents.sarif!) },
    { name: 'b.zip', bytes: zipOf([{ name: 'povs/1', bytes: Buffer.from('\u0000') }]) },
  ]);
  const answers = await send(
    'zipped',
    zip as Uint8Array<ArrayBuffer>,
    { 'content-type': 'application/zip' },
    '?purl=pkg:npm/thing&discoveryModel=m-9',
  );
  expect(answers).toMatchObject([
    { n: 1, name: 'a.sarif', format: 'sarif' },
    { n: 2, name: 'b.zip', format: 'crs' },
    { end: { nextEntry: 3 } },
  ]);
  expect(await hub.do(finder, findings.get, { id: answers[0]!.receipts![0]!.id })).toMatchObject({
    purl: 'pkg:npm/thing',
    discoveryModel: 'm-9',
  });
});

test('who may not send is turned away before anything is read', async () => {
  const operator = await tokenOf(await hub.join('Evaluator', 'evaluator'));
  const ask = async (headers: Record<string, string>) => {
    const response = await fetch(`${url}/api/findings/bulk`, { method: 'POST', headers: { 'upload-id': 'x', ...headers }, body: osv(1) });
    return [response.status, ((await response.json()) as { at?: string }).at];
  };
  expect(await ask({})).toEqual([401, 'Authorization']);
  expect(await ask({ authorization: 'Bearer nobody' })).toEqual([401, 'Authorization']);
  expect((await ask({ authorization: `Bearer ${operator}` }))[0]).toBe(403);
  const authorization = `Bearer ${token}`;
  expect(await ask({ authorization, 'upload-id': 'a b' })).toEqual([400, 'Upload-Id']);
  for (const from of ['0', 'x', '1.5', String(limits.bulkEntries + 1)])
    expect(await ask({ authorization, 'upload-from': from })).toEqual([400, 'Upload-From']);
  expect(await ask({ authorization, 'upload-from': '2', 'content-type': 'application/zip' })).toEqual([400, 'Upload-From']);
});

test('the last entry that an upload may have, and no further', async () => {
  const answers = await send('long', `${osv(21)}\n${osv(22)}`, { 'upload-from': String(limits.bulkEntries) });
  expect(answers).toMatchObject([
    { n: limits.bulkEntries, receipts: [{}] },
    { n: limits.bulkEntries + 1, refused: { code: 'too_large' } },
    { end: {} },
  ]);
});

describe('while it is being sent', () => {
  function open(upload: string) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', 'upload-id': upload };
    const sender = request(`${url}/api/findings/bulk`, { method: 'POST', headers });
    sender.on('error', () => {});
    const response = new Promise<{ status: number; answers: AsyncIterator<string> }>((resolve) =>
      sender.once('response', (r) => {
        r.setEncoding('utf8');
        resolve({ status: r.statusCode!, answers: r[Symbol.asyncIterator]() as AsyncIterator<string> });
      }),
    );
    return { sender, response };
  }

  test('each line is answered before the next is sent', async () => {
    const { sender, response } = open('slowly');
    for (const n of [31, 32, 33]) {
      sender.write(`${osv(n)}\n`);
      const { answers } = await response;
      expect(JSON.parse((await answers.next()).value as string)).toMatchObject({ n: n - 30, receipts: [{}] });
    }
    sender.end();
    expect(JSON.parse((await (await response).answers.next()).value as string)).toEqual({ end: { nextEntry: 4 } });
  });

  test('an organisation has so many uploads under way and no more, and a broken one is no longer under way', async () => {
    const some = Array.from({ length: limits.bulkAtOnce }, (_, i) => open(`open-${i}`));
    for (const { sender, response } of some) {
      sender.write(`${osv(41)}\n`);
      expect((await response).status).toBe(200);
    }
    const more = open('one-more');
    more.sender.write(`${osv(41)}\n`);
    expect((await more.response).status).toBe(429);
    more.sender.destroy();
    for (const { sender } of some) sender.destroy();
    await expect
      .poll(async () => {
        const { sender, response } = open('after');
        sender.end(osv(42));
        return (await response).status;
      })
      .toBe(200);
    // An idle one is broken off by us.
    expect(limits.bulkIdleMs).toBeGreaterThan(0);
  });

  test('a credential that is revoked ends it', async () => {
    const own = await hub.join('Short', 'finder');
    const issued = await hub.do<{ secret: string; id: string }>(own, orgs.issueToken, { holderId: own.id });
    const kept = token;
    token = issued.secret;
    const { sender, response } = open('revoked');
    token = kept;
    sender.write(`${osv(51)}\n`);
    const { answers } = await response;
    await answers.next();
    await hub.do(own, orgs.revokeToken, { id: issued.id });
    sender.write(`${osv(52)}\n${osv(53)}\n`);
    const rest: string[] = [];
    for (let next = await answers.next(); !next.done; next = await answers.next()) rest.push(next.value);
    expect(
      rest
        .join('')
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l) as Answer),
    ).toMatchObject([{ n: 2, refused: { code: 'not_permitted' } }, { end: { nextEntry: 2 } }]);
  });
});

describe('breakwater findings', () => {
  const main = join(import.meta.dirname, '../../src/app/main.ts');
  function breakwater(words: readonly string[], stdin?: string) {
    const env = { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: token };
    const child = spawn(process.execPath, [main, ...words], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.stdin.end(stdin ?? '');
    return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, out, err })),
    );
  }

  test('import takes a file by its path, or from standard input, as a person would type it', async () => {
    const file = join(dir, 'report.sarif');
    writeFileSync(file, documents.sarif!);
    const byPath = await breakwater(['--json', 'findings', 'import', file, '--purl', 'pkg:npm/thing']);
    expect(byPath.code, byPath.err).toBe(0);
    expect(JSON.parse(byPath.out)).toMatchObject({ format: 'sarif', items: [{}] });
    const piped = await breakwater(['--json', 'findings', 'import', '--purl', 'pkg:npm/thing'], documents.osv);
    expect(JSON.parse(piped.out)).toMatchObject({ format: 'osv', items: [{}] });
    expect(await breakwater(['findings', 'import', join(dir, 'nothing')])).toMatchObject({
      code: 64,
      err: expect.stringContaining('cannot be read'),
    });
    expect(await breakwater(['findings', 'import', file])).toMatchObject({ code: 65, err: expect.stringContaining('names no package') });
  });

  test('bulk keeps its answers and goes on where it ended', async () => {
    const file = join(dir, 'many.jsonl');
    const receipts = `${file}.receipts.jsonl`;
    writeFileSync(file, [61, 62, 63].map(osv).join('\n'));
    const first = await breakwater(['findings', 'bulk', file]);
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain('3 entries: 3 findings received');
    const answers = readFileSync(receipts, 'utf8');
    // As after a crash: the last answers are missing, one of them cut short.
    writeFileSync(receipts, `${answers.split('\n')[0]}\n${answers.split('\n')[1]!.slice(0, 20)}`);
    const before = await held();
    expect((await breakwater(['findings', 'bulk', file])).out).toContain('3 entries: 3 findings received');
    expect(parsed(readFileSync(receipts, 'utf8'))).toEqual(parsed(answers));
    expect(await held()).toBe(before);
    expect((await breakwater(['findings', 'bulk', join(dir, 'none.jsonl')])).code).toBe(66);
  }, 60_000);
});
