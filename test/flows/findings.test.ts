import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { commitmentOf, contentDigest } from '../../src/clearinghouse/findings/commitment.ts';
import { blankDraft, receiptPattern } from '../../src/clearinghouse/findings/finding.ts';
import { findingsOfPackage } from '../../src/clearinghouse/findings/store.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, south, desk, agency]: Actor[] = [];
const plain = { title: 'Overflow in parse_string', text: 'A long escape writes past the end.', purl: 'pkg:DEB/Debian/cJSON@1.7.15-1' };
const poc = { filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAEC/w==' };
type Received = { id: string; receipt: string; missing: string[]; commitment: string; commitmentSalt: string };
const submit = (as: Actor, over: object = {}) => hub.do<Received>(as, findings.submit, { ...plain, ...over });
const bodies = async (thing: string) =>
  (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000))).flatMap((e) =>
    e.body?.thing === thing ? [e.body] : [],
  );

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
  agency = await hub.join('Agency', 'evaluator');
});
afterAll(() => hub.close());

test('a receipt, the checklist, a commitment and sealed files come of a submission', async () => {
  const received = await submit(north!, { attachments: [poc], symbol: { function: 'parse_string' } });
  expect(received.receipt).toMatch(receiptPattern);
  expect(received.missing).toEqual(['severity', 'patch', 'test']);
  const [event] = await bodies(received.id);
  expect(event).toMatchObject({
    event: 'finding.received',
    label: { tlp: 'RED', compartments: [north!.orgId] },
    payload: { package: 'pkg:deb/debian/cjson', purl: 'pkg:deb/debian/cjson@1.7.15-1', hasPoc: true, commitment: received.commitment },
  });
  const kept = await hub.do<{ attachments: { id: string; bytes: number; sha256: string }[] }>(north!, findings.get, { id: received.id });
  expect(kept).toMatchObject({ rung: 'claimed', state: 'received', receipt: received.receipt, title: plain.title });
  expect(await hub.do(north!, findings.attachment, { id: received.id, attachmentId: kept.attachments[0]!.id })).toMatchObject({
    data: poc.data,
  });
  const content = blankDraft({
    ...{ format: 'plain', title: plain.title, text: plain.text, purl: 'pkg:deb/debian/cjson@1.7.15-1', versions: [] },
    symbol: { file: null, function: 'parse_string', line: null },
    attachments: [
      {
        filename: poc.filename,
        contentType: 'application/octet-stream',
        type: 'exploit-proof-of-concept',
        description: null,
        bytes: Buffer.from(poc.data, 'base64'),
      },
    ],
  });
  expect(commitmentOf(received.commitmentSalt, contentDigest(content))).toBe(received.commitment);
});

test('nobody else learns of a finding: not by id, list, file or package', async () => {
  const { id } = await submit(north!, { attachments: [poc] });
  const { attachments } = await hub.do<{ attachments: { id: string }[] }>(north!, findings.get, { id });
  for (const other of [south!, agency!]) {
    expect(await hub.try(other, findings.get, { id })).toEqual({ refused: true, code: 'not_found', because: 'no such thing' });
    expect(await hub.try(other, findings.attachment, { id, attachmentId: attachments[0]!.id })).toMatchObject({ code: 'not_found' });
    expect((await hub.do<{ items: unknown[] }>(other, findings.list, {})).items).toEqual([]);
    expect(await hub.doors.db.transaction(other.reads, (tx) => findingsOfPackage(tx, 'pkg:deb/debian/cjson'))).toEqual([]);
  }
  const own = await submit(south!);
  const { items } = await hub.do<{ items: { id: string }[] }>(south!, findings.list, {});
  expect(items.map((i) => i.id)).toEqual([own.id]);
  const cross = await hub.try(south!, findings.attachment, { id: own.id, attachmentId: attachments[0]!.id });
  expect(cross).toMatchObject({ code: 'not_found' });
});

test('the desk reads a finding, but cannot pass for its finder', async () => {
  const { id } = await submit(north!);
  expect(await hub.do(desk!, findings.get, { id })).toMatchObject({ id, title: plain.title, receipt: '', commitmentSalt: null });
  expect((await bodies('findings.get')).length).toBeGreaterThan(0);
});

test('who holds the receipt learns how far it is, and nothing more', async () => {
  const { id, receipt } = await submit(north!);
  expect(await hub.do(anonymous, findings.status, { receipt })).toEqual({ at: hub.clock.now(), receipt, status: 'queued' });
  const queuedAt = hub.clock.now();
  hub.clock.advance(1000);
  await hub.do(house, findings.judge, { id, verdict: 'flaky', because: 'only 1 of 3 runs' });
  expect(await hub.do(anonymous, findings.status, { receipt })).toMatchObject({ status: 'processing' });
  await hub.do(house, findings.judge, { id, verdict: 'not-reproduced', because: 'silent', validationId: null });
  const { at, ...status } = await hub.do<{ at: string }>(south!, findings.status, { receipt });
  expect(status).toEqual({ receipt, status: 'done' });
  expect(at > queuedAt).toBe(true);
  expect(await hub.try(anonymous, findings.status, { receipt: 'SUB-aaaaaaaaaaaaaaaaaa' })).toMatchObject({ code: 'not_found' });
});

test('verdicts move a finding; a person cannot', async () => {
  const { id } = await submit(north!, { attachments: [poc] });
  expect(await hub.try(north!, findings.judge, { id, verdict: 'reproduced', because: 'I say so' })).toMatchObject({
    code: 'not_permitted',
  });
  const because = '3 of 3 runs on the vulnerable build';
  await hub.do(house, findings.judge, { id, verdict: 'reproduced', because, crashState: 'a\nb\nc\n', recipeId: 'cjson' });
  expect(await hub.do(north!, findings.get, { id })).toMatchObject({
    rung: 'replayed',
    state: 'valid',
    stateBecause: because,
    crashState: 'a\nb\nc\n',
  });
  expect((await bodies(id)).find((b) => b.event === 'finding.judged')?.payload).toEqual({
    verdict: 'reproduced',
    before: null,
    because,
    rung: 'replayed',
    state: 'valid',
    package: 'pkg:deb/debian/cjson',
    validationId: null,
  });
  expect(await hub.try(house, findings.judge, { id, verdict: 'not-reproduced', because: 'x' })).toMatchObject({ code: 'wrong_state' });
  await hub.do(house, findings.close, { id, because: 'disclosed' });
  expect(await hub.try(house, findings.close, { id, because: 'again' })).toMatchObject({ code: 'wrong_state' });
});

test('the same Idempotency-Key hands in once', async () => {
  const input = { ...plain, title: 'once' };
  const first = await hub.do<Received>(north!, findings.submit, input, 'k1');
  expect(await hub.do(north!, findings.submit, input, 'k1')).toEqual(first);
  expect(await hub.try(north!, findings.submit, { ...input, title: 'twice' }, 'k1')).toMatchObject({ code: 'conflict' });
});

test('limits hold at the limit and refuse one above', async () => {
  const refusal = (over: object) => hub.try(north!, findings.submit, { ...plain, ...over });
  expect(await refusal({ title: 'é'.repeat(limits.titleChars) })).toHaveProperty('receipt');
  expect(await refusal({ title: 'é'.repeat(limits.titleChars + 1) })).toMatchObject({ code: 'malformed', at: '/title' });
  expect(await refusal({ text: 'x'.repeat(limits.textChars) })).toHaveProperty('receipt');
  expect(await refusal({ text: 'x'.repeat(limits.textChars + 1) })).toMatchObject({ code: 'malformed', at: '/text' });
  const files = (n: number) => ({ attachments: Array.from({ length: n }, (_, i) => ({ ...poc, filename: `${i}.bin` })) });
  expect(await refusal(files(limits.attachmentsPerFinding))).toHaveProperty('receipt');
  expect(await refusal(files(limits.attachmentsPerFinding + 1))).toMatchObject({ code: 'malformed', at: '/attachments' });
  const sized = (bytes: number) => ({ attachments: [{ ...poc, data: Buffer.alloc(bytes).toString('base64') }] });
  expect(await refusal(sized(limits.attachmentBytes))).toHaveProperty('receipt');
  expect(await refusal(sized(limits.attachmentBytes + 1))).toMatchObject({ code: 'malformed', at: '/attachments/0/data' });
  for (const title of ['', ' ', 'a\u0000', 'a\nb', 'a\u202Eb', '\ud800'])
    expect(await refusal({ title }), JSON.stringify(title)).toMatchObject({ code: 'malformed' });
  expect(await refusal({ attachments: [poc, { ...poc, filename: 'POC.BIN' }] })).toMatchObject({ code: 'malformed' });
  expect(await refusal({ purl: 'cjson' })).toMatchObject({ code: 'malformed', at: '/purl' });
  expect(await hub.try(agency!, findings.submit, plain)).toMatchObject({ code: 'not_permitted' });
});

test('every member of a submission holds at its limit and is refused one above', async () => {
  const purl = (bytes: number) => ({ purl: 'pkg:npm/'.padEnd(bytes, 'a') });
  const entries = (field: string, entry: (i: number) => string) => (n: number) => ({
    [field]: Array.from({ length: n }, (_, i) => entry(i)),
  });
  const sized = (field: string, start: string) => (bytes: number) => ({ [field]: [start.padEnd(bytes, '1')] });
  const symbol = (field: string) => (bytes: number) => ({ symbol: { [field]: 'x'.repeat(bytes) } });
  const file = (field: string) => (bytes: number) => ({ attachments: [{ ...poc, [field]: 'x'.repeat(bytes) }] });
  const members: [(n: number) => object, number][] = [
    [purl, limits.purlBytes],
    [entries('versions', String), limits.versionsPerFinding],
    [sized('versions', '1'), limits.versionBytes],
    [entries('references', (i) => `https://a.example/${i}`), limits.referencesPerFinding],
    [sized('references', 'https://a.example/'), limits.referenceBytes],
    [entries('upstreamIds', (i) => `CVE-2026-${1000 + i}`), limits.upstreamIdsPerFinding],
    [sized('upstreamIds', 'CVE-2026-'), limits.upstreamIdBytes],
    [symbol('file'), limits.symbolFileBytes],
    [symbol('function'), limits.symbolFunctionBytes],
    [file('filename'), limits.filenameBytes],
    [file('description'), limits.descriptionBytes],
  ];
  for (const [member, max] of members) {
    const named = Object.keys(member(1)).join();
    expect(await hub.try(north!, findings.submit, { ...plain, ...member(max) }), named).toHaveProperty('receipt');
    expect(await hub.try(north!, findings.submit, { ...plain, ...member(max + 1) }), named).toMatchObject({ code: 'malformed' });
  }
});

test('a SARIF log holds so many bytes, and not one more', async () => {
  const log = (pad: number) => ({
    version: '2.1.0',
    runs: [{ results: [{ message: { text: 'm' } }] }],
    properties: { pad: 'x'.repeat(pad) },
  });
  const bare = Buffer.byteLength(JSON.stringify(log(0)));
  const send = (bytes: number) => hub.try(south!, findings.submitSarif, { sarif: log(bytes - bare), purl: 'pkg:npm/padded' });
  expect(await send(limits.sarifBytes)).toHaveProperty('items');
  expect(await send(limits.sarifBytes + 1)).toMatchObject({ code: 'malformed', at: '/sarif' });
});

test('a SARIF log gives a finding a result; files only with a single one', async () => {
  const log = (n: number) => ({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'semgrep' } },
        results: Array.from({ length: n }, (_, i) => ({ ruleId: 'r', message: { text: `m${i}` } })),
      },
    ],
  });
  const given = { sarif: log(3), purl: 'pkg:npm/a@1' };
  const { items, skipped } = await hub.do<{ items: Received[]; skipped: number }>(south!, findings.submitSarif, given);
  expect([new Set(items.map((i) => i.receipt)).size, skipped]).toEqual([3, 0]);
  expect(await hub.try(south!, findings.submitSarif, { ...given, attachments: [poc] })).toMatchObject({
    code: 'malformed',
    at: '/attachments',
  });
  const one = await hub.do<{ items: Received[] }>(south!, findings.submitSarif, { sarif: log(1), purl: 'pkg:npm/a@1', attachments: [poc] });
  expect(one.items[0]!.missing).not.toContain('poc');
  expect(await hub.try(south!, findings.submitSarif, { ...given, sarif: { version: '1' } })).toMatchObject({
    code: 'unsupported',
    at: '/sarif/version',
  });
});

test('a SARIF log at its limit is taken whole, one above not at all', async () => {
  const log = (n: number) => ({ version: '2.1.0', runs: [{ results: Array.from({ length: n }, () => ({ message: { text: 'm' } })) }] });
  const purl = 'pkg:npm/flood@1';
  expect(await hub.try(south!, findings.submitSarif, { sarif: log(limits.sarifResults + 1), purl })).toMatchObject({ code: 'too_large' });
  const { items } = await hub.do<{ items: unknown[] }>(south!, findings.submitSarif, { sarif: log(limits.sarifResults), purl });
  expect(items).toHaveLength(limits.sarifResults);
  const kept = await hub.doors.db.transaction(house.reads, (tx) => findingsOfPackage(tx, 'pkg:npm/flood'));
  expect(kept).toHaveLength(limits.sarifResults);
});

test('a TAP report as a verb: taken, or the first violation told', async () => {
  const report = {
    ecosystem: 'npm',
    software: 'example-lib',
    email: 'a@b.example',
    notify: 'all',
    exploit: 'x',
    exploit_content_type: 'text/plain',
  };
  const received = await hub.do<Received & { warnings: unknown[] }>(north!, findings.submitTap, { report });
  expect(received.warnings).toHaveLength(1);
  const kept = await hub.do<object>(north!, findings.get, { id: received.id });
  expect(kept).toMatchObject({ format: 'tap', purl: 'pkg:npm/example-lib' });
  expect(JSON.stringify(kept)).not.toContain('a@b.example');
  expect(await hub.try(north!, findings.submitTap, { report: { purl: 'x' } })).toMatchObject({ code: 'malformed', at: '/report/purl' });
  expect(await hub.try(north!, findings.submitTap, { report: { x: 1 } })).toMatchObject({ code: 'malformed', at: '/report' });
  const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
  expect(await hub.try(north!, findings.submitTap, { report: { enrichment: deep } }, 'deep')).toMatchObject({ code: 'malformed' });
});
