import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendLeaf, emptyRoot, inclusionProof, leafHash, levelsOf, rootOf, verifyConsistency, verifyInclusion } from './merkle.ts';
import { completedBy, consistencyFolds, folded, frontierOf, inclusionFolds, type Place } from './merkle-nodes.ts';

const most = 600;
const nodes = new Map<string, Buffer>();
const roots: Buffer[] = [emptyRoot];
const leaves = Array.from({ length: most }, (_, i) => leafHash(Buffer.from(`${i}`)));
let frontier: Buffer[] = [];
for (const [size, leaf] of leaves.entries()) {
  for (const { level, index, hash } of completedBy(frontier, size, leaf)) nodes.set(`${level}/${index}`, hash);
  frontier = appendLeaf(frontier, size, leaf);
  roots.push(rootOf(frontier));
}
const hashOf = ({ level, index }: Place) => nodes.get(`${level}/${index}`)!;
const proofOf = (folds: readonly (readonly Place[])[]) => folds.map((fold) => folded(fold, hashOf));

test('fewer than two nodes a leaf are kept', () => {
  expect(nodes.size).toBeLessThan(2 * most);
});

test('every root is folded from the frontier of its size', () => {
  for (let size = 1; size <= most; size++) expect(folded(frontierOf(0, size), hashOf).equals(roots[size]!)).toBe(true);
});

test('every leaf of every tree up to 600 proves its place, by few reads', () => {
  for (let size = 1; size <= most; size++) {
    for (let index = size % 7; index < size; index += 7) {
      const folds = inclusionFolds(index, size);
      expect(verifyInclusion(leaves[index]!, index, size, proofOf(folds), roots[size]!)).toBe(true);
      expect(folds.flat().length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1)));
    }
  }
});

test('the proof is the one that the whole tree gives', () => {
  for (const size of [1, 2, 3, 255, 256, 257, 600]) {
    const levels = levelsOf(leaves.slice(0, size));
    for (let index = 0; index < size; index++) expect(proofOf(inclusionFolds(index, size))).toEqual(inclusionProof(levels, index));
  }
});

test('every tree up to 600 proves that it begins with every smaller one', () => {
  for (let size2 = 1; size2 <= most; size2++) {
    for (let size1 = 1 + (size2 % 5); size1 <= size2; size1 += 5)
      expect(verifyConsistency(size1, size2, proofOf(consistencyFolds(size1, size2)), roots[size1]!, roots[size2]!)).toBe(true);
  }
});

test('a proof with one hash altered, left out or added proves nothing', () => {
  const sizes = fc.tuple(fc.integer({ min: 2, max: most }), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(sizes, ([size, a, at, flip]) => {
      const index = a % size;
      const size1 = 1 + (a % (size - 1));
      const inclusion = proofOf(inclusionFolds(index, size));
      const consistency = proofOf(consistencyFolds(size1, size));
      for (const [proof, verify] of [
        [inclusion, (p: Buffer[]) => verifyInclusion(leaves[index]!, index, size, p, roots[size]!)],
        [consistency, (p: Buffer[]) => verifyConsistency(size1, size, p, roots[size1]!, roots[size]!)],
      ] as const) {
        const place = at % proof.length;
        const altered = Buffer.from(proof[place]!);
        altered[at % 32]! ^= flip;
        expect(verify(proof.with(place, altered))).toBe(false);
        expect(verify(proof.toSpliced(place, 1))).toBe(false);
        expect(verify(proof.toSpliced(place, 0, altered))).toBe(false);
      }
    }),
  );
});

test('what lies outside the tree has no proof', () => {
  for (const [index, size] of [
    [-1, 3],
    [3, 3],
    [0, 0],
    [0.5, 3],
  ] as const)
    expect(() => inclusionFolds(index, size)).toThrow(RangeError);
  expect(() => consistencyFolds(4, 3)).toThrow(RangeError);
  expect([consistencyFolds(0, 3), consistencyFolds(3, 3)]).toEqual([[], []]);
});
