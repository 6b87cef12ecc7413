import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Blobs } from '../../src/base/doors.ts';
import type { Instant } from '../../src/base/instant.ts';
import { msBetween } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { diskBlobs } from '../../src/io/blobs/disk.ts';
import { keptBlobs } from '../../src/io/blobs/store.ts';
import { handClock, shiftedClock, systemClock, turnClock } from '../../src/io/clock/clock.ts';
import type { OpenDb } from '../../src/io/db/postgres.ts';
import { fileKeys } from '../../src/io/keys/file.ts';
import { openHub, type TestHub } from '../hub.ts';

const dir = mkdtempSync(join(tmpdir(), 'bw-doors-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const keys = fileKeys(join(dir, 'keys.json'), 'hub.example');
const id = (n: number) => `blb_${String(n).padStart(26, '0')}` as const;
const fileOf = (root: string, name: string) => join(root, name.slice(4, 11), name);

describe('blobs on disk', () => {
  const root = join(dir, 'blobs');
  const blobs = diskBlobs(root, keys.wrapping());
  const secret = Buffer.from('the proof of concept');

  test('come back as they went in, the empty one too', async () => {
    await blobs.put(id(1), secret);
    await blobs.put(id(2), new Uint8Array());
    expect(Buffer.from((await blobs.get(id(1))) as Uint8Array)).toEqual(secret);
    expect(await blobs.get(id(2))).toHaveLength(0);
  });

  test('cannot be read from the disk, and are for nobody else', () => {
    const file = fileOf(root, id(1));
    expect(readFileSync(file).includes('proof')).toBe(false);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(dirname(file)).sort()).toEqual([id(1), id(2)]);
  });

  test('say so when altered, exchanged or sealed with another key', async () => {
    await blobs.put(id(3), secret);
    const bytes = readFileSync(fileOf(root, id(3)));
    for (const at of [0, 5, 20, 70, bytes.length - 1]) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1;
      writeFileSync(fileOf(root, id(3)), altered);
      expect(await blobs.get(id(3))).toMatchObject({ code: 'untrusted' });
    }
    writeFileSync(fileOf(root, id(3)), readFileSync(fileOf(root, id(1))));
    expect(await blobs.get(id(3))).toMatchObject({ code: 'untrusted' });
    const strangers = diskBlobs(root, fileKeys(join(dir, 'other.json'), 'x').wrapping());
    expect(await strangers.get(id(1))).toMatchObject({ code: 'untrusted' });
  });

  test('many at once are all there, in the directory of their time', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `blb_01k${i % 2}000000${String(i).padStart(16, '0')}` as const);
    await Promise.all(many.map((name) => blobs.put(name, Buffer.from(name))));
    for (const name of many) expect(Buffer.from((await blobs.get(name)) as Uint8Array).toString()).toBe(name);
    expect(readdirSync(join(root, '01k0000'))).toHaveLength(20);
    expect(readdirSync(join(root, '01k1000'))).toHaveLength(20);
  });

  test('a part of one that a crash left opens as nothing, and is written anew', async () => {
    await blobs.put(id(4), secret);
    for (const bytes of [0, 3, 60, 90]) {
      truncateSync(fileOf(root, id(4)), bytes);
      expect(await blobs.get(id(4))).toMatchObject({ code: 'untrusted' });
      await blobs.put(id(4), secret);
      expect(Buffer.from((await blobs.get(id(4))) as Uint8Array)).toEqual(secret);
    }
    expect(readdirSync(dirname(fileOf(root, id(4)))).filter((f) => f.startsWith(`${id(4)}.`))).toEqual([]);
  });

  test('that an earlier release kept by the end of its id are found and erased', async () => {
    await blobs.put(id(5), secret);
    const old = join(root, '05', id(5));
    mkdirSync(dirname(old));
    renameSync(fileOf(root, id(5)), old);
    expect(Buffer.from((await blobs.get(id(5))) as Uint8Array)).toEqual(secret);
    await blobs.erase(id(5));
    expect(existsSync(old)).toBe(false);
    expect(await blobs.get(id(5))).toMatchObject({ code: 'not_found' });
  });

  test('a disk that fails is no blob that is absent', async () => {
    mkdirSync(fileOf(root, id(6)));
    await expect(blobs.get(id(6))).rejects.toThrow(/EISDIR/);
    await expect(blobs.put(id(6), secret)).rejects.toThrow();
  });

  test('are gone when erased; erasing twice is fine', async () => {
    await blobs.erase(id(1));
    await blobs.erase(id(1));
    expect(await blobs.get(id(1))).toMatchObject({ code: 'not_found' });
  });
});

describe('small blobs in the database, larger ones on disk', () => {
  const root = join(dir, 'kept');
  let hub: TestHub;
  let blobs: Blobs;
  beforeAll(async () => {
    hub = await openHub();
    blobs = keptBlobs(root, hub.doors.db as OpenDb, keys.wrapping());
  });
  afterAll(() => hub.close());
  const small = Buffer.alloc(limits.blobRowBytes, 'the proof of concept');
  const large = Buffer.alloc(limits.blobRowBytes + 1, 'the proof of concept');
  const rows = () =>
    hub.doors.db.singly(async (tx) => (await sql<{ id: string; sealed: Buffer }>`SELECT * FROM blobs ORDER BY id`.execute(tx)).rows);

  test('each lies in one place, sealed, comes back as it was, and is gone when erased', async () => {
    for (const [n, bytes] of [small, large, Buffer.alloc(0)].entries()) await blobs.put(id(n), bytes);
    const kept = await rows();
    expect(kept.map((row) => row.id)).toEqual([id(0), id(2)]);
    expect(kept.some((row) => row.sealed.includes('proof'))).toBe(false);
    expect(existsSync(fileOf(root, id(1)))).toBe(true);
    expect(existsSync(fileOf(root, id(0)))).toBe(false);
    for (const [n, bytes] of [small, large, Buffer.alloc(0)].entries())
      expect(Buffer.from((await blobs.get(id(n))) as Uint8Array)).toEqual(bytes);
    for (const n of [0, 1, 2, 2]) await blobs.erase(id(n));
    for (const n of [0, 1, 2]) expect(await blobs.get(id(n))).toMatchObject({ code: 'not_found' });
    expect(await rows()).toEqual([]);
  });

  test('a file of an earlier release is found, whatever its size; what is written again is as it was written last', async () => {
    await diskBlobs(root, keys.wrapping()).put(id(3), Buffer.from('early'));
    expect(Buffer.from((await blobs.get(id(3))) as Uint8Array).toString()).toBe('early');
    await blobs.put(id(4), Buffer.from('once'));
    await blobs.put(id(4), Buffer.from('again'));
    expect(Buffer.from((await blobs.get(id(4))) as Uint8Array).toString()).toBe('again');
  });

  test('what is written again in another size is as it was written last', async () => {
    for (const bytes of [Buffer.from('once'), large, small, large]) {
      await blobs.put(id(9), bytes);
      expect(Buffer.from((await blobs.get(id(9))) as Uint8Array).equals(bytes)).toBe(true);
    }
    await blobs.erase(id(9));
    expect(await blobs.get(id(9))).toMatchObject({ code: 'not_found' });
  });

  test('altered, exchanged, cut short, or sealed with another key: untrusted', async () => {
    await blobs.put(id(5), Buffer.from('one'));
    await blobs.put(id(6), Buffer.from('other'));
    const set = (sealed: string) =>
      hub.doors.db.singly((tx) => sql.raw(`UPDATE blobs SET sealed = ${sealed} WHERE id = '${id(5)}'`).execute(tx));
    for (const sealed of ['set_byte(sealed, 5, 255 - get_byte(sealed, 5))', `(SELECT sealed FROM blobs WHERE id = '${id(6)}')`, `''`]) {
      await set(sealed);
      expect(await blobs.get(id(5))).toMatchObject({ code: 'untrusted' });
    }
    const strangers = keptBlobs(root, hub.doors.db as OpenDb, fileKeys(join(dir, 'strange.json'), 'x').wrapping());
    expect(await strangers.get(id(6))).toMatchObject({ code: 'untrusted' });
  });

  test('one that belongs to a transaction is there when that commits, and never was when it does not', async () => {
    const within = (n: number, fails: boolean) =>
      hub.doors.db.transaction([], async (tx) => {
        await blobs.put(id(n), Buffer.from('inside'), tx);
        expect(await blobs.get(id(n))).toMatchObject({ code: 'not_found' });
        if (fails) throw new Error('not this time');
      });
    await within(7, false);
    expect(Buffer.from((await blobs.get(id(7))) as Uint8Array).toString()).toBe('inside');
    await expect(within(8, true)).rejects.toThrow('not this time');
    expect(await blobs.get(id(8))).toMatchObject({ code: 'not_found' });
  });

  test('transactions that hold every connection and then ask for one do not wait for each other', async () => {
    const asking = Array.from({ length: 12 }, (_, n) =>
      hub.doors.db.transaction([], async (tx) => {
        await sql`SELECT 1`.execute(tx);
        await blobs.put(id(20 + n), Buffer.from(String(n)));
        return Buffer.from((await blobs.get(id(20 + n))) as Uint8Array).toString();
      }),
    );
    expect(await Promise.all(asking)).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
  });
});

describe('keys in a file', () => {
  test('are made once, for their owner alone, and found again', () => {
    const again = fileKeys(join(dir, 'keys.json'), 'hub.example');
    expect(again.secret('tokens').equals(keys.secret('tokens'))).toBe(true);
    expect(again.signer('log').publicKey.equals(keys.signer('log').publicKey)).toBe(true);
    expect(statSync(join(dir, 'keys.json')).mode & 0o077).toBe(0);
  });

  test('differ by purpose', () => {
    expect(keys.secret('tokens').equals(keys.secret('salts'))).toBe(false);
    expect(keys.signer('log').publicKey.equals(keys.signer('releases').publicKey)).toBe(false);
    expect(keys.signer('log').name).toBe('hub.example/log');
  });

  test('that sign online are another for each role and generation, and the same for whoever reads the file', () => {
    const again = fileKeys(join(dir, 'keys.json'), 'hub.example');
    const of = (by: typeof keys) =>
      (['timestamp', 'snapshot', 'targets'] as const).flatMap((role) =>
        [0, 1].map((generation) => by.online(role, generation).publicKey.export({ format: 'jwk' }).x),
      );
    expect(of(again)).toEqual(of(keys));
    expect(new Set(of(keys)).size).toBe(6);
  });

  test('a broken file stops the hub instead of being replaced', () => {
    writeFileSync(join(dir, 'broken.json'), '{');
    expect(() => fileKeys(join(dir, 'broken.json'), 'x')).toThrow(/restore it from your backup/);
    expect(readFileSync(join(dir, 'broken.json'), 'utf8')).toBe('{');
  });
});

describe('clocks', () => {
  test('one is turned by hand, one by a file, one by nobody', () => {
    const hand = handClock('2026-11-21T09:00:00.000Z' as Instant);
    hand.advance(1);
    expect(hand.now()).toBe('2026-11-21T09:00:00.001Z');
    const shifted = shiftedClock(join(dir, 'clock'));
    expect(Math.abs(msBetween(systemClock.now(), shifted.now()))).toBeLessThan(5000);
    turnClock(join(dir, 'clock'), '2027-01-01T00:00:00.000Z' as Instant);
    expect(Math.abs(msBetween('2027-01-01T00:00:00.000Z' as Instant, shifted.now()))).toBeLessThan(5000);
  });
});
