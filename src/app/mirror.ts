import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../base/limits.ts';
import { isRefusal, refuse } from '../base/refusal.ts';
import type { Read } from '../clearinghouse/releases/verifying/reading.ts';

/** A public tree at a web address; where the address is a hub's own, the tree under it. */
export async function mirrorAt(url: string, timeoutMs: number = limits.mirrorMs): Promise<Read> {
  const given = readFrom(url.replace(/\/+$/, ''), timeoutMs);
  const found = await given('checkpoint', limits.checkpointBytes);
  return isRefusal(found) && found.code === 'not_found' ? readFrom(`${url.replace(/\/+$/, '')}/public`, timeoutMs) : given;
}

function readFrom(root: string, timeoutMs: number): Read {
  return async (path, maxBytes) => {
    const at = `${root}/${path.split('/').map(encodeURIComponent).join('/')}`;
    try {
      const reply = await fetch(at, { signal: AbortSignal.timeout(timeoutMs), headers: { 'user-agent': 'breakwater' } });
      if (reply.status === 404 || reply.status === 410) return absent(path);
      if (!reply.ok) return refuse('unavailable', `${at} answered ${reply.status}`);
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for await (const part of reply.body ?? []) {
        bytes += part.length;
        if (bytes > maxBytes) return tooLarge(path, maxBytes);
        parts.push(part);
      }
      return Buffer.concat(parts);
    } catch (error) {
      return refuse('unavailable', `${at}: ${(error as Error).message}`);
    }
  };
}

/** A public tree in a directory. */
export function mirrorIn(dir: string): Read {
  return async (path, maxBytes) => {
    try {
      const file = await open(join(dir, path));
      try {
        const { size } = await file.stat();
        return size > maxBytes ? tooLarge(path, maxBytes) : await file.readFile();
      } finally {
        await file.close();
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' ? absent(path) : refuse('unavailable', message);
    }
  };
}

const absent = (path: string) => refuse('not_found', 'is not there', path);
const tooLarge = (path: string, maxBytes: number) => refuse('too_large', `has more than ${maxBytes} bytes`, path);
