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

interface ChainVerifier {
  /** The refusal `untrusted` when this entry does not hold. */
  add(entry: Exported): Refusal | undefined;
  end(): Verified;
}

/** Verifies a log entry by entry from genesis, in constant memory. Pure: needs no hub. */
export function chainVerifier(): ChainVerifier {
  let at: Verified = { size: 0, head: genesis, revealed: 0, withheld: 0, erased: 0, frontier: [] };
  let last: Instant | undefined;
  return {
    add(entry) {
      const because = fault(entry, at, last);
      if (because) return refuse('untrusted', `entry ${at.size + 1}: ${because}`, `/${at.size}`);
      last = entry.at;
      at = {
        size: at.size + 1,
        head: entry.hash,
        revealed: at.revealed + (entry.body ? 1 : 0),
        withheld: at.withheld + (entry.body ? 0 : 1),
        erased: at.erased + (entry.body?.payloadSalt === null ? 1 : 0),
        frontier: appendLeaf(at.frontier, at.size, leafOf(entry.hash)),
      };
      return undefined;
    },
    end: () => at,
  };
}

function fault(entry: Exported, before: Verified, last: Instant | undefined): string | undefined {
  if (entry.seq !== before.size + 1) return `is numbered ${entry.seq}: an entry is missing, repeated or out of order`;
  if (entry.previous !== before.head) return 'does not follow the entry before it';
  if (entry.hash !== link(entry.seq, entry.at, entry.digest, entry.previous).hash) return 'was altered after it was written';
  if (last !== undefined && entry.at < last) return 'is older than the entry before it';
  if (!entry.body) return undefined;
  if (bodyDigest(entry.body.salt, entry.body) !== entry.digest) return 'does not match what is said to lie behind it';
  const { payloadSalt, payload } = entry.body;
  if (payloadSalt !== null && payloadDigest(payloadSalt, payload) !== entry.body.payloadDigest)
    return 'carries another payload than was logged';
  return undefined;
}

/** Verifies a whole log that is at hand; `untrusted` names the first entry that does not hold. */
export function verifyChain(entries: Iterable<Exported>): Verified | Refusal {
  const verifier = chainVerifier();
  for (const entry of entries) {
    const bad = verifier.add(entry);
    if (bad) return bad;
  }
  return verifier.end();
}
