import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, stat, symlink, utimes } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { treeBounds } from '../../boxes/trees.ts';
import { type Member, Rejected } from './member.ts';

export interface PlaceOptions {
  /** Leading directories that are left out, with what has no more than them. */
  readonly strip: number;
  /** npm takes no links out of a package, whatever it holds. */
  readonly links: 'kept' | 'skipped';
  readonly bounds?: typeof treeBounds;
  /** Of a tree that several archives make up; each adds to it. */
  readonly used?: { files: number; bytes: number };
}

/**
 * A fresh directory that an archive is laid down in. Nothing is ever written twice, through a link, or outside; what a tree may not hold is refused
 * before it is written, so that a bomb never reaches the disk.
 */
export class Place {
  readonly #root: string;
  readonly #options: PlaceOptions;
  readonly #bounds: typeof treeBounds;
  readonly #kinds = new Map<string, Member['kind']>();
  readonly #bytesOf = new Map<string, number>();
  readonly #used: { files: number; bytes: number };
  constructor(root: string, options: PlaceOptions) {
    this.#root = root;
    this.#options = options;
    this.#bounds = options.bounds ?? treeBounds;
    this.#used = options.used ?? { files: 0, bytes: 0 };
  }

  async put(member: Member): Promise<void> {
    const path = this.#pathOf(member.path);
    if (path === undefined) return;
    if (member.kind === 'directory') return this.#directory(path);
    if (member.kind === 'link' && this.#options.links === 'skipped') return;
    await this.#directory(posix.dirname(path));
    this.#claim(path, member.kind);
    if (member.kind === 'file') return this.#file(path, member);
    if (member.kind === 'same') return this.#same(path, member.as);
    const end = posix.normalize(posix.join(posix.dirname(path), member.to));
    if (member.to === '' || posix.isAbsolute(member.to) || end === '..' || end.startsWith('../'))
      throw new Rejected('malformed', `a link leads out of the archive: ${member.to.slice(0, 100)}`, path);
    await symlink(member.to, join(this.#root, path));
  }

  /** undefined for what is left out. */
  #pathOf(name: string): string | undefined {
    if (posix.isAbsolute(name)) throw new Rejected('malformed', 'an archive has a path that begins at the root', name);
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw new Rejected('malformed', 'an archive has a path that leads out of it', name);
    const kept = parts.slice(this.#options.strip);
    if (kept.length > this.#bounds.depth) throw new Rejected('too_large', `a tree is at most ${this.#bounds.depth} directories deep`, name);
    if (kept.some((part) => Buffer.byteLength(part) > 255)) throw new Rejected('malformed', 'a name in the archive is too long', name);
    return kept.length === 0 ? undefined : kept.join('/');
  }

  async #directory(path: string): Promise<void> {
    if (path === '.') return;
    const known = this.#kinds.get(path);
    // Directories come again and again in honest archives.
    if (known === 'directory') return;
    await this.#directory(posix.dirname(path));
    this.#claim(path, 'directory');
    await mkdir(join(this.#root, path), { mode: 0o755 });
  }

  #claim(path: string, kind: Member['kind']): void {
    if (this.#kinds.has(path)) throw new Rejected('malformed', 'an archive has the same name twice', path);
    if (this.#used.files >= this.#bounds.files) throw new Rejected('too_many', `a tree holds at most ${this.#bounds.files} files`);
    this.#used.files += 1;
    this.#kinds.set(path, kind);
  }

  async #file(path: string, member: Extract<Member, { kind: 'file' }>): Promise<void> {
    this.#room(path, member.bytes);
    const to = await open(join(this.#root, path), 'wx', member.executable ? 0o755 : 0o644);
    try {
      await writeAll(to, member.content);
      const seconds = Math.min(member.changedAt, 0xffffffff);
      await to.utimes(seconds, seconds);
    } finally {
      await to.close();
    }
  }

  async #same(path: string, as: string): Promise<void> {
    const from = this.#pathOf(as);
    const bytes = from === undefined ? undefined : this.#bytesOf.get(from);
    if (from === undefined || bytes === undefined)
      throw new Rejected('malformed', 'a hard link leads to no earlier file of the archive', path);
    this.#room(path, bytes);
    await copyFile(join(this.#root, from), join(this.#root, path), constants.COPYFILE_EXCL);
    const { mtimeMs } = await stat(join(this.#root, from));
    await utimes(join(this.#root, path), mtimeMs / 1000, mtimeMs / 1000);
  }

  #room(path: string, bytes: number): void {
    const { fileBytes, bytes: all } = this.#bounds;
    if (bytes > fileBytes) throw new Rejected('too_large', `a file of a tree holds at most ${fileBytes} bytes`, path);
    this.#used.bytes += bytes;
    if (this.#used.bytes > all) throw new Rejected('too_large', `a tree holds at most ${all} bytes`, path);
    this.#bytesOf.set(path, bytes);
  }
}

async function writeAll(to: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of content) for (let at = 0; at < part.length; ) at += (await to.write(part, at)).bytesWritten;
}
