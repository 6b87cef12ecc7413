import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';

type Get = (to: string) => Promise<{ readonly sha256: string } | Refusal>;

/** Archives by their SHA-256: what once was here needs nobody any more. */
export class Files {
  readonly #dir: string;
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Where the archive lies; fetched by `get` when it does not. `untrusted` when something else comes. `name` is kept with it. */
  async have(sha256: string, get: Get, name?: string): Promise<string | Refusal> {
    const path = join(this.#dir, sha256);
    // What lies there may have been damaged since.
    if ((await digestOfFile(path)) === sha256) return path;
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    return withFresh(this.#dir, async (fresh) => {
      const got = await get(join(fresh, 'archive'));
      if (isRefusal(got)) return got;
      if (got.sha256 !== sha256) return refuse('untrusted', `what came has the SHA-256 ${got.sha256}, asked for was ${sha256}`, 'sha256');
      if (name !== undefined) {
        await writeFile(join(fresh, 'name'), name);
        await rename(join(fresh, 'name'), `${path}.name`);
      }
      await rename(join(fresh, 'archive'), path);
      return path;
    });
  }

  /** A file that somebody has; its SHA-256. */
  async handIn(from: string): Promise<string | Refusal> {
    const is = await stat(from).catch(() => undefined);
    if (!is?.isFile()) return refuse('not_found', `there is no file ${from}`);
    if (is.size > limits.archiveBytes) return refuse('too_large', `an archive of sources holds at most ${limits.archiveBytes} bytes`);
    return withFresh(this.#dir, async (fresh) => {
      await copyFile(from, join(fresh, 'archive'));
      const sha256 = (await digestOfFile(join(fresh, 'archive')))!;
      await writeFile(join(fresh, 'name'), basename(from));
      await rename(join(fresh, 'name'), join(this.#dir, `${sha256}.name`));
      await rename(join(fresh, 'archive'), join(this.#dir, sha256));
      return sha256;
    });
  }

  /** What a kept archive was called where it came from. */
  async named(sha256: string): Promise<string | undefined> {
    return readFile(join(this.#dir, `${sha256}.name`), 'utf8').catch(() => undefined);
  }
}

async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
    return hash.digest('hex');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
