import { spawn } from 'node:child_process';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { treeBounds } from '../../boxes/trees.ts';
import { chunksOf } from './chunks.ts';
import { type Member, Rejected } from './member.ts';
import { Place, type PlaceOptions } from './place.ts';
import { tarMembers } from './tar.ts';
import { zipMembers } from './zip.ts';

type Bounds = typeof treeBounds;

/** xz -9 needs a quarter of it. */
const xzMemoryBytes = 256 * 1024 * 1024;

/** Lays an archive down in `to`, which is made by it. What it is it says by its first bytes, never by its name. The archive is hostile. */
export async function unpack(archive: string, to: string, options: PlaceOptions): Promise<Refusal | undefined> {
  const file = await open(archive, 'r');
  try {
    return await laidDown(await membersOf(file, options.bounds ?? treeBounds), to, options);
  } finally {
    await file.close();
  }
}

/** The same for a tar that comes from a program of ours. */
export function unpackTar(chunks: AsyncIterable<Uint8Array>, to: string, options: PlaceOptions): Promise<Refusal | undefined> {
  return laidDown(tarMembers(chunks), to, options);
}

async function laidDown(members: AsyncIterable<Member> | Refusal, to: string, options: PlaceOptions): Promise<Refusal | undefined> {
  if ('refused' in members) return members;
  await mkdir(to, { mode: 0o755 });
  const place = new Place(to, options);
  try {
    for await (const member of members) await place.put(member);
    return undefined;
  } catch (cause) {
    if (cause instanceof Rejected) return cause.refusal;
    const { code } = cause as NodeJS.ErrnoException;
    if (/^(Z_|ERR_ZSTD|ZSTD_)/.test(code ?? '')) return refuse('malformed', 'the archive is damaged: it cannot be inflated');
    throw cause;
  }
}

async function membersOf(file: FileHandle, bounds: Bounds): Promise<AsyncIterable<Member> | Refusal> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0);
  const begins = (...bytes: number[]) => bytes.every((byte, i) => buffer[i] === byte);
  if (begins(0x50, 0x4b)) return zipMembers(file, size);
  const raw = Readable.from(chunksOf(file, 0, size));
  if (begins(0x1f, 0x8b)) return tarMembers(bounded(through(raw, createGunzip()), bounds));
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return tarMembers(bounded(through(raw, createZstdDecompress()), bounds));
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return tarMembers(bounded(unxz(raw), bounds));
  if (begins(0x42, 0x5a, 0x68)) return refuse('unsupported', 'a bzip2 archive is not read here; tar with gzip, xz or zstd, or zip');
  return tarMembers(bounded(raw, bounds));
}

/** Nothing flows before somebody reads: what failed before then would be heard by nobody, and end the process. */
export async function* through(
  raw: Readable,
  inflating: NodeJS.ReadWriteStream & { destroy(cause?: Error): void },
): AsyncGenerator<Buffer> {
  raw.on('error', (cause) => inflating.destroy(cause));
  try {
    yield* raw.pipe(inflating) as unknown as AsyncIterable<Buffer>;
  } finally {
    raw.destroy();
  }
}

/** Node has no xz. The tool sees the bytes by its standard input and nothing else of ours, and its memory is bounded. */
async function* unxz(raw: Readable): AsyncGenerator<Buffer> {
  const xz = spawn('xz', ['--decompress', '--stdout', `--memlimit-decompress=${xzMemoryBytes}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  xz.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString()).slice(0, 300);
  });
  const ended = new Promise<number | null>((done) => {
    xz.once('error', () => done(-1));
    xz.once('close', (code) => done(code));
  });
  // When the reader has had enough, the rest of the pipe goes nowhere.
  xz.stdin.on('error', () => {});
  raw.pipe(xz.stdin);
  try {
    yield* xz.stdout as AsyncIterable<Buffer>;
    const code = await ended;
    if (code === -1) throw new Rejected('unavailable', 'the archive needs xz, which is missing: apt-get install -y xz-utils');
    if (code !== 0) throw new Rejected('malformed', `the archive is damaged: ${said.trim()}`);
  } finally {
    raw.destroy();
    xz.kill('SIGKILL');
  }
}

/** What an archive inflates to is bounded before a header of it is believed: members, and a little for each that says what it is. */
async function* bounded(chunks: AsyncIterable<Buffer>, { bytes, files }: Bounds): AsyncGenerator<Buffer> {
  let left = bytes + files * 4096;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw new Rejected('too_large', `an archive inflates to at most ${bytes} bytes`);
    yield chunk;
  }
}
