import { writeFileSync } from 'node:fs';
import { sha256 } from '../base/canonical.ts';
import { refuse } from '../base/refusal.ts';
import type { Ending } from './ending.ts';

/** Bytes that came in base64, as a file of one's own; `conflict` where one lies there already. */
export function saved(data: string, file: string): Ending {
  const bytes = Buffer.from(data, 'base64');
  try {
    // Never over what is there: an archive of before may be all that somebody has.
    writeFileSync(file, bytes, { flag: 'wx' });
  } catch (error) {
    return refuse('conflict', (error as Error).message);
  }
  const digest = sha256(bytes);
  return { value: { file, sha256: digest, bytes: bytes.length }, text: `${file}\nSHA-256 ${digest}` };
}
