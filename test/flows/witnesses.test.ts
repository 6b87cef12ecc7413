import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askWitnesses } from '../../src/app/witnessing.ts';
import type { Net } from '../../src/base/doors.ts';
import { hour, minute, second } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { appendLeaf, emptyRoot, leafHash, rootOf } from '../../src/base/merkle.ts';
import { completedBy, consistencyFolds, folded, type Place } from '../../src/base/merkle-nodes.ts';
import { cosign as cosignature, cosignedAt, parseNote, parseVerifierKey, witnessKey } from '../../src/base/note.ts';
import { refuse } from '../../src/base/refusal.ts';
import { signerOf, signNote, verifierKey } from '../../src/base/signature.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as witnesses from '../../src/clearinghouse/releases/witnesses/actions.ts';
import { asking } from '../../src/clearinghouse/releases/witnesses/witness.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { insertPublished } from '../equipment/published.ts';
import { openHub, type TestHub } from '../hub.ts';

const most = 70;
const make = (name: string) => signerOf(name, generateKeyPairSync('ed25519').privateKey);
const log = make('log.example');
const distant = make('witness.example');
const nodes = new Map<string, Buffer>();
const roots = [emptyRoot];
let frontier: Buffer[] = [];
for (let i = 0; i < most; i++) {
  const leaf = leafHash(Buffer.from(`${i}`));
  for (const { level, index, hash } of completedBy(frontier, i, leaf)) nodes.set(`${level}/${index}`, hash);
  frontier = appendLeaf(frontier, i, leaf);
  roots.push(rootOf(frontier));
}
const hashOf = ({ level, index }: Place) => nodes.get(`${level}/${index}`)!;
const proofOf = (from: number, to: number) => consistencyFolds(from, to).map((fold) => folded(fold, hashOf));
const checkpoint = (size: number, root = roots[size]!, by = log) => signNote(by, `log.example\n${size}\n${root.toString('base64')}\n`);

let hub: TestHub;
let desk: Actor;
let asked: { url: string; body: string }[] = [];
let answer: (body: string) => { status: number; body: string } | 'nothing' = () => 'nothing';
const net: Net = {
  async post(url, { body }) {
    const text = Buffer.from(body).toString();
    asked.push({ url, body: text });
    const given = answer(text);
    return given === 'nothing'
      ? refuse('unavailable', 'nobody answers')
      : { status: given.status, headers: {}, body: Buffer.from(given.body) };
  },
};

beforeAll(async () => {
  const known = (text: string, url: string | null = null) => ({ key: parseVerifierKey(text)!, url });
  const witnessing = {
    logs: [known(verifierKey(log.name, log.publicKey))],
    witnesses: [known(witnessKey(distant), 'https://witness.example/w/')],
    quorum: { least: 0, of: [] },
  };
  hub = await openHub({ net, witnessing });
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

const add = (body: string) => hub.do<{ status: number; type: string; body: string }>(house, witnesses.cosign, { body });
const statusOf = async (body: string) => (await add(body)).status;
const shown = () =>
  hub.do<{ asked: { size: number | null; failures: number; because: string | null }[]; forks: { against: string }[]; key: string }>(
    desk,
    witnesses.list,
    {},
  );

test('a log that nobody told us to watch, a stranger\u2019s signature, and what is no asking', async () => {
  const unknown = make('other.example');
  expect(await statusOf(asking(0, [], signNote(unknown, `other.example\n0\n${emptyRoot.toString('base64')}\n`)))).toBe(404);
  expect(await statusOf(asking(0, [], checkpoint(1, roots[1], make('log.example'))))).toBe(403);
  expect(await statusOf(asking(0, [], checkpoint(1).replace('\n1\n', '\n2\n')))).toBe(403);
  for (const bad of [
    '',
    'old 0\n',
    `old 00\n\n${checkpoint(1)}`,
    `old -1\n\n${checkpoint(1)}`,
    `old 0\nAAAA\n\n${checkpoint(1)}`,
    'old 0\n\nlog.example\n',
  ])
    expect(await statusOf(bad), bad).toBe(400);
  const hashes = (n: number) => asking(1, Array(n).fill(roots[1]), checkpoint(1));
  expect([await statusOf(hashes(64)), await statusOf(hashes(63))]).toEqual([400, 409]);
});

test('each append is cosigned with the time, and only appends are', async () => {
  const key = parseVerifierKey((await shown()).key)!;
  for (const [from, to] of [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 33],
    [33, 64],
    [64, 65],
  ] as const) {
    hub.clock.advance(minute);
    const given = await add(asking(from, proofOf(from, to), checkpoint(to)));
    expect(given).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    const { text, signatures } = parseNote(`${checkpoint(to)}${given.body}`)!;
    expect(cosignedAt(text, signatures, key)).toBe(Date.parse(hub.clock.now()) / second);
  }
  expect(await add(asking(33, proofOf(33, 70), checkpoint(70)))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '65\n' });
  expect(await statusOf(asking(66, [], checkpoint(65)))).toBe(400);
  expect(await statusOf(asking(65, proofOf(64, 70), checkpoint(70)))).toBe(422);
  expect(await statusOf(asking(65, [], checkpoint(70)))).toBe(422);
  expect(await statusOf(asking(65, proofOf(65, 70), checkpoint(70, roots[69])))).toBe(422);
});

test('a fork is never cosigned, and is kept: two signed trees of one size that differ', async () => {
  for (let i = 1; i <= limits.forksPerLog + 1; i++) expect(await statusOf(asking(65, [], checkpoint(65, roots[i])))).toBe(422);
  const { forks } = await shown();
  expect(forks).toHaveLength(limits.forksPerLog);
  expect(forks[0]!.against).toContain(roots[65]!.toString('base64'));
});

test('the database itself goes neither back nor aside', async () => {
  for (const set of ['size = 64', "root = 'x'", 'size = 0'])
    await expect(hub.doors.db.transaction([], (tx) => sql.raw(`UPDATE witnessed_logs SET ${set}`).execute(tx))).rejects.toThrow(
      'never goes back',
    );
});

test('two logs of one name that ask at once: one is cosigned, the other is told', async () => {
  const both = await Promise.all([70, 69].map((to) => statusOf(asking(65, proofOf(65, to), checkpoint(to)))));
  expect(both.sort()).toEqual([200, 409]);
});

test('nothing released, nobody asked', async () => {
  expect(await askWitnesses(hub.doors)).toBe(0);
  expect(asked).toEqual([]);
});

test('a witness that does not answer is asked again, after longer and longer, and the checkpoint goes out without it', async () => {
  await insertPublished(hub, 0, 5);
  const { note } = await hub.do<{ note: string }>(anonymous, releases.checkpoint, {});
  expect(parseNote(note)!.signatures).toHaveLength(1);
  await askWitnesses(hub.doors);
  expect(asked).toMatchObject([{ url: 'https://witness.example/w/add-checkpoint', body: `old 0\n\n${note}` }]);
  await askWitnesses(hub.doors);
  expect(asked).toHaveLength(1);
  for (let round = 0; round < 12; round++) {
    hub.clock.advance(limits.witnessPauseMs - 1);
    await askWitnesses(hub.doors);
    hub.clock.advance(1);
    await askWitnesses(hub.doors);
  }
  expect((await shown()).asked).toMatchObject([{ size: null, because: 'nobody answers' }]);
  // At last once every pause, and no more.
  expect(asked.length).toBeLessThan(24);
  expect(asked.length).toBeGreaterThan(12);
});

test('its cosignature is verified and goes onto the checkpoint; a wrong one, one for another tree, one from the future do not', async () => {
  const { note } = await hub.do<{ note: string }>(anonymous, releases.checkpoint, {});
  const { text } = parseNote(note)!;
  const now = Math.floor(Date.parse(hub.clock.now()) / second);
  const skew = limits.clockSkewMs / second;
  for (const [line, because] of [
    [cosignature(make('witness.example'), text, now), 'not cosign with the key'],
    [cosignature(distant, text.replace('5', '6'), now), 'does not verify'],
    [cosignature(distant, text, now + skew + 1 + (3 * limits.witnessPauseMs) / second), 'clock runs ahead'],
    ['', 'not cosign'],
  ] as const) {
    answer = () => ({ status: 200, body: line });
    hub.clock.advance(limits.witnessPauseMs);
    await askWitnesses(hub.doors);
    expect((await shown()).asked[0]!.because).toContain(because);
  }
  hub.clock.advance(limits.witnessPauseMs);
  const good = cosignature(distant, text, Date.parse(hub.clock.now()) / second + skew);
  answer = () => ({ status: 200, body: `${cosignature(make('another.example'), text, now)}${good}` });
  await askWitnesses(hub.doors);
  expect(await hub.do(anonymous, releases.checkpoint, {})).toMatchObject({ note: `${note}${good}` });
  expect((await shown()).asked).toMatchObject([{ size: 5, failures: 0, because: null }]);
});

test('what was released since is proved to follow; a cosignature that ages is renewed', async () => {
  asked = [];
  await insertPublished(hub, 5, 9);
  expect(parseNote((await hub.do<{ note: string }>(anonymous, releases.checkpoint, {})).note)!.signatures).toHaveLength(1);
  const now = () => Date.parse(hub.clock.now()) / second;
  answer = (body) => ({ status: 200, body: cosignature(distant, parseNote(body.slice(body.indexOf('\n\n') + 2))!.text, now()) });
  await askWitnesses(hub.doors);
  await askWitnesses(hub.doors);
  expect(asked).toHaveLength(1);
  expect(asked[0]!.body).toMatch(/^old 5\n(\S+\n)+\n/);
  hub.clock.advance(limits.cosignatureHours * hour - 1);
  await askWitnesses(hub.doors);
  expect(asked).toHaveLength(1);
  hub.clock.advance(1);
  await askWitnesses(hub.doors);
  expect(asked[1]!.body).toMatch(/^old 9\n\n/);
});

test('one that knows another size says so, and is asked again at once from there; one that knows more than we have is an alarm', async () => {
  await insertPublished(hub, 9, 12);
  asked = [];
  answer = (body) => (body.startsWith('old 3\n') ? 'nothing' : { status: 409, body: '3\n' });
  expect(await askWitnesses(hub.doors)).toBe(1);
  expect(await askWitnesses(hub.doors)).toBe(0);
  expect(asked.map((a) => a.body.split('\n')[0])).toEqual(['old 9', 'old 3']);
  answer = () => ({ status: 409, body: '13\n' });
  hub.clock.advance(limits.witnessPauseMs);
  expect(await askWitnesses(hub.doors)).toBe(0);
  expect((await shown()).asked[0]!.because).toContain('set back to an old copy');
});
