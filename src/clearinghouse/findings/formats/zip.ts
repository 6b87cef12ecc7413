import { crc32, inflateRawSync } from 'node:zlib';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `more`: the bytes end within the entry. `end`: what follows is the directory, so that there are no more entries. */
type Entry = { readonly entry: ZipEntry; readonly used: number } | 'more' | 'end' | Refusal;

const [localHeader, directory, directoryEnd, descriptor] = [0x04034b50, 0x02014b50, 0x06054b50, 0x08074b50];
const [encrypted, describedAfter] = [1, 8];

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && [localHeader, directoryEnd].includes(bufferOf(bytes).readUInt32LE(0));
}

/**
 * The entry that begins at `at` (PKWARE APPNOTE §4.3.7), read in the order of the file, so that a stream needs no directory. `whole` says that
 * nothing follows `bytes`. What one entry may inflate to is `maxBytes`.
 */
export function readEntry(bytes: Uint8Array, at: number, whole: boolean, maxBytes: number): Entry {
  const view = bufferOf(bytes);
  const cut = whole ? refuse('malformed', 'the archive is cut short') : 'more';
  if (bytes.length < at + 4) return cut;
  const mark = view.readUInt32LE(at);
  if (mark === directory || mark === directoryEnd) return 'end';
  if (mark !== localHeader) return refuse('malformed', 'no entry of a zip archive begins here');
  if (bytes.length < at + 30) return cut;
  const [flags, method] = [view.readUInt16LE(at + 6), view.readUInt16LE(at + 8)];
  const start = at + 30 + view.readUInt16LE(at + 26) + view.readUInt16LE(at + 28);
  if (bytes.length < start) return cut;
  const name = nameOf(view.subarray(at + 30, at + 30 + view.readUInt16LE(at + 26)));
  if (isRefusal(name)) return name;
  if (flags & encrypted) return refuse('unsupported', 'encrypted entries are not read', name);
  if (method !== 0 && method !== 8) return refuse('unsupported', 'only stored and deflated entries are read', name);
  const size = sizeOf(view, at, start);
  const isDescribedAfter = (flags & describedAfter) !== 0;
  if (isDescribedAfter && method === 0 && size === 0) {
    // A directory entry of a streaming writer; anything else stored without a size has no end that could be found.
    return name.endsWith('/')
      ? afterDescriptor(view, start, { name, bytes: new Uint8Array() }, cut)
      : refuse('unsupported', 'a stored entry without its size is not read', name);
  }
  if (!isDescribedAfter && size > maxBytes) return tooLarge(name, maxBytes);
  if (!isDescribedAfter && bytes.length < start + size) return cut;
  const packed = isDescribedAfter ? view.subarray(start) : view.subarray(start, start + size);
  if (method === 0) return checked({ name, bytes: packed }, view.readUInt32LE(at + 14), start + size);
  const inflated = inflate(packed, maxBytes, name);
  if (isRefusal(inflated)) return inflated;
  if (inflated === 'cut')
    return isDescribedAfter && !whole
      ? packed.length > maxBytes * 2
        ? tooLarge(name, maxBytes)
        : 'more'
      : refuse('malformed', 'is no deflated data', name);
  const entry = { name, bytes: inflated.bytes };
  if (isDescribedAfter) return afterDescriptor(view, start + inflated.used, entry, cut);
  return checked(entry, view.readUInt32LE(at + 14), start + size);
}

/** Every file of an archive; bounded in number, in bytes of one and of all, and in how far they inflate. Archives within are not opened. */
export function readZip(bytes: Uint8Array): ZipEntry[] | Refusal {
  const files: ZipEntry[] = [];
  let [at, inflated] = [0, 0];
  for (;;) {
    const read = readEntry(bytes, at, true, limits.zipBytes - inflated);
    if (read === 'end') return files;
    if (read === 'more') return refuse('malformed', 'the archive is cut short');
    if (isRefusal(read)) return read;
    at = read.used;
    inflated += read.entry.bytes.length;
    // An entry costs 30 bytes of archive; so many with nothing in them are not asked for either.
    if (files.length >= limits.zipEntries) return refuse('too_many', `an archive holds at most ${limits.zipEntries} files`);
    if (inflated > limits.zipRatio * at + limits.zipRatio * 1024)
      return refuse('too_large', `what an archive holds is at most ${limits.zipRatio} times its own size`, read.entry.name);
    if (!read.entry.name.endsWith('/')) files.push(read.entry);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Names are never used as paths here; those that try to be are refused all the same, as nobody honest writes them. */
function nameOf(bytes: Uint8Array): string | Refusal {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('malformed', 'the name of an entry is not valid UTF-8');
  }
  if (name === '' || name.length > limits.pathChars || /[\\\p{Cc}\p{Cf}]|^\/|^[a-z]:|(^|\/)\.\.(\/|$)/iu.test(name))
    return refuse('malformed', 'an entry is named by a relative path without .. and without control or formatting characters');
  return name;
}

/** Packed size of the local header; of its ZIP64 extra field (§4.5.3) where the header has no room for it. */
function sizeOf(view: Buffer, at: number, end: number): number {
  const packed = view.readUInt32LE(at + 18);
  if (packed !== 0xffffffff) return packed;
  for (let field = at + 30 + view.readUInt16LE(at + 26); field + 4 <= end; ) {
    const [id, length] = [view.readUInt16LE(field), view.readUInt16LE(field + 2)];
    if (id === 1 && length >= 16 && field + 20 <= end) return Number(view.readBigUInt64LE(field + 12));
    field += 4 + length;
  }
  return packed;
}

function inflate(packed: Uint8Array, maxBytes: number, name: string): { bytes: Uint8Array; used: number } | 'cut' | Refusal {
  try {
    const options = { maxOutputLength: Math.max(maxBytes, 1), info: true } as const;
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, used: engine.bytesWritten };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(name, maxBytes);
    return code === 'Z_BUF_ERROR' ? 'cut' : refuse('malformed', 'is no deflated data', name);
  }
}

/** §4.3.9: with or without its mark, with sizes of 4 bytes or of 8; told apart by what must follow it. */
function afterDescriptor(view: Buffer, at: number, entry: ZipEntry, cut: 'more' | Refusal): Entry {
  if (view.length < at + 28) return cut;
  const marked = view.readUInt32LE(at) === descriptor ? 4 : 0;
  for (const bytes of [12, 20]) {
    const next = at + marked + bytes;
    if (next + 4 <= view.length && [localHeader, directory].includes(view.readUInt32LE(next)))
      return checked(entry, view.readUInt32LE(at + marked), next);
  }
  return refuse('malformed', 'what describes an entry does not follow it', entry.name);
}

function checked(entry: ZipEntry, crc: number, used: number): Entry {
  return crc32(entry.bytes) === crc ? { entry, used } : refuse('malformed', 'its checksum does not fit', entry.name);
}

function tooLarge(name: string, maxBytes: number): Refusal {
  return refuse('too_large', `inflates to more than the ${maxBytes} bytes there is room for`, name);
}
