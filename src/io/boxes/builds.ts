import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box, TreeId } from '../../base/doors.ts';
import type { Trees } from './trees.ts';

const keyPattern = /^[0-9a-f]{64}$/;
let sequence = 0;

/** Which tree a build gave, by the digest of everything that went into it: one small file each. */
export function buildCache(dir: string, trees: Trees): Pick<Box, 'cached' | 'remember'> {
  return {
    cached: async (key) => {
      if (!keyPattern.test(key)) return undefined;
      const tree = (await readFile(join(dir, key), 'utf8').catch(() => '')) as TreeId;
      return (await trees.has(tree)) ? tree : undefined;
    },
    remember: async (key, tree) => {
      if (!keyPattern.test(key)) throw new TypeError('a key is 64 hex digits');
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const fresh = join(dir, `.new-${process.pid}-${sequence++}`);
      try {
        await writeFile(fresh, tree);
        await rename(fresh, join(dir, key));
      } catch (cause) {
        await rm(fresh, { force: true });
        throw cause;
      }
    },
  };
}
