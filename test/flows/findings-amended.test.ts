import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { commitmentOf } from '../../src/clearinghouse/findings/commitment.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, south, desk]: Actor[] = [];
const plain = { title: 'Overflow in parse_string', text: 'A long escape writes past the end.', purl: 'pkg:npm/amended@1.0.0' };
const file = { filename: 'secret-name.bin', contentType: 'application/octet-stream', description: 'tells of the exploit', data: 'AAEC' };
type Received = { id: string; receipt: string; commitment: string; commitmentSalt: string };
type Kept = { state: string; stateBecause: string; correctsId: string; correctedById: string; contentDigest: string; revealedAt: string };
const submit = (as: Actor, over: object = {}) => hub.do<Received>(as, findings.submit, { ...plain, ...over });
const get = (as: Actor, id: string) => hub.do<Kept>(as, findings.get, { id });
const publicEntries = () => hub.doors.db.transaction([], (tx) => entriesAfter(tx, 0, 10_000));

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

test('a finder takes a finding back; nobody else does, and not twice', async () => {
  const { id } = await submit(north!);
  const because = 'found that it needs a debug build';
  for (const other of [south!, desk!])
    expect(await hub.try(other, findings.withdraw, { id, because })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(north!, findings.withdraw, { id, because })).toEqual({ id, state: 'withdrawn' });
  expect(await get(north!, id)).toMatchObject({ state: 'withdrawn', stateBecause: because });
  expect(await hub.try(north!, findings.withdraw, { id, because })).toMatchObject({ code: 'wrong_state' });
  await hub.settle(flow);
  expect((await get(north!, id)).state).toBe('withdrawn');
});

test('a corrected finding is a new one, with a receipt of its own; the old one says which', async () => {
  const old = await submit(north!);
  const correction = { ...plain, title: 'Overflow in parse_number', because: 'it was the other function' };
  expect(await hub.try(south!, findings.correct, { id: old.id, ...correction })).toMatchObject({ code: 'not_found' });
  const better = await hub.do<Received>(north!, findings.correct, { id: old.id, ...correction });
  expect(better.receipt).not.toBe(old.receipt);
  expect(await get(north!, old.id)).toMatchObject({ state: 'corrected', correctedById: better.id, stateBecause: correction.because });
  expect(await get(north!, better.id)).toMatchObject({ state: 'received', correctsId: old.id, correctedById: null });
  expect(await hub.try(north!, findings.correct, { id: old.id, ...correction })).toMatchObject({ code: 'wrong_state' });
  const status = await hub.do<{ status: string }>(north!, findings.status, { receipt: old.receipt });
  expect(status.status).toBe('done');
});

test('a correction that cannot be read changes nothing', async () => {
  const { id } = await submit(north!);
  expect(await hub.try(north!, findings.correct, { id, ...plain, purl: 'no purl', because: 'x' })).toMatchObject({ code: 'malformed' });
  expect((await get(north!, id)).state).toBe('received');
});

test('what opens a commitment is shown to everybody, once, and names nobody', async () => {
  const received = await submit(north!);
  expect(JSON.stringify(await publicEntries())).not.toContain(received.commitment);
  await hub.do(house, findings.reveal, { id: received.id });
  const kept = await get(north!, received.id);
  const [shown] = (await publicEntries()).flatMap(({ body }) => (body?.thing === received.commitment ? [body] : []));
  expect(shown).toMatchObject({ event: 'finding.revealed', payload: { salt: received.commitmentSalt, contentDigest: kept.contentDigest } });
  const { salt, contentDigest } = shown!.payload as { salt: string; contentDigest: string };
  expect(commitmentOf(salt, contentDigest)).toBe(received.commitment);
  expect(JSON.stringify(shown)).not.toContain(north!.orgId);
  expect(JSON.stringify(shown)).not.toContain(received.id);
  expect(await hub.try(house, findings.reveal, { id: received.id })).toMatchObject({ code: 'wrong_state' });
});

test('names and descriptions of files lie sealed in the database, and open for who may see them', async () => {
  const { id } = await submit(north!, { attachments: [file] });
  const { rows } = await hub.doors.db.transaction(house.reads, (tx) =>
    sql<{ row: string }>`SELECT to_jsonb(f)::text AS row FROM findings f WHERE id = ${id}`.execute(tx),
  );
  expect(rows[0]!.row).not.toContain(file.filename);
  expect(rows[0]!.row).not.toContain(file.description);
  const kept = await hub.do<{ attachments: object[] }>(north!, findings.get, { id });
  expect(kept.attachments).toMatchObject([{ filename: file.filename, description: file.description }]);
});
