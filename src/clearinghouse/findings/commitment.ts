import { createHash } from 'node:crypto';
import { canonical, sha256 } from '../../base/canonical.ts';
import type { Draft } from './finding.ts';

/**
 * SHA3-256 (hex, FIPS 202) of everything handed in, files by their digest. Members that say nothing are left out, so that one which a later
 * release adds changes no digest given before. The finder can compute it again from what they sent, and so can whoever they show it to.
 */
export function contentDigest(draft: Draft): string {
  const attachments = draft.attachments.map(({ bytes, ...about }) => ({ ...about, sha256: sha256(bytes) }));
  const said = Object.entries({ ...draft, attachments }).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return sha3(canonical(Object.fromEntries(said)));
}

/**
 * What goes into the log at once: SHA3-256 of salt ‖ content digest, both in hex. Two steps, so that at disclosure salt and digest can be
 * shown to everybody without showing the content, which may hold an exploit.
 */
export function commitmentOf(salt: string, content: string): string {
  return sha3(salt + content);
}

function sha3(text: string): string {
  return createHash('sha3-256').update(text).digest('hex');
}
