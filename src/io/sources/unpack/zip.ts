import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { limits } from '../../../base/limits.ts';
import { chunksOf } from './chunks.ts';
import { type Member, Rejected, textOf } from './member.ts';

const marks = { local: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 };
const sizes = { local: 30, directory: 46, end: 22 };
const [encrypted, stored, deflated] = [1, 0, 8];
const unix = 3;
const types = { mask: 0o170000, directory: 0o040000, file: 0o100000, link: 0o120000 };

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly packed: number;
  readonly bytes: number;
  readonly crc: number;
  readonly offset: number;
  /** Of the file system it was made on; 0 when that had none. */
  readonly mode: number;
  readonly changedAt: number;
}

/**
 * The members of a zip archive (PKWARE APPNOTE 6.3), by its directory. Throws `Rejected` at what no honest writer makes: entries that overlap (the
 * better bombs), names that differ between directory and entry, more or fewer bytes than announced.
 */
export async function* zipMembers(file: FileHandle, length: number): AsyncGenerator<Member> {
  const entries = await directoryOf(file, length);
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) throw new Rejected('malformed', 'two entries of the archive overlap', entry.path);
    const from = await contentAt(file, entry);
    end = from + entry.packed;
    if (end > length) throw new Rejected('malformed', 'the archive ends in the middle', entry.path);
    yield await memberOf(file, entry, from);
  }
}

async function memberOf(file: FileHandle, entry: Entry, from: number): Promise<Member> {
  const { path, bytes, changedAt } = entry;
  const type = entry.mode & types.mask;
  if (type === types.directory || path.endsWith('/')) return { kind: 'directory', path };
  if (type === types.link) {
    if (bytes > limits.archiveHeaderBytes) throw new Rejected('too_large', 'a link in the archive is too long', path);
    const parts: Uint8Array[] = [];
    for await (const part of content(file, entry, from)) parts.push(part);
    return { kind: 'link', path, to: textOf(Buffer.concat(parts)) };
  }
  if (type !== types.file && type !== 0)
    throw new Rejected('malformed', 'an archive of sources holds files, directories and links only', path);
  return { kind: 'file', path, bytes, executable: (entry.mode & 0o100) !== 0, changedAt, content: content(file, entry, from) };
}

async function* content(file: FileHandle, entry: Entry, from: number): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(chunksOf(file, from, entry.packed));
  let [bytes, crc] = [0, 0];
  try {
    const inflated = entry.method === stored ? packed : packed.pipe(createInflateRaw());
    packed.on('error', (cause) => inflated.destroy(cause));
    for await (const part of inflated as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > entry.bytes) break;
      crc = crc32(part, crc);
      yield part;
    }
  } catch (cause) {
    if (cause instanceof Error && 'errno' in cause && String((cause as NodeJS.ErrnoException).code).startsWith('Z_'))
      throw new Rejected('malformed', 'an entry of the archive cannot be inflated', entry.path);
    throw cause;
  } finally {
    packed.destroy();
  }
  if (bytes !== entry.bytes || crc !== entry.crc)
    throw new Rejected('malformed', 'an entry of the archive is not what it announces', entry.path);
}

async function directoryOf(file: FileHandle, length: number): Promise<Entry[]> {
  const tail = await piece(file, Math.max(0, length - sizes.end - 0xffff), Math.min(length, sizes.end + 0xffff));
  const at = endAt(tail);
  const [count, bytes, from] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (count === 0xffff || bytes === 0xffffffff || from === 0xffffffff) throw new Rejected('unsupported', 'ZIP64 archives are not read');
  if (tail.readUInt16LE(at + 8) !== count) throw new Rejected('malformed', 'a part of a split archive');
  if (count > limits.treeFiles * 2) throw new Rejected('too_many', `an archive holds at most ${limits.treeFiles} files`);
  if (from + bytes > length) throw new Rejected('malformed', 'the directory of the archive lies outside of it');
  const directory = await piece(file, from, bytes);
  const entries: Entry[] = [];
  for (let next = 0; entries.length < count; ) {
    if (next + sizes.directory > bytes || directory.readUInt32LE(next) !== marks.directory)
      throw new Rejected('malformed', 'the directory of the archive cannot be read');
    const end = next + sizes.directory + directory.readUInt16LE(next + 28);
    if (end > bytes) throw new Rejected('malformed', 'the directory of the archive cannot be read');
    entries.push(entryOf(directory, next, textOf(directory.subarray(next + sizes.directory, end))));
    next = end + directory.readUInt16LE(next + 30) + directory.readUInt16LE(next + 32);
  }
  return entries;
}

/** The last one whose comment ends where the file does. */
function endAt(tail: Buffer): number {
  for (let at = tail.length - sizes.end; at >= 0; at--)
    if (tail.readUInt32LE(at) === marks.end && at + sizes.end + tail.readUInt16LE(at + 20) === tail.length) return at;
  throw new Rejected('malformed', 'this is no zip archive, or a damaged one');
}

function entryOf(view: Buffer, at: number, path: string): Entry {
  const [flags, method] = [view.readUInt16LE(at + 8), view.readUInt16LE(at + 10)];
  if (flags & encrypted) throw new Rejected('unsupported', 'encrypted entries are not read', path);
  if (method !== stored && method !== deflated) throw new Rejected('unsupported', 'only stored and deflated entries are read', path);
  const [packed, bytes] = [view.readUInt32LE(at + 20), view.readUInt32LE(at + 24)];
  if (method === stored && packed !== bytes) throw new Rejected('malformed', 'an entry of the archive is not what it announces', path);
  const mode = view.readUInt8(at + 5) === unix ? view.readUInt16LE(at + 40) : 0;
  const changedAt = dosTime(view.readUInt16LE(at + 14), view.readUInt16LE(at + 12));
  return { path, method, packed, bytes, crc: view.readUInt32LE(at + 16), offset: view.readUInt32LE(at + 42), mode, changedAt };
}

async function contentAt(file: FileHandle, entry: Entry): Promise<number> {
  const header = await piece(file, entry.offset, sizes.local);
  if (header.readUInt32LE(0) !== marks.local) throw new Rejected('malformed', 'no entry begins where the directory says', entry.path);
  const [nameBytes, extraBytes] = [header.readUInt16LE(26), header.readUInt16LE(28)];
  const name = textOf(await piece(file, entry.offset + sizes.local, nameBytes));
  if (name !== entry.path) throw new Rejected('malformed', 'an entry has two names', entry.path);
  return entry.offset + sizes.local + nameBytes + extraBytes;
}

async function piece(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
  if (bytesRead !== bytes) throw new Rejected('malformed', 'the archive ends in the middle');
  return buffer;
}

/** §4.4.6, without a zone: taken for UTC. Nonsense is the beginning of time. */
function dosTime(date: number, time: number): number {
  const ms = Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
  return Number.isFinite(ms) && ms > 0 ? ms / 1000 : 0;
}
