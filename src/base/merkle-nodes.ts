import { nodeHash } from './merkle.ts';

/** Where a perfect subtree stands: over the leaves from `index · 2^level` up to, and without, `(index + 1) · 2^level`. */
export interface Place {
  readonly level: number;
  readonly index: number;
}

export interface Node extends Place {
  readonly hash: Buffer;
}

/** One hash of a proof: the perfect subtrees it is folded from, left to right. All but one of a proof are a single one. */
type Fold = readonly Place[];

/**
 * What a leaf completes as the one after the `size` leaves of `frontier`: itself and every perfect subtree that it ends, lowest first.
 * Who keeps these nodes (fewer than two a leaf) reads any proof off them by places.
 */
export function completedBy(frontier: readonly Buffer[], size: number, leaf: Buffer): Node[] {
  const nodes: Node[] = [{ level: 0, index: size, hash: leaf }];
  let { hash } = nodes[0]!;
  for (let n = size, left = frontier.length - 1; n % 2 === 1; left--) {
    n = Math.floor(n / 2);
    hash = nodeHash(frontier[left]!, hash);
    nodes.push({ level: nodes.length, index: n, hash });
  }
  return nodes;
}

/** RFC 6962 §2.1.1: of the inclusion proof of leaf `index` in the tree of `size` leaves, lowest first. */
export function inclusionFolds(index: number, size: number): Fold[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('the leaf index must lie inside the tree');
  const folds: Fold[] = [];
  for (let [start, end] = [0, size]; end - start > 1; ) {
    const middle = start + largestBelow(end - start);
    if (index < middle) [folds[folds.length], end] = [frontierOf(middle, end), middle];
    else [folds[folds.length], start] = [frontierOf(start, middle), middle];
  }
  return folds.reverse();
}

/** RFC 6962 §2.1.2: of the proof that the tree of `size2` leaves begins with that of `size1`; none between a tree and itself, or from the empty one. */
export function consistencyFolds(size1: number, size2: number): Fold[] {
  if (!Number.isSafeInteger(size1) || size1 < 0 || size1 > size2) throw new RangeError('the first tree is no larger than the second');
  if (size1 === 0) return [];
  const folds: Fold[] = [];
  let [start, end] = [0, size2];
  while (size1 !== end) {
    const middle = start + largestBelow(end - start);
    if (size1 <= middle) [folds[folds.length], end] = [frontierOf(middle, end), middle];
    else [folds[folds.length], start] = [frontierOf(start, middle), middle];
  }
  // A first tree that is a node of the second is known to who verifies.
  if (start > 0) folds.push(frontierOf(start, end));
  return folds.reverse();
}

/** The perfect subtrees, largest first, that the leaves of a subtree of the tree are made of: from `start` up to, and without, `end`. */
export function frontierOf(start: number, end: number): Place[] {
  const places: Place[] = [];
  for (let at = start; at < end; ) {
    const level = Math.floor(Math.log2(end - at));
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

export function folded(fold: Fold, hashOf: (place: Place) => Buffer): Buffer {
  return fold.map(hashOf).reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two that is smaller than `n`, which is at least 2. */
function largestBelow(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}
