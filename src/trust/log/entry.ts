import { canonical, digestOf, sha256 } from '../../base/canonical.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { appendLeaf, leafHash, rootOf } from '../../base/merkle.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** One link of the chain. It says when, and commits to the rest by a salted digest, so a stranger may hold it. */
export interface Entry {
  readonly seq: number;
  readonly at: Instant;
  /** SHA-256 of salt ‖ canonical body. */
  readonly digest: string;
  readonly previous: string;
  readonly hash: string;
}

/** What the entry commits to; withheld from whoever is not cleared for its label. */
export interface Body {
  readonly actor: string;
  readonly event: string;
  readonly thing: string;
  readonly label: Label;
  /** SHA-256 of payload salt ‖ canonical payload: stays when the payload is erased. */
  readonly payloadDigest: string;
}

export interface Revealed extends Body {
  readonly salt: string;
  readonly payloadSalt: string | null;
  readonly payload: unknown;
}

export type Exported = Entry & { readonly body?: Revealed };

export const genesis = '0'.repeat(64);

export function payloadDigest(salt: string, payload: unknown): string {
  return sha256(salt + canonical(payload ?? null));
}

export function bodyDigest(salt: string, body: Body): string {
  const { actor, event, thing, label, payloadDigest } = body;
  return sha256(salt + canonical({ actor, event, thing, label, payloadDigest }));
}

export function link(seq: number, at: Instant, digest: string, previous: string): Entry {
  return { seq, at, digest, previous, hash: digestOf({ seq, at, digest, previous }) };
}

/** The Merkle leaf of an entry, over the bytes of its hash. */
export function leafOf(hash: string): Buffer {
  return leafHash(Buffer.from(hash, 'hex'));
}

/** A tlog checkpoint's text (https://c2sp.org/tlog-checkpoint): origin, size, root. */
export function checkpointText(origin: string, size: number, frontier: readonly Buffer[]): string {
  return `${origin}\n${size}\n${rootOf(frontier).toString('base64')}\n`;
}

export interface Verified {
  readonly size: number;
  readonly head: string;
  readonly revealed: number;
  readonly withheld: number;
  readonly erased: number;
  readonly frontier: readonly Buffer[];
}

/** Verifies a whole log from genesis; `untrusted` names the first entry that does not hold. Pure: needs no hub. */
export function verifyChain(entries: Iterable<Exported>): Verified | Refusal {
  let previous = genesis;
  let size = 0;
  let [revealed, withheld, erased] = [0, 0, 0];
  let frontier: Buffer[] = [];
  let last: Instant | undefined;
  for (const entry of entries) {
    const bad = (because: string) => refuse('untrusted', `entry ${size + 1}: ${because}`, `/${size}`);
    if (entry.seq !== size + 1) return bad(`is numbered ${entry.seq}: an entry is missing, repeated or out of order`);
    if (entry.previous !== previous) return bad('does not follow the entry before it');
    if (entry.hash !== link(entry.seq, entry.at, entry.digest, entry.previous).hash) return bad('was altered after it was written');
    if (last !== undefined && entry.at < last) return bad('is older than the entry before it');
    if (entry.body) {
      if (bodyDigest(entry.body.salt, entry.body) !== entry.digest) return bad('does not match what is said to lie behind it');
      const { payloadSalt, payload } = entry.body;
      if (payloadSalt === null) erased++;
      else if (payloadDigest(payloadSalt, payload) !== entry.body.payloadDigest) return bad('carries another payload than was logged');
      revealed++;
    } else withheld++;
    frontier = appendLeaf(frontier, size, leafOf(entry.hash));
    previous = entry.hash;
    last = entry.at;
    size++;
  }
  return { size, head: previous, revealed, withheld, erased, frontier };
}
