import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../base/canonical.ts';
import { appendLeaf, levelsOf, rootOf, verifyInclusion } from '../../base/merkle.ts';
import { leafOf } from './entry.ts';
import { entryProof, tileLeaves, tileRoot } from './proof.ts';

test('a proof put together from tiles holds for any entry of a log of any size', () => {
  const hashes = Array.from({ length: 1100 }, (_, i) => sha256(String(i)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1100 }), fc.nat(), (size, pick) => {
      const held = hashes.slice(0, size);
      const tiles = Array.from({ length: Math.ceil(size / tileLeaves) }, (_, i) => held.slice(i * tileLeaves, (i + 1) * tileLeaves));
      const root = rootOf(held.reduce<readonly Buffer[]>((frontier, hash, i) => appendLeaf(frontier, i, leafOf(hash)), []));
      const seq = (pick % size) + 1;
      const proof = entryProof(seq, tiles[Math.floor((seq - 1) / tileLeaves)]!, levelsOf(tiles.map(tileRoot)));
      expect(verifyInclusion(leafOf(held[seq - 1]!), seq - 1, size, proof, root)).toBe(true);
    }),
  );
});
