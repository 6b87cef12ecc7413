import { createHash } from 'node:crypto';
import { type Refusal, refuse } from './refusal.ts';

/** The Merkle tree of RFC 6962 §2.1 (= RFC 9162 §2.1.1). Hashes are 32-byte buffers. */
export function leafHash(data: Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(data).digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}

export const emptyRoot: Buffer = createHash('sha256').digest();

/**
 * The frontier: roots of the perfect subtrees that make up a tree of `size` leaves, largest first.
 * It is all one must keep to append and to know the root.
 */
export function appendLeaf(frontier: readonly Buffer[], size: number, leaf: Buffer): Buffer[] {
  const next = [...frontier];
  let carry = leaf;
  for (let n = size; n % 2 === 1; n = Math.floor(n / 2)) carry = nodeHash(next.pop()!, carry);
  next.push(carry);
  return next;
}

export function rootOf(frontier: readonly Buffer[]): Buffer {
  return frontier.length === 0 ? emptyRoot : frontier.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * Every level of the tree, leaves first, root last: what inclusion proofs are read off.
 * A node without a sibling moves up as it is, which gives the left-balanced tree of RFC 9162 §2.1.1.
 */
export function levelsOf(leaves: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const levels: (readonly Buffer[])[] = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => {
      const right = below[2 * i + 1];
      return right ? nodeHash(below[2 * i]!, right) : below[2 * i]!;
    });
  }
  return levels;
}

/** RFC 9162 §2.1.3.1: the siblings on the way from leaf `index` (from 0) to the root, lowest first. */
export function inclusionProof(levels: readonly (readonly Buffer[])[], index: number): Buffer[] {
  const size = levels[0]?.length ?? 0;
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('the leaf index must lie inside the tree');
  const proof: Buffer[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = level[at % 2 === 1 ? at - 1 : at + 1];
    if (sibling) proof.push(sibling);
    at = Math.floor(at / 2);
  }
  return proof;
}

/** RFC 9162 §2.1.3.2. All inputs are hostile; a proof of the wrong shape is a refusal, a proof that does not hold is false. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean | Refusal {
  const bad = shape([leaf, root, ...proof]);
  if (bad) return bad;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return refuse('malformed', 'the leaf index must lie inside the tree');
  let fn = index;
  let sn = size - 1;
  let r: Uint8Array = leaf;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else r = nodeHash(r, p);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && Buffer.compare(r, root) === 0;
}

/** RFC 9162 §2.1.4.2: whether the tree of `size2` leaves begins with the tree of `size1`. Nothing is consistent with an empty tree by proof. */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): boolean | Refusal {
  const bad = shape([root1, root2, ...proof]);
  if (bad) return bad;
  if (!Number.isSafeInteger(size1) || !Number.isSafeInteger(size2) || size1 < 1 || size1 > size2)
    return refuse('malformed', 'the first tree must have a leaf and be no larger than the second');
  if (size1 === size2) return proof.length === 0 && Buffer.compare(root1, root2) === 0;
  if (proof.length === 0) return false;
  let fn = size1 - 1;
  let sn = size2 - 1;
  const halve = () => {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  };
  while (fn % 2 === 1) halve();
  // A perfect first tree is itself the first node of the path and is left out of the proof.
  const [first, ...path] = fn === 0 ? [root1, ...proof] : proof;
  let fr: Uint8Array = first!;
  let sr: Uint8Array = first!;
  for (const c of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (fn % 2 === 0 && fn !== 0) halve();
    } else sr = nodeHash(sr, c);
    halve();
  }
  return sn === 0 && Buffer.compare(fr, root1) === 0 && Buffer.compare(sr, root2) === 0;
}

function shape(hashes: readonly Uint8Array[]): Refusal | undefined {
  return hashes.every((h) => h.length === 32) ? undefined : refuse('malformed', 'every hash must be 32 bytes');
}
