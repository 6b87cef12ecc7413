import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askWitnesses, witnessRoutes } from '../../src/app/witnessing.ts';
import { sha256 } from '../../src/base/canonical.ts';
import { limits } from '../../src/base/limits.ts';
import { cosignedAt, logSignature, parseNote, parseVerifierKey, witnessKey } from '../../src/base/note.ts';
import { verifierKey } from '../../src/base/signature.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as witnesses from '../../src/clearinghouse/releases/witnesses/actions.ts';
import { asking } from '../../src/clearinghouse/releases/witnesses/witness.ts';
import { guardedNet } from '../../src/io/net/http.ts';
import { type Actor, anonymous } from '../../src/trust/access.ts';
import { insertPublished } from '../equipment/published.ts';
import { openHub, type TestHub } from '../hub.ts';

// Two hubs that witness each other's releases, by HTTP.
interface Peer {
  readonly hub: TestHub;
  readonly app: FastifyInstance;
  readonly url: string;
  readonly desk: Actor;
}
let [north, south]: Peer[] = [];

async function open(): Promise<Peer> {
  const hub = await openHub({ net: guardedNet({ own: ['127.0.0.1'] }) });
  const app = Fastify();
  witnessRoutes(app, hub.doors);
  return { hub, app, url: await app.listen({ host: '127.0.0.1', port: 0 }), desk: await hub.join('Clearinghouse', 'coordinator') };
}

const known = (text: string, url: string | null) => ({ key: parseVerifierKey(text)!, url });
function introduce(to: Peer, peer: Peer): void {
  const [log, witness] = [peer.hub.doors.keys.signer('releases'), peer.hub.doors.keys.signer('witness')];
  const witnessing = {
    logs: [known(verifierKey(log.name, log.publicKey), null)],
    witnesses: [known(witnessKey(witness), `${peer.url}/witness`)],
    quorum: { least: 0, of: [] },
  };
  Object.assign(to.hub.doors, { witnessing });
}

beforeAll(async () => {
  [north, south] = [await open(), await open()];
  introduce(north!, south!);
  introduce(south!, north!);
});
afterAll(() => Promise.all([north, south].flatMap((peer) => [peer!.app.close(), peer!.hub.close()])));

const checkpointOf = async (peer: Peer) => (await peer.hub.do<{ note: string }>(anonymous, releases.checkpoint, {})).note;
const settled = async (peer: Peer) => {
  for (let n = 1; n > 0; ) n = await askWitnesses(peer.hub.doors);
};

test('each hub cosigns what the other releases, from the first on', async () => {
  for (const [n, size] of [1, 2, 300].entries()) {
    for (const peer of [north!, south!]) await insertPublished(peer.hub, n === 0 ? 0 : [1, 2][n - 1]!, size);
    await Promise.all([settled(north!), settled(south!)]);
    for (const [peer, other] of [
      [north!, south!],
      [south!, north!],
    ] as const) {
      const note = parseNote(await checkpointOf(peer))!;
      const [log, witness] = [...peer.hub.doors.witnessing.logs, ...peer.hub.doors.witnessing.witnesses];
      const own = other.hub.doors.witnessing.logs[0]!;
      expect(note.text.split('\n')[1]).toBe(`${size}`);
      expect(logSignature(note, own.key)).toBe('signed');
      expect(cosignedAt(note.text, note.signatures, witness!.key)).toBe(Date.parse(other.hub.clock.now()) / 1000);
      expect(log).toBeDefined();
    }
  }
});

test('a hub that lost what it knew of a witness learns its size from the 409 and goes on', async () => {
  const { witness } = await north!.hub.doors.db.transaction([], async (tx) => {
    const { standings, saveStanding } = await import('../../src/clearinghouse/releases/witnesses/store.ts');
    const [standing] = (await standings(tx)).values();
    await saveStanding(tx, { ...standing!, knownSize: 0, size: null, line: null, cosignedAt: null });
    return standing!;
  });
  expect(parseNote(await checkpointOf(north!))!.signatures).toHaveLength(1);
  expect(await askWitnesses(north!.hub.doors)).toBe(1);
  expect(await askWitnesses(north!.hub.doors)).toBe(0);
  const { text, signatures } = parseNote(await checkpointOf(north!))!;
  expect(cosignedAt(text, signatures, parseVerifierKey(witness)!)).toEqual(expect.any(Number));
});

test('whoever monitors reads what was last cosigned, with both signatures', async () => {
  const origin = north!.hub.doors.keys.signer('releases').name;
  const reply = await fetch(`${south!.url}/witness/${sha256(origin)}/checkpoint`);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await reply.text()).toBe(await checkpointOf(north!));
  expect((await fetch(`${south!.url}/witness/${sha256('other')}/checkpoint`)).status).toBe(404);
});

test('the protocol\u2019s own answers, by HTTP', async () => {
  const add = (body: string | Uint8Array<ArrayBuffer>) => fetch(`${south!.url}/witness/add-checkpoint`, { method: 'POST', body });
  const note = await checkpointOf(north!);
  const stale = await add(asking(0, [], note));
  expect([stale.status, stale.headers.get('content-type'), await stale.text()]).toEqual([409, 'text/x.tlog.size', '300\n']);
  const again = await add(asking(300, [], note));
  expect([again.status, (await again.text()).startsWith('\u2014 test.example/witness ')]).toEqual([200, true]);
  expect((await add(Buffer.from([0xff, 0xfe]))).status).toBe(400);
  const padded = (bytes: number) => 'x'.repeat(bytes);
  expect((await add(padded(limits.witnessRequestBytes))).status).toBe(400);
  expect((await add(padded(limits.witnessRequestBytes + 1))).status).toBe(413);
});

test('an answer that is too long, or too late, is no cosignature', async () => {
  const wide = Fastify();
  wide.post('/add-checkpoint', (_request, reply) => reply.send('x'.repeat(limits.witnessAnswerBytes + 1)));
  const url = await wide.listen({ host: '127.0.0.1', port: 0 });
  const { witnesses: of } = north!.hub.doors.witnessing;
  Object.assign(north!.hub.doors, { witnessing: { ...north!.hub.doors.witnessing, witnesses: [{ ...of[0]!, url }] } });
  await insertPublished(north!.hub, 300, 301);
  expect(await askWitnesses(north!.hub.doors)).toBe(0);
  await wide.close();
  const { asked } = await north!.hub.do<{ asked: { because: string }[] }>(north!.desk, witnesses.list, {});
  expect(asked[0]!.because).toContain('bytes');
  expect(limits.witnessMs).toBeLessThanOrEqual(10_000); // the Net door holds it (src/io/net/net.test.ts)
});
