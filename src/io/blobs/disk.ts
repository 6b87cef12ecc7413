import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Blobs } from '../../base/doors.ts';
import { refuse } from '../../base/refusal.ts';

const magic = Buffer.from('BWB1');
const [nonceBytes, keyBytes, tagBytes] = [12, 32, 16];
const headBytes = magic.length + nonceBytes + keyBytes + tagBytes + nonceBytes;

/**
 * One file per blob: magic ‖ nonce ‖ wrapped data key ‖ tag ‖ nonce ‖ ciphertext ‖ tag, AES-256-GCM both times.
 * The blob's id is bound to both as associated data, so that files cannot be exchanged for one another.
 */
export function diskBlobs(dir: string, wrapping: KeyObject): Blobs {
  const pathOf = (id: string) => join(dir, id.slice(-2), id);
  return {
    async put(id, bytes) {
      const path = pathOf(id);
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // A new directory is a name in its parent, which a power cut may undo as well.
      if (made !== undefined) for (const parent of new Set([dirname(made), dir])) await syncDirectory(parent);
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      const file = await open(draft, 'wx', 0o600);
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
  const [wrapNonce, key, nonce] = [randomBytes(nonceBytes), randomBytes(keyBytes), randomBytes(nonceBytes)];
  const wrap = createCipheriv('aes-256-gcm', wrapping, wrapNonce).setAAD(Buffer.from(id));
  const wrapped = Buffer.concat([wrap.update(key), wrap.final()]);
  const body = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
  return Buffer.concat([magic, wrapNonce, wrapped, wrap.getAuthTag(), nonce, body.update(bytes), body.final(), body.getAuthTag()]);
}

function opened(wrapping: KeyObject, id: string, file: Buffer): Buffer | undefined {
  if (file.length < headBytes + tagBytes || !file.subarray(0, magic.length).equals(magic)) return undefined;
  let at = magic.length;
  const take = (n: number) => {
    at += n;
    return file.subarray(at - n, at);
  };
  const [wrapNonce, wrapped, wrapTag, nonce] = [take(nonceBytes), take(keyBytes), take(tagBytes), take(nonceBytes)];
  try {
    const unwrap = createDecipheriv('aes-256-gcm', wrapping, wrapNonce).setAAD(Buffer.from(id)).setAuthTag(wrapTag);
    const key = Buffer.concat([unwrap.update(wrapped), unwrap.final()]);
    const body = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id)).setAuthTag(file.subarray(-tagBytes));
    return Buffer.concat([body.update(file.subarray(at, -tagBytes)), body.final()]);
  } catch {
    return undefined;
  }
}
