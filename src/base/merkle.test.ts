import { expect, test } from 'vitest';
import { appendLeaf, emptyRoot, inclusionProof, leafHash, levelsOf, rootOf, verifyInclusion } from './merkle.ts';

// The leaves and hashes that the reference implementations of RFC 6962 are tested with.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  leafHash(Buffer.from(hex, 'hex')),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the root of each of the reference trees, by frontier and by levels', () => {
  let frontier: Buffer[] = [];
  for (const [i, leaf] of leaves.entries()) {
    frontier = appendLeaf(frontier, i, leaf);
    expect(rootOf(frontier).toString('hex')).toBe(roots[i]);
    expect(levelsOf(leaves.slice(0, i + 1)).at(-1)![0]!.toString('hex')).toBe(roots[i]);
  }
  expect(rootOf([])).toEqual(emptyRoot);
});

test('the proof of RFC 9162 §2.1.5 has the nodes in the order in which they are combined', () => {
  const proof = inclusionProof(levelsOf(leaves), 0).map((h) => h.toString('hex'));
  expect(proof).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  // Leaf 6 of a tree of 7 has no sibling on the two lowest levels.
  expect(inclusionProof(levelsOf(leaves.slice(0, 7)), 6)).toHaveLength(2);
});

test('every leaf of every tree up to 70 leaves is proved, and by its own proof only', () => {
  const many = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
  for (let size = 1; size <= many.length; size++) {
    const levels = levelsOf(many.slice(0, size));
    const root = levels.at(-1)![0]!;
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(levels, index);
      expect(verifyInclusion(many[index]!, index, size, proof, root)).toBe(true);
      expect(verifyInclusion(many[(index + 1) % many.length]!, index, size, proof, root)).toBe(false);
      if (size > 1) expect(verifyInclusion(many[index]!, (index + 1) % size, size, proof, root)).toBe(false);
      expect(verifyInclusion(many[index]!, index, size, [...proof, root], root)).toBe(false);
    }
  }
});

test('a leaf outside the tree has no proof', () => {
  expect(() => inclusionProof(levelsOf(leaves), 8)).toThrow(RangeError);
  expect(() => inclusionProof(levelsOf([]), 0)).toThrow(RangeError);
  expect(verifyInclusion(leaves[0]!, 0, 1, [Buffer.alloc(31)], leaves[0]!)).toMatchObject({ code: 'malformed' });
});
