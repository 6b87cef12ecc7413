import { describe, expect, test } from 'vitest';
import { appendLeaf, emptyRoot, leafHash, nodeHash, rootOf, verifyInclusion } from './merkle.ts';

// The eight leaves and roots that Certificate Transparency implementations test with; roots computed by hand from RFC 6962 §2.1.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  leafHash(Buffer.from(hex, 'hex')),
);
const rootOfEight = '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328';

describe('the tree of RFC 6962', () => {
  test('has the root of the well-known eight leaves, however it grew', () => {
    let frontier: Buffer[] = [];
    leaves.forEach((leaf, i) => {
      frontier = appendLeaf(frontier, i, leaf);
    });
    expect(rootOf(frontier).toString('hex')).toBe(rootOfEight);
  });

  test('is SHA-256 of nothing when empty', () => {
    expect(rootOf([])).toEqual(emptyRoot);
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('proves inclusion of a leaf, and of no other', () => {
    const [a, b, c] = leaves as [Buffer, Buffer, Buffer];
    const root = nodeHash(nodeHash(a, b), c);
    expect(verifyInclusion(a, 0, 3, [b, c], root)).toBe(true);
    expect(verifyInclusion(c, 2, 3, [nodeHash(a, b)], root)).toBe(true);
    expect(verifyInclusion(c, 0, 3, [b, c], root)).toBe(false);
    expect(verifyInclusion(a, 0, 3, [b], root)).toBe(false);
    expect(verifyInclusion(a, 0, 3, [b, c, c], root)).toBe(false);
  });

  test('refuses hashes of the wrong size and indices outside of the tree', () => {
    expect(verifyInclusion(Buffer.alloc(31), 0, 1, [], Buffer.alloc(32))).toMatchObject({ code: 'malformed' });
    expect(verifyInclusion(Buffer.alloc(32), 1, 1, [], Buffer.alloc(32))).toMatchObject({ code: 'malformed' });
  });
});
