import { canonical } from '../../../base/canonical.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Remembered } from '../verifying/verify.ts';

/**
 * The first file of a bundle: what it is. Nothing in it is believed: size and root are signed by the checkpoint beside it, the expiry by the log's
 * word on freshness, and the base by the tree itself, which has one root at that size. So whoever has a mirror can make a bundle, byte for byte the same.
 */
export interface Manifest extends Remembered {
  readonly type: 'breakwater.bundle/1';
  readonly expiresAt: Instant;
  /** The tree that this bundle goes on from; null = it is whole. */
  readonly base: Omit<Remembered, 'origin'> | null;
}

export const manifestPath = 'bundle.json';

export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(`${canonical(manifest)}\n`);
}

export function parseManifest(bytes: Uint8Array): Manifest | Refusal {
  const no = refuse('malformed', 'is no bundle of a log of releases', manifestPath);
  try {
    const { type, origin, size, root, expiresAt, base } = Object(JSON.parse(Buffer.from(bytes).toString('utf8'))) as Partial<Manifest>;
    const isHead = (of: { size?: unknown; root?: unknown }) => Number.isSafeInteger(of.size) && typeof of.root === 'string';
    if (type !== 'breakwater.bundle/1' || typeof origin !== 'string' || typeof expiresAt !== 'string' || !isHead({ size, root })) return no;
    if (base === undefined || (base !== null && !isHead(base))) return no;
    return { type, origin, size: size!, root: root!, expiresAt, base };
  } catch {
    return no;
  }
}
