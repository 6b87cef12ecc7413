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
import { afterAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../src/base/instant.ts';
import { msBetween } from '../../src/base/instant.ts';
import { diskBlobs } from '../../src/io/blobs/disk.ts';
import { handClock, shiftedClock, systemClock, turnClock } from '../../src/io/clock/clock.ts';
import { fileKeys } from '../../src/io/keys/file.ts';

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
