import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { flow } from '../../src/app/flow.ts';
import { buildHttp } from '../../src/app/http.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as sealing from '../../src/clearinghouse/findings/sealed/actions.ts';
import { recipientsOf } from '../../src/clearinghouse/findings/sealed/store.ts';
import { submitSealedInput } from '../../src/clearinghouse/findings/sealed/wire.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { runCommand } from '../equipment/command.ts';
import { openHub, type TestHub } from '../hub.ts';

// Every command is a process of its own: seconds on a machine that has other work.
vi.setConfig({ testTimeout: 120_000 });

let hub: TestHub;
let app: FastifyInstance;
let url: string;
let [finder, other, desk, maintainer]: Actor[] = [];
const dir = mkdtempSync(join(tmpdir(), 'bw-sealed-'));
const canary = 'CANARY-of-a-sealed-finding';
const said = { title: canary, text: `${canary} overflows`, purl: 'pkg:npm/sealed@1.0.0' };
const identityFile = join(dir, 'identity.txt');
const draftFile = join(dir, 'finding.json');

const env = async (as: Actor) => {
  const { secret } = await hub.do<{ secret: string }>(as, orgs.issueToken, { holderId: as.id });
  return { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: secret };
};
const seal = async (...words: string[]) => {
  const { code, out, err } = await runCommand(
    ['--json', 'findings', 'seal', draftFile, '--to', maintainer!.id, ...words],
    await env(finder!),
  );
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as { id: string; receipt: string; commitment: string; salt: string };
};

beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Finder', 'finder');
  other = await hub.join('Other', 'finder');
  desk = await hub.join('Desk', 'coordinator');
  maintainer = await hub.join('Maintainer', 'maintainer');
  app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: join(dir, 'none'), publicDir: dir, log: () => {} });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  const identity = await generateX25519Identity();
  writeFileSync(identityFile, `# of the maintainer\n${identity}\n`);
  writeFileSync(draftFile, JSON.stringify(said));
  await hub.do(maintainer, sealing.offerRecipient, { recipient: await identityToRecipient(identity) });
});
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

test('sealed on one machine and opened on another: the hub holds what it cannot read, then the finding as of the first day', async () => {
  const kept = join(dir, 'kept.age');
  const made = await seal('--title', 'Something in a parser', '--keep', kept);
  expect(readFileSync(kept).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  hub.clock.advance(60_000);
  // Neither the database nor the log nor the desk knows what it says.
  const { items } = await hub.do<{ items: object[] }>(desk!, sealing.sealed, {});
  expect(items).toMatchObject([{ id: made.id, title: 'Something in a parser', purl: null, state: 'sealed', commitment: made.commitment }]);
  const log = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  expect(JSON.stringify([items, log])).not.toContain(canary);
  expect(await hub.try(desk!, findings.get, { id: made.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(finder!, findings.status, { receipt: made.receipt })).toMatchObject({ status: 'queued' });
  // The recipient reads it at home, and only then hands it in.
  const words = ['findings', 'unseal', made.id, '--identity', identityFile];
  const read = await runCommand(['--json', ...words], await env(maintainer!));
  expect(JSON.parse(read.out)).toEqual(said);
  const opened = await runCommand(['--json', ...words, '--hand-in'], await env(maintainer!));
  expect(opened.err).toBe('');
  expect(JSON.parse(opened.out)).toMatchObject({ id: made.id, receipt: '', commitment: made.commitment });
  await hub.settle(flow);
  const finding = await hub.do<Record<string, string>>(finder!, findings.get, { id: made.id });
  expect(finding).toMatchObject({ title: canary, receipt: made.receipt, orgId: finder!.orgId, reporterId: finder!.id });
  expect(finding.receivedAt).toBe(log.find(({ body }) => body?.event === 'finding.sealed')!.at);
  expect(await hub.try(maintainer!, findings.get, { id: made.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.do<{ status: string }>(finder!, findings.status, { receipt: made.receipt })).toBeDefined();
  const again = await runCommand(['--json', ...words, '--hand-in'], await env(maintainer!));
  expect(JSON.parse(again.err)).toMatchObject({ refused: { code: 'wrong_state' } });
});

test('only who is named, and the finder, gets the file; nobody opens it as something else', async () => {
  const { id, salt } = await seal();
  for (const stranger of [other!, desk!]) {
    expect(await hub.try(stranger, sealing.sealedFile, { id })).toMatchObject({ code: 'not_found' });
    expect(await hub.try(stranger, sealing.openSealed, { id, salt, finding: said })).toMatchObject({ code: 'not_found' });
    expect(await hub.try(stranger, sealing.withdrawSealed, { id, because: 'x' })).toMatchObject({ code: 'not_found' });
  }
  expect((await hub.do<{ items: object[] }>(other!, sealing.sealed, {})).items).toEqual([]);
  const else_ = { ...said, title: 'Another flaw' };
  expect(await hub.try(maintainer!, sealing.openSealed, { id, salt, finding: else_ })).toMatchObject({ code: 'untrusted' });
  expect(await hub.try(maintainer!, sealing.openSealed, { id, salt: '0'.repeat(64), finding: said })).toMatchObject({ code: 'untrusted' });
  expect(await hub.try(maintainer!, sealing.withdrawSealed, { id, because: 'x' })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(finder!, sealing.withdrawSealed, { id, because: 'sent to the project itself' })).toEqual({ id, state: 'withdrawn' });
  expect(await hub.try(maintainer!, sealing.sealedFile, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(maintainer!, sealing.openSealed, { id, salt, finding: said })).toMatchObject({ code: 'wrong_state' });
});

test('another identity does not open it; what is no finding is refused before it is sealed', async () => {
  const { id } = await seal();
  const wrong = join(dir, 'wrong.txt');
  writeFileSync(wrong, await generateX25519Identity());
  const { code, err } = await runCommand(['--json', 'findings', 'unseal', id, '--identity', wrong], await env(maintainer!));
  expect([code, JSON.parse(err)]).toMatchObject([expect.any(Number), { refused: { code: 'untrusted' } }]);
  const bad = join(dir, 'bad.json');
  writeFileSync(bad, JSON.stringify({ ...said, purl: 'none' }));
  const refused = await runCommand(['--json', 'findings', 'seal', bad, '--to', maintainer!.id], await env(finder!));
  expect(JSON.parse(refused.err)).toMatchObject({ refused: { code: 'malformed' } });
  const nobody = await runCommand(['--json', 'findings', 'seal', draftFile, '--to', other!.id], await env(finder!));
  expect(JSON.parse(nobody.err)).toMatchObject({ refused: { code: 'not_found' } });
});

test('what is no age file, or for somebody who offers no key, is refused', async () => {
  const input = { commitment: '0'.repeat(64), recipientIds: [maintainer!.id] };
  const ciphertext = Buffer.from('not encrypted').toString('base64');
  expect(await hub.try(finder!, sealing.submitSealed, { ...input, ciphertext })).toMatchObject({ code: 'malformed', at: '/ciphertext' });
  const age = Buffer.from('age-encryption.org/v1\n-> X25519 a\nb\n--- c\n').toString('base64');
  expect(await hub.try(finder!, sealing.submitSealed, { ...input, recipientIds: [other!.id], ciphertext: age })).toMatchObject({
    code: 'not_found',
  });
  await hub.do(maintainer!, sealing.withdrawRecipient, {});
  expect(await hub.try(finder!, sealing.submitSealed, { ...input, ciphertext: age })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(maintainer!, sealing.withdrawRecipient, {})).toMatchObject({ code: 'not_found' });
  expect(await hub.doors.db.transaction(house.reads, (tx) => recipientsOf(tx, [maintainer!.id]))).toEqual([]);
});

test('limits: the file, its recipients, a key, and how many an organisation has sealed at a time', async () => {
  const file = (bytes: number) => Buffer.alloc(bytes, 'a').toString('base64');
  const people = (n: number) => Array.from({ length: n }, () => maintainer!.id);
  const takes = (over: object) =>
    submitSealedInput.safeParse({ ciphertext: file(1), commitment: '0'.repeat(64), recipientIds: people(1), ...over }).success;
  expect([limits.sealedBytes, limits.sealedBytes + 1].map((n) => takes({ ciphertext: file(n) }))).toEqual([true, false]);
  expect([limits.recipientsPerSealed, limits.recipientsPerSealed + 1].map((n) => takes({ recipientIds: people(n) }))).toEqual([
    true,
    false,
  ]);
  const key = (chars: number) => ({ recipient: `age1${'q'.repeat(chars - 4)}` });
  expect(await hub.try(maintainer!, sealing.offerRecipient, key(limits.recipientChars + 1))).toMatchObject({ code: 'malformed' });
  await hub.do(maintainer!, sealing.offerRecipient, key(limits.recipientChars));
  const age = Buffer.from('age-encryption.org/v1\n-> X25519 a\nb\n--- c\n').toString('base64');
  const submit = () => hub.try(other!, sealing.submitSealed, { ciphertext: age, commitment: '0'.repeat(64), recipientIds: people(1) });
  for (let i = 0; i < limits.sealedPerOrg; i++) expect(await submit()).toMatchObject({ receipt: expect.stringMatching(/^SUB-/) });
  expect(await submit()).toMatchObject({ code: 'too_many' });
});

const age = spawnSync('age', ['--version']).status === 0;
if (!age) console.log('skipped: Debian\u2019s age is not installed (apt-get install age)');
test.skipIf(!age)('the program that everybody uses opens what we sealed', async () => {
  const identity = await generateX25519Identity();
  writeFileSync(identityFile, identity);
  await hub.do(maintainer!, sealing.offerRecipient, { recipient: await identityToRecipient(identity) });
  const kept = join(dir, 'for-age.age');
  const { salt } = await seal('--keep', kept);
  const { stdout, status } = spawnSync('age', ['-d', '-i', identityFile, kept]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout.toString())).toEqual({ version: 'sealed-finding/1', salt, finding: said });
});
