import { crc32, deflateRawSync } from 'node:zlib';
import type { Instant } from './instant.ts';

/** One entry of a zip archive (PKWARE APPNOTE 6.3) of our own making: no comments, no data descriptors. */
export interface Entry {
  readonly name: string;
  /** Where its local header begins. */
  readonly at: number;
  /** Bytes of local header, name and packed data. */
  readonly length: number;
  /** Fields that stand alike in both headers, from version to name length. */
  readonly about: Buffer;
}

export const zipMarks = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 };
const [most16, most32] = [0xffff, 0xffffffff];

/** A whole archive of files that fit into memory. */
export function zipped(files: readonly { readonly name: string; readonly bytes: Uint8Array }[], at: Instant): Buffer {
  const parts: Buffer[] = [];
  const entries: Entry[] = [];
  let place = 0;
  for (const { name, bytes } of files) {
    const part = packed(name, bytes, at);
    parts.push(part.bytes);
    entries.push({ name, at: place, length: part.bytes.length, about: part.about });
    place += part.bytes.length;
  }
  return Buffer.concat([...parts, ...directory(entries, place)]);
}

export function packed(name: string, bytes: Uint8Array, at: Instant): { bytes: Buffer; about: Buffer } {
  const data = deflateRawSync(bytes, { level: 6 });
  const label = Buffer.from(name);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(0x0800, 2); // names are UTF-8
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(dosTime(at), 6);
  about.writeUInt32LE(crc32(bytes), 10);
  about.writeUInt32LE(data.length, 14);
  about.writeUInt32LE(bytes.length, 18);
  about.writeUInt16LE(label.length, 22);
  return { bytes: Buffer.concat([mark(zipMarks.local), about, label, data]), about };
}

/** Central directory and end; `at` is where the directory begins. Zip64 where counts or places outgrow the old fields. */
export function* directory(entries: readonly Entry[], at: number): Generator<Buffer> {
  let size = 0;
  let chunk: Buffer[] = [];
  for (const entry of entries) {
    const header = central(entry);
    size += header.length;
    if (chunk.push(header) < 4096) continue;
    yield Buffer.concat(chunk);
    chunk = [];
  }
  yield Buffer.concat([...chunk, end(entries.length, size, at)]);
}

function central({ name, at, about }: Entry): Buffer {
  const far = at >= most32;
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100644 * 0x10000, 6);
  rest.writeUInt32LE(far ? most32 : at, 10);
  const fields = Buffer.from(about);
  fields.writeUInt16LE(far ? 12 : 0, 24);
  const more = Buffer.alloc(far ? 12 : 0);
  if (far) {
    more.writeUInt16LE(1, 0);
    more.writeUInt16LE(8, 2);
    more.writeBigUInt64LE(BigInt(at), 4);
  }
  // "Made by" Unix (3), so that the mode above is read.
  return Buffer.concat([mark(zipMarks.central), Buffer.of(20, 3), fields, rest, Buffer.from(name), more]);
}

function end(count: number, size: number, at: number): Buffer {
  const last = Buffer.alloc(22);
  last.writeUInt32LE(zipMarks.end);
  last.writeUInt16LE(Math.min(count, most16), 8);
  last.writeUInt16LE(Math.min(count, most16), 10);
  last.writeUInt32LE(Math.min(size, most32), 12);
  last.writeUInt32LE(Math.min(at, most32), 16);
  if (count < most16 && at < most32 && size < most32) return last;
  const far = Buffer.alloc(56 + 20);
  far.writeUInt32LE(zipMarks.end64);
  far.writeBigUInt64LE(44n, 4);
  far.writeUInt16LE(45, 12);
  far.writeUInt16LE(45, 14);
  far.writeBigUInt64LE(BigInt(count), 24);
  far.writeBigUInt64LE(BigInt(count), 32);
  far.writeBigUInt64LE(BigInt(size), 40);
  far.writeBigUInt64LE(BigInt(at), 48);
  far.writeUInt32LE(zipMarks.locator64, 56);
  far.writeBigUInt64LE(BigInt(at + size), 64);
  far.writeUInt32LE(1, 72);
  return Buffer.concat([far, last]);
}

/** MS-DOS time, two seconds exact, of the instant in UTC. */
function dosTime(at: Instant): number {
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = at.split(/[-T:.Z]/).map(Number);
  return ((year - 1980) * 0x2000000 + month * 0x200000 + day * 0x10000 + hours * 0x800 + minutes * 0x20 + Math.floor(seconds / 2)) >>> 0;
}

function mark(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}
