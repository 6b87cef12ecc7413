import { type KeyObject, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Blobs } from '../../base/doors.ts';
import { refuse } from '../../base/refusal.ts';
import { seal, sealBytes, unseal } from '../../base/sealed.ts';

const magic = Buffer.from('BWB1');
const keyBytes = 32;
const headBytes = magic.length + sealBytes + keyBytes;

/**
 * One file per blob: magic ‖ nonce ‖ wrapped data key ‖ tag ‖ nonce ‖ ciphertext ‖ tag, AES-256-GCM both times.
 * The blob's id is bound to both as associated data, so that files cannot be exchanged for one another.
 */
export function diskBlobs(dir: string, wrapping: KeyObject): Blobs {
  const pathOf = (id: string) => join(dir, id.slice(-2), id);
  return {
    async put(id, bytes) {
      const path = pathOf(id);
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      const file = await openNew(draft, dir);
      try {
        await file.writeFile(sealed(wrapping, id, bytes));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      await syncDirectory(dirname(path));
    },
    async get(id) {
      try {
        return (
          opened(wrapping, id, await readFile(pathOf(id))) ??
          refuse('untrusted', 'this blob was altered on disk or sealed with another key')
        );
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return refuse('not_found', 'no such blob');
        throw error;
      }
    },
    async erase(id) {
      await rm(pathOf(id), { force: true });
    },
  };
}

/** The directory is there but for the first thousand times. */
async function openNew(path: string, dir: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A new directory is a name in its parent, which a power cut may undo as well; whoever found it made may have come before that.
  for (const parent of new Set([...(made === undefined ? [] : [dirname(made)]), dir])) await syncDirectory(parent);
  return open(path, 'wx', 0o600);
}

/** Without it a rename may be undone by a power cut although the file's content is safe. */
async function syncDirectory(path: string): Promise<void> {
  const dir = await open(path, 'r');
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}

function sealed(wrapping: KeyObject, id: string, bytes: Uint8Array): Buffer {
  const key = randomBytes(keyBytes);
  return Buffer.concat([magic, seal(wrapping, id, key, randomBytes(12)), seal(key, id, bytes, randomBytes(12))]);
}

function opened(wrapping: KeyObject, id: string, file: Buffer): Buffer | undefined {
  if (!file.subarray(0, magic.length).equals(magic)) return undefined;
  const [head, body] = [file.subarray(magic.length, headBytes), file.subarray(headBytes)];
  const key = unseal(wrapping, id, head);
  return key && unseal(key, id, body);
}
