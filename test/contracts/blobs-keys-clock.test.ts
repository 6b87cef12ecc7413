import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
const fileOf = (root: string, name: string) => join(root, name.slice(-2), name);

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
    expect(readdirSync(join(root, '01')).filter((f) => f !== id(1))).toEqual([]);
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

  test('are gone when erased; erasing twice is fine', async () => {
    await blobs.erase(id(1));
    await blobs.erase(id(1));
    expect(await blobs.get(id(1))).toMatchObject({ code: 'not_found' });
  });
});

describe('keys in a file', () => {
  test('are made once, for their owner alone, and found again', () => {
    const again = fileKeys(join(dir, 'keys.json'), 'hub.example');
    expect(again.secret('tokens')).toEqual(keys.secret('tokens'));
    expect(again.signer('log').publicKey.equals(keys.signer('log').publicKey)).toBe(true);
    expect(statSync(join(dir, 'keys.json')).mode & 0o077).toBe(0);
  });

  test('differ by purpose', () => {
    expect(keys.secret('tokens')).not.toEqual(keys.secret('salts'));
    expect(keys.signer('log').publicKey.equals(keys.signer('releases').publicKey)).toBe(false);
    expect(keys.signer('log').name).toBe('hub.example/log');
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
