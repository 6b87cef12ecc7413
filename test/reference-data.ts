import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file of the reference data that lies beside the checkout (BREAKWATER_REFERENCE names another place): facts by others, too big to commit.
 * Undefined, with the reason printed, where it is absent: the caller skips.
 */
export function referenceText(path: string, encoding: BufferEncoding = 'utf8'): string | undefined {
  const file = join(process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '..', '..', 'shared', 'data'), path);
  if (existsSync(file)) return readFileSync(file, encoding);
  process.stderr.write(`skipped: no reference data ${path} beside this checkout\n`);
  return undefined;
}
