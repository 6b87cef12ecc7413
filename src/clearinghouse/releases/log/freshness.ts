import { day, type Instant, parseInstant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { type Signer, signNote } from '../../../base/signature.ts';
import { checkpointText } from '../../../trust/log/entry.ts';

/**
 * The log's own word, in a file beside the checkpoint, that this is its newest tree, and how long that may be relied on: what a follower without
 * witnesses, and a site without a network, tells the present from a frozen past by. A signed note whose first line no log's name can be.
 */
export function freshnessNote(signer: Signer, size: number, frontier: readonly Buffer[], now: Instant): string {
  const head = checkpointText(`${signer.name} freshness`, size, frontier);
  return signNote(signer, `${head}issued ${now}\nexpires ${plusMs(now, limits.freshDays * day)}\n`);
}

/** Whether what lies there speaks of this size, and was said within a day. */
export function isCurrentWord(note: string, size: number, now: Instant): boolean {
  const [, said, , issued] = note.split('\n');
  const at = parseInstant(issued?.replace(/^issued /, '') ?? '');
  return said === `${size}` && at !== undefined && at <= now && now < plusMs(at, day);
}
