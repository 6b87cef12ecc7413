import { type Refusal, refuse } from '../../../base/refusal.ts';
import { isPlainPath } from '../verifying/reading.ts';

/** One file of an archive. */
interface Packed {
  readonly path: string;
  readonly bytes: Buffer;
}

interface Bounds {
  readonly files: number;
  /** All that the archive inflates to. */
  readonly bytes: number;
  readonly fileBytes: number;
}

const block = 512;

/** The header of a file in a ustar archive (POSIX.1 pax, ustar Interchange Format); the same bytes for the same file, whoever writes it and when. */
export function tarHeader(path: string, bytes: number): Buffer {
  const header = Buffer.alloc(block);
  const split = Buffer.byteLength(path) <= 100 ? -1 : path.lastIndexOf('/', 155);
  const [prefix, name] = [path.slice(0, Math.max(split, 0)), path.slice(split + 1)];
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155) throw new RangeError(`${path} is too long for an archive`);
  const octal = (n: number, digits: number) => `${n.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(bytes, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(`${octal(sumOf(header), 6)} `, 148);
  return header;
}

/** What fills a file's last block. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((block - (bytes % block)) % block);
}

export const tarEnd: Buffer = Buffer.alloc(2 * block);

/**
 * The files of an archive as they come, plain files only: no link, no directory, no extension, no name twice, no path out of it. Ends with a refusal
 * at the first thing that is not of the sort.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, bounds: Bounds): AsyncGenerator<Packed | Refusal> {
  const source = reader(chunks, bounds.bytes);
  const [seen, folders] = [new Set<string>(), new Set<string>()];
  for (;;) {
    const header = await source.take(block);
    if (header === 'too much') return yield refuse('too_large', `an archive inflates to at most ${bounds.bytes} bytes`);
    if (header === undefined) return yield refuse('malformed', 'the archive ends in the middle');
    if (header.every((byte) => byte === 0)) break;
    const found = parseHeader(header);
    if (!found) return yield refuse('malformed', 'the archive has something that is no plain file');
    const { path, bytes } = found;
    if (!isPlainPath(path)) return yield refuse('malformed', 'the archive has a path that leads elsewhere', path.slice(0, 200));
    const above = foldersOf(path);
    // On a disk a name is a file or a folder, never both.
    if (folders.has(path) || above.some((folder) => seen.has(folder)))
      return yield refuse('malformed', 'the archive has a file and a folder of one name', path);
    if (seen.has(path)) return yield refuse('malformed', 'the archive has a file twice', path);
    if (bytes > bounds.fileBytes) return yield refuse('too_large', `a file of an archive has at most ${bounds.fileBytes} bytes`, path);
    seen.add(path);
    for (const folder of above) folders.add(folder);
    if (seen.size > bounds.files) return yield refuse('too_many', `an archive has at most ${bounds.files} files`);
    const content = await source.take(bytes + tarPadding(bytes).length);
    if (content === 'too much') return yield refuse('too_large', `an archive inflates to at most ${bounds.bytes} bytes`);
    if (content === undefined) return yield refuse('malformed', 'the archive ends in the middle', path);
    yield { path, bytes: content.subarray(0, bytes) };
  }
  // A second empty block, and nothing behind it that other readers might see.
  const last = await source.take(block);
  if (!Buffer.isBuffer(last) || !last.every((byte) => byte === 0) || (await source.take(1)) !== undefined)
    yield refuse('malformed', 'the archive does not end where it says');
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

function parseHeader(header: Buffer): { path: string; bytes: number } | undefined {
  const text = (from: number, length: number) => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString('latin1');
  };
  const size = /^[0-7]{11}$/.exec(text(124, 12))?.[0];
  const sum = /^[0-7]{6}$/.exec(text(148, 8))?.[0];
  const type = header[156];
  if (size === undefined || sum === undefined || Number.parseInt(sum, 8) !== sumOf(header)) return undefined;
  if (text(257, 6) !== 'ustar' || (type !== 0x30 && type !== 0)) return undefined;
  const [prefix, name] = [text(345, 155), text(0, 100)];
  return { path: prefix === '' ? name : `${prefix}/${name}`, bytes: Number.parseInt(size, 8) };
}

/** Of a header, its own field taken for spaces. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

function reader(chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const from = chunks[Symbol.asyncIterator]();
  let parts: Buffer[] = [];
  let held = 0;
  let total = 0;
  return {
    /** So many bytes; undefined where the archive has fewer. */
    async take(bytes: number): Promise<Buffer | undefined | 'too much'> {
      while (held < bytes) {
        const next = await from.next();
        if (next.done) return undefined;
        held += next.value.length;
        total += next.value.length;
        if (total > maxBytes) return 'too much';
        parts.push(Buffer.from(next.value));
      }
      const all = Buffer.concat(parts);
      const rest = all.subarray(bytes);
      parts = rest.length > 0 ? [rest] : [];
      held = rest.length;
      return all.subarray(0, bytes);
    },
  };
}
