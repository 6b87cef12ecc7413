import { afterAll, beforeAll, expect, test } from 'vitest';
import { day, plusMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [lab, other, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('Lab', 'finder');
  other = await hub.join('Other lab', 'finder');
  desk = await hub.join('House', 'coordinator');
});
afterAll(() => hub.close());

interface Imported {
  format: string | null;
  items: { id: string; receipt: string }[];
  skipped: number;
  notes: string[];
  quarantined?: { id: string; code: string; because: string; sha256: string };
}
const osv = (id: string, more: object = {}) => ({
  id,
  modified: '2026-11-01T00:00:00Z',
  summary: 'Overflow in parse',
  details: 'A long header overflows.',
  affected: [{ package: { ecosystem: 'npm', name: '@acme/parse' }, versions: ['1.0.0', '1.0.1'] }],
  ...more,
});
const take = (as: Actor, input: object, key?: string) => hub.do<Imported>(as, findings.importDocument, input, key);
const counted = async () => (await hub.do<{ items: unknown[] }>(lab!, findings.list, { limit: 100 })).items.length;

test('a document is recognised, read and received, with what its sender says of it', async () => {
  const said = { discoveryMethod: 'ai-agent', discoveryModel: 'm-1', toolingAccess: 'confidential', answerable: 'Ada L.' };
  const imported = await take(lab!, { document: osv('GHSA-23cf-45gh-67jm', { aliases: ['CVE-2026-0001'] }), ...said });
  expect(imported).toMatchObject({ format: 'osv', skipped: 0 });
  expect(await hub.do(lab!, findings.get, { id: imported.items[0]!.id })).toMatchObject({
    ...said,
    format: 'osv',
    purl: 'pkg:npm/%40acme/parse',
    versions: ['1.0.0', '1.0.1'],
    upstreamIds: ['GHSA-23cf-45gh-67jm', 'CVE-2026-0001'],
  });
});

test('it comes as a value, as text or as the file itself, in the format named or recognised', async () => {
  const text = JSON.stringify(osv('OSV-2026-2'));
  for (const input of [{ document: osv('OSV-2026-2') }, { document: text }, { data: Buffer.from(text).toString('base64'), format: 'osv' }])
    expect((await take(lab!, input)).format).toBe('osv');
  expect(await hub.try(lab!, findings.importDocument, { document: text, data: 'YQ==' })).toMatchObject({
    code: 'malformed',
    at: '/document',
  });
  expect(await hub.try(lab!, findings.importDocument, { document: text, format: 'nope' })).toMatchObject({
    code: 'unsupported',
    at: '/document/format',
  });
  expect(await hub.try(lab!, findings.importDocument, { document: text, format: 'csaf' })).toMatchObject({ code: 'malformed' });
});

test('files go with a document of one finding only', async () => {
  const attachments = [{ filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAEC' }];
  const { items } = await take(lab!, { document: osv('OSV-2026-3'), attachments });
  expect(await hub.do(lab!, findings.get, { id: items[0]!.id })).toMatchObject({ hasPoc: true });
  const two = { document: [osv('OSV-2026-4'), osv('OSV-2026-5')], attachments };
  expect(await hub.try(lab!, findings.importDocument, two)).toMatchObject({ code: 'malformed', at: '/document/attachments' });
});

test('what cannot be read is refused with nothing stored, or kept with its reason when that is asked for', async () => {
  const before = await counted();
  const document = { version: '2.1.0', runs: [] };
  expect(await hub.try(lab!, findings.importDocument, { document })).toMatchObject({ code: 'malformed', at: '/document/purl' });
  expect((await hub.do<{ items: unknown[] }>(lab!, findings.quarantined, {})).items).toEqual([]);
  const { quarantined, items } = await take(lab!, { document, quarantine: true });
  expect(items).toEqual([]);
  expect(quarantined).toMatchObject({ code: 'malformed', because: expect.stringContaining('names no package') });
  const kept = await hub.do<{ data: string }>(lab!, findings.quarantinedDocument, { id: quarantined!.id });
  expect(JSON.parse(Buffer.from(kept.data, 'base64').toString())).toEqual(document);
  expect(await counted()).toBe(before);
  // Who may not submit keeps nothing here either.
  expect(await hub.try(desk!, findings.quarantinedDocument, { id: quarantined!.id })).toMatchObject({ id: quarantined!.id });
});

test('half a surrogate pair under an Idempotency-Key is told to its sender, and is no fault of the hub', async () => {
  const refused = await hub.try(lab!, findings.importDocument, { document: '\ud800', quarantine: true }, 'half');
  expect(refused).toMatchObject({ code: 'malformed', because: expect.stringContaining('surrogate') });
});

test('nobody else sees what lies in quarantine, nor discards it', async () => {
  const { quarantined } = await take(lab!, { document: 'not json', quarantine: true });
  const { id } = quarantined!;
  expect((await hub.do<{ items: unknown[] }>(other!, findings.quarantined, {})).items).toEqual([]);
  for (const verb of [findings.quarantinedDocument, findings.discardQuarantined])
    expect(await hub.try(other!, verb, { id })).toEqual(await hub.try(other!, verb, { id: 'qrn_00000000000000000000000000' }));
  await hub.do(lab!, findings.discardQuarantined, { id });
  expect(await hub.try(lab!, findings.quarantinedDocument, { id })).toMatchObject({ code: 'not_found' });
});

test('a full quarantine refuses what comes next, and keeps what it holds', async () => {
  const crowd = await hub.join('Crowd', 'finder');
  const row = (i: number) => ({
    id: `qrn_${String(i).padStart(26, '0')}`,
    org_id: crowd.orgId,
    reporter_id: crowd.id,
    ...{ format: null, code: 'malformed', because: 'test', place: null, upload: null, entry: null, blob_id: 'blb_0', sha256: '', bytes: 1 },
    ...{ tlp: 'RED', compartments: [crowd.orgId], quarantined_at: hub.clock.now() },
  });
  const rows = Array.from({ length: limits.quarantinedPerOrg - 1 }, (_, i) => row(i));
  await hub.doors.db.transaction([], (tx) =>
    tx.withTables<{ findings_quarantine: Record<string, unknown> }>().insertInto('findings_quarantine').values(rows).execute(),
  );
  const bad = { document: 'x', quarantine: true };
  expect((await take(crowd, bad)).quarantined).toBeDefined();
  expect(await hub.try(crowd, findings.importDocument, bad)).toMatchObject({ code: 'too_many' });
  expect((await take(lab!, bad)).quarantined).toBeDefined();
});

test('a full quarantine counts bytes too', async () => {
  const heavy = await hub.join('Heavy', 'finder');
  const row = {
    ...{
      id: 'qrn_10000000000000000000000000',
      org_id: heavy.orgId,
      reporter_id: heavy.id,
      format: null,
      code: 'malformed',
      because: 'test',
    },
    ...{ place: null, upload: null, entry: null, blob_id: 'blb_0', sha256: '', bytes: limits.quarantinedBytes - 2 },
    ...{ tlp: 'RED', compartments: [heavy.orgId], quarantined_at: hub.clock.now() },
  };
  await hub.doors.db.transaction([], (tx) =>
    tx.withTables<{ findings_quarantine: Record<string, unknown> }>().insertInto('findings_quarantine').values([row]).execute(),
  );
  expect(await hub.try(heavy, findings.importDocument, { document: 'xyz', quarantine: true })).toMatchObject({ code: 'too_many' });
  expect((await take(heavy, { document: 'xy', quarantine: true })).quarantined).toBeDefined();
});

test('an entry of an upload moves its cursor once; sent again, it is answered as before', async () => {
  const entry = (n: number, document: string) =>
    hub.do<Imported>(lab!, findings.bulkEntry, { upload: 'u1', entry: n, document }, `bulk ${n}`);
  const first = await entry(1, JSON.stringify(osv('OSV-2026-10')));
  expect(await entry(1, JSON.stringify(osv('OSV-2026-10')))).toEqual(first);
  expect(await hub.try(lab!, findings.bulkEntry, { upload: 'u1', entry: 1, document: '{}' }, 'bulk 1')).toMatchObject({ code: 'conflict' });
  expect((await entry(2, 'unreadable')).quarantined).toMatchObject({ upload: 'u1', entry: 2 });
  expect(await hub.do(lab!, findings.bulkState, { upload: 'u1' })).toMatchObject({ nextEntry: 3, received: 1, quarantined: 1, skipped: 0 });
  expect(await hub.try(other!, findings.bulkState, { upload: 'u1' })).toMatchObject({ code: 'not_found' });
});

test('an upload ends when replies to it may be forgotten', async () => {
  const late = await openHub();
  const finder = await late.join('Late', 'finder');
  const entry = (n: number) =>
    late.try(finder, findings.bulkEntry, { upload: 'u', entry: n, document: JSON.stringify(osv(`OSV-2026-${n}`)) }, `bulk ${n}`);
  await entry(1);
  const began = late.clock.now();
  late.clock.advance(limits.keptReplyDays * day - 1);
  expect(await entry(2)).toMatchObject({ format: 'osv' });
  late.clock.advance(1);
  expect(late.clock.now()).toBe(plusMs(began, limits.keptReplyDays * day));
  expect(await entry(3)).toMatchObject({ code: 'expired' });
  await late.close();
});
