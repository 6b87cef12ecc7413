import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, readlink, rename, stat, symlink, utimes } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { digestOf } from '../../base/canonical.ts';
import type { TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from './fresh.ts';

/** Directories kept by the digest of their content. The directory that is given in is hostile: a build or an archive wrote it. */
export interface Trees {
  has(tree: TreeId): Promise<boolean>;
  /** Where it lies, to be mounted or copied, never to be written. */
  pathOf(tree: TreeId): string;
  /** Copies a directory in. Nobody may still be writing to it. */
  add(from: string): Promise<TreeId | Refusal>;
  /** One regular file; a symbolic link on the way is `not_found`. */
  read(tree: TreeId, path: string): Promise<Uint8Array | Refusal>;
}

/** What the digest is taken of; sorted by path. Times and owners are not content. */
type Entry =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'file'; readonly executable: boolean; readonly sha256: string }
  | { readonly path: string; readonly kind: 'link'; readonly to: string };

/** What a tree may hold; given apart so that a test need not make fifty thousand files. */
export const treeBounds: TreeBounds = {
  files: limits.treeFiles,
  fileBytes: limits.treeFileBytes,
  bytes: limits.treeBytes,
  depth: limits.treeDepth,
};
type TreeBounds = Readonly<Record<'files' | 'fileBytes' | 'bytes' | 'depth', number>>;

const treePattern = /^tree_[0-9a-f]{64}$/;
const chunkBytes = 1 << 20;

export function treeStore(dir: string, bounds: TreeBounds = treeBounds): Trees {
  const pathOf = (tree: TreeId): string => {
    if (!treePattern.test(tree)) throw new TypeError('not the id of a tree');
    return join(dir, tree);
  };
  return {
    pathOf,
    has: async (tree) => treePattern.test(tree) && (await isDirectory(pathOf(tree))),
    add: (from) => add(dir, from, bounds),
    read: async (tree, path) => (treePattern.test(tree) ? readWithin(pathOf(tree), path) : refuse('malformed', 'not the id of a tree')),
  };
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
}

async function add(dir: string, from: string, bounds: TreeBounds): Promise<TreeId | Refusal> {
  return withFresh(dir, async (fresh) => {
    const copied = join(fresh, 'tree');
    const copy = new Copy(from, copied, bounds);
    const failure = await copy.directory('');
    if (failure) return failure;
    const tree: TreeId = `tree_${digestOf(copy.entries.sort((a, b) => (a.path < b.path ? -1 : 1)))}`;
    if (!(await isDirectory(join(dir, tree)))) await rename(copied, join(dir, tree)).catch(unlessThere);
    return tree;
  });
}

/** Two workers may keep the same tree at once; both copies are the same. */
function unlessThere(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
}

class Copy {
  readonly entries: Entry[] = [];
  #bytes = 0;
  readonly #from: string;
  readonly #to: string;
  readonly #bounds: TreeBounds;
  constructor(from: string, to: string, bounds: TreeBounds) {
    this.#bounds = bounds;
    this.#from = from;
    this.#to = to;
  }

  async directory(path: string): Promise<Refusal | undefined> {
    await mkdir(join(this.#to, path), { mode: 0o755 });
    const names = await readdir(join(this.#from, path));
    for (const name of names) {
      if (!name.isWellFormed() || name.includes('\ufffd')) return refuse('malformed', 'a file name is not UTF-8', path);
      const failure = await this.#one(path ? `${path}/${name}` : name);
      if (failure) return failure;
    }
    return undefined;
  }

  async #one(path: string): Promise<Refusal | undefined> {
    if (this.entries.length >= this.#bounds.files) return refuse('too_many', `a tree holds at most ${this.#bounds.files} files`);
    if (path.split('/').length > this.#bounds.depth)
      return refuse('too_large', `a tree is at most ${this.#bounds.depth} directories deep`, path);
    const is = await lstat(join(this.#from, path));
    if (is.isDirectory()) {
      this.entries.push({ path, kind: 'directory' });
      return this.directory(path);
    }
    if (is.isSymbolicLink()) return this.#link(path);
    if (is.isFile()) return this.#file(path);
    return refuse('malformed', 'a tree holds files, directories and symbolic links only', path);
  }

  async #link(path: string): Promise<Refusal | undefined> {
    const to = await readlink(join(this.#from, path));
    const end = posix.normalize(posix.join(posix.dirname(path), to));
    if (posix.isAbsolute(to) || end === '..' || end.startsWith('../'))
      return refuse('malformed', `the link leads out of the tree: ${to}`, path);
    await symlink(to, join(this.#to, path));
    this.entries.push({ path, kind: 'link', to });
    return undefined;
  }

  async #file(path: string): Promise<Refusal | undefined> {
    const from = await open(join(this.#from, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const is = await from.stat();
      const bad = this.#tooLarge(is, path);
      if (bad) return bad;
      const executable = (is.mode & 0o100) !== 0;
      const to = await open(join(this.#to, path), 'wx', executable ? 0o755 : 0o644);
      const hash = createHash('sha256');
      try {
        const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, is.size + 1));
        for (let at = 0; at <= is.size; ) {
          const { bytesRead } = await from.read(chunk, 0, chunk.length, at);
          if (bytesRead === 0) break;
          at += bytesRead;
          hash.update(chunk.subarray(0, bytesRead));
          await to.write(chunk, 0, bytesRead);
        }
      } finally {
        await to.close();
      }
      // The worker's umask must not decide whether a box can read its tree.
      await chmod(join(this.#to, path), executable ? 0o755 : 0o644);
      // make(1) decides by times.
      await utimes(join(this.#to, path), is.mtimeMs / 1000, is.mtimeMs / 1000);
      this.entries.push({ path, kind: 'file', executable, sha256: hash.digest('hex') });
      return undefined;
    } finally {
      await from.close();
    }
  }

  #tooLarge(is: Stats, path: string): Refusal | undefined {
    if (!is.isFile()) return refuse('malformed', 'not a regular file', path);
    this.#bytes += is.size;
    if (is.size > this.#bounds.fileBytes)
      return refuse('too_large', `a file of a tree holds at most ${this.#bounds.fileBytes} bytes`, path);
    return this.#bytes > this.#bounds.bytes ? refuse('too_large', `a tree holds at most ${this.#bounds.bytes} bytes`, path) : undefined;
  }
}

async function readWithin(root: string, path: string): Promise<Uint8Array | Refusal> {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'));
  if (bad) return refuse('malformed', 'a path in a tree is relative and plain', 'path');
  const missing = refuse('not_found', `no file ${path} in this tree`);
  let at = root;
  for (const part of parts) {
    at = join(at, part);
    const is = await lstat(at).catch(() => undefined);
    // A chain of links may lead out although each link by itself stays inside.
    if (!is || is.isSymbolicLink()) return missing;
  }
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const is = await file.stat();
    if (!is.isFile()) return missing;
    if (is.size > limits.reportFileBytes) return refuse('too_large', `at most ${limits.reportFileBytes} bytes of a file are shown`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
