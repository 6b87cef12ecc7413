import { limits } from '../../../base/limits.ts';
import { type Member, Rejected, textOf } from './member.ts';

const block = 512;
const emptyBlock = Buffer.alloc(block);
const decimalOrOctal = { octal: /^ *([0-7]{1,12})[ \0]*$/, decimal: /^\d{1,15}$/ };

/** What an extended header (pax, or GNU's long names) says of the member behind it. */
interface Said {
  path?: string;
  to?: string;
  bytes?: number;
}

/**
 * The members of a tar archive: POSIX.1-2001 ustar and pax (§"pax Interchange Format"), GNU's long names, old V7. Throws `Rejected` at what is no
 * directory, file or link: devices, sparse files, volumes.
 */
export async function* tarMembers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const source = new Reader(chunks);
  let said: Said = {};
  for (;;) {
    const header = await source.take(block);
    if (header.equals(emptyBlock)) return;
    checkSum(header);
    const bytes = numberAt(header, 124, 12);
    const type = String.fromCharCode(header[156]!);
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      if (bytes > limits.archiveHeaderBytes) throw new Rejected('too_large', 'an extended header of the archive is too large');
      const content = (await source.take(padded(bytes))).subarray(0, bytes);
      // A global header holds for all that follows; what it could say of one member is left unsaid by every honest writer.
      if (type === 'g') paxSaid(content);
      else said = { ...said, ...(type === 'x' ? paxSaid(content) : longName(content, type === 'L' ? 'path' : 'to')) };
      continue;
    }
    const size = said.bytes ?? bytes;
    const member = memberOf(header, type, said, size, source);
    said = {};
    yield member;
    await source.skip();
  }
}

function memberOf(header: Buffer, type: string, said: Said, size: number, source: Reader): Member {
  const path = said.path ?? nameOf(header);
  const isOldDirectory = (type === '\0' || type === '0') && path.endsWith('/');
  if (type === '5' || isOldDirectory) {
    source.begin(size);
    return { kind: 'directory', path };
  }
  if (type === '0' || type === '\0' || type === '7') {
    source.begin(size);
    const [executable, changedAt] = [(numberAt(header, 100, 8) & 0o100) !== 0, numberAt(header, 136, 12)];
    return { kind: 'file', path, bytes: size, executable, changedAt, content: source.content(size) };
  }
  const to = said.to ?? textOf(field(header, 157, 100));
  // POSIX: a link has no content, whatever its size says.
  if (type === '2') return { kind: 'link', path, to };
  if (type === '1') return { kind: 'same', path, as: to };
  throw new Rejected(
    'malformed',
    `an archive of sources holds files, directories and links, and nothing of type ${JSON.stringify(type)}`,
    path,
  );
}

function longName(content: Buffer, as: 'path' | 'to'): Said {
  const end = content.indexOf(0);
  return { [as]: textOf(end < 0 ? content : content.subarray(0, end)) };
}

/** Records of `length keyword=value\n`; later ones win. */
function paxSaid(content: Buffer): Said {
  const said: Said = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(space < 0 || space > at + 15 ? Number.NaN : content.subarray(at, space).toString('latin1'));
    const equals = content.indexOf(0x3d, space);
    const isSound = Number.isInteger(length) && at + length <= content.length && equals > space && equals < at + length;
    if (!isSound || content[at + length - 1] !== 0x0a) throw new Rejected('malformed', 'an extended header of the archive cannot be read');
    const key = content.subarray(space + 1, equals).toString('latin1');
    const value = content.subarray(equals + 1, at + length - 1);
    if (key.startsWith('GNU.sparse.')) throw new Rejected('malformed', 'an archive of sources holds no sparse files');
    if (key === 'path') said.path = textOf(value);
    if (key === 'linkpath') said.to = textOf(value);
    if (key === 'size') said.bytes = decimal(value.toString('latin1'));
    at += length;
  }
  return said;
}

function decimal(text: string): number {
  if (!decimalOrOctal.decimal.test(text)) throw new Rejected('malformed', 'a size in the archive is no number');
  return Number(text);
}

const padded = (bytes: number) => Math.ceil(bytes / block) * block;

function field(header: Buffer, from: number, length: number): Buffer {
  const bytes = header.subarray(from, from + length);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** GNU's magic has a space where POSIX has a NUL, and no prefix behind it. */
function nameOf(header: Buffer): string {
  const isUstar = header.subarray(257, 263).toString('latin1') === 'ustar\0';
  const prefix = isUstar ? field(header, 345, 155) : Buffer.alloc(0);
  const name = field(header, 0, 100);
  return textOf(prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name);
}

/** Octal, or (GNU) binary behind a first byte of 0x80; empty is zero. */
function numberAt(header: Buffer, from: number, length: number): number {
  const bytes = header.subarray(from, from + length);
  if (bytes[0] === 0x80) {
    const high = bytes.subarray(1, -6);
    if (high.some((byte) => byte !== 0)) throw new Rejected('malformed', 'a number in the archive is too large');
    return bytes.readUIntBE(length - 6, 6);
  }
  const text = bytes.toString('latin1');
  if (/^[ \0]*$/.test(text)) return 0;
  const octal = decimalOrOctal.octal.exec(text)?.[1];
  if (octal === undefined) throw new Rejected('malformed', 'a number in the archive cannot be read');
  return Number.parseInt(octal, 8);
}

/** Of all bytes, the field itself taken for spaces; some old writers took them for signed. */
function checkSum(header: Buffer): void {
  let [sum, signed] = [0, 0];
  for (let i = 0; i < block; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : header[i]!;
    sum += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const said = numberAt(header, 148, 8);
  if (said !== sum && said !== signed) throw new Rejected('malformed', 'this is no tar archive, or a damaged one');
}

class Reader {
  readonly #from: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  /** Of the member under way, with its padding. */
  #left = 0;
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#from = chunks[Symbol.asyncIterator]();
  }

  /** Small pieces only: they are held in memory. */
  async take(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = bytes; missing > 0; ) {
      const part = await this.#some(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  begin(bytes: number): void {
    this.#left = padded(bytes);
  }

  async *content(bytes: number): AsyncGenerator<Buffer> {
    for (let missing = bytes; missing > 0; ) {
      const part = await this.#some(missing);
      missing -= part.length;
      this.#left -= part.length;
      yield part;
    }
  }

  async skip(): Promise<void> {
    while (this.#left > 0) this.#left -= (await this.#some(this.#left)).length;
  }

  async #some(atMost: number): Promise<Buffer> {
    while (this.#held.length === 0) {
      const next = await this.#from.next();
      if (next.done) throw new Rejected('malformed', 'the archive ends in the middle');
      this.#held = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
    }
    const part = this.#held.subarray(0, atMost);
    this.#held = this.#held.subarray(part.length);
    return part;
  }
}
