import { appendLeaf, inclusionProof, levelsOf, rootOf } from '../../base/merkle.ts';
import { leafOf } from './entry.ts';

/** Leaves of a tile: a perfect subtree, whose root is a node of the whole tree eight levels up. */
export const tileLeaves = 256;

/** The root of up to 256 entries that stand side by side, by their hashes (hex). */
export function tileRoot(hashes: readonly string[]): Buffer {
  return rootOf(hashes.reduce<readonly Buffer[]>((frontier, hash, i) => appendLeaf(frontier, i, leafOf(hash)), []));
}

/**
 * The inclusion proof (RFC 9162 §2.1.3) of the entry `seq` (from 1): within its tile, whose hashes are given, then from tile to root.
 * `tiles`: the levels over the roots of all tiles, the last of which may be incomplete.
 */
export function entryProof(seq: number, hashes: readonly string[], tiles: readonly (readonly Buffer[])[]): Buffer[] {
  const index = seq - 1;
  const within = inclusionProof(levelsOf(hashes.map(leafOf)), index % tileLeaves);
  return [...within, ...inclusionProof(tiles, Math.floor(index / tileLeaves))];
}
