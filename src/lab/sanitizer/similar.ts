import { limits } from '../../base/limits.ts';

const sameFrames = 2;
const threshold = 0.8;

/**
 * Whether two crash states are likely the same bug: two frames in common in the same order, or lines that are alike on average (> 0.8).
 * The rules of ClusterFuzz's crash comparer.
 */
export function similarStates(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  if (a === b) return true;
  // The fuzzer has computed its own identity: only equality counts.
  if (a.includes('FuzzerHash=')) return false;
  const first = linesOf(a);
  const second = linesOf(b);
  if (commonInOrder(first, second) >= sameFrames) return true;
  const compared = Math.min(first.length, second.length);
  let sum = 0;
  for (let i = 0; i < compared; i++) sum += likeness(first[i]!, second[i]!);
  return sum / compared > threshold;
}

function linesOf(state: string): string[] {
  const lines = state.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(0, limits.stateLines).map((line) => line.slice(0, limits.stateLineChars));
}

/** Length of the longest common subsequence. */
function commonInOrder(a: readonly string[], b: readonly string[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const row = [0];
    for (let j = 0; j < b.length; j++) row.push(line === b[j] ? above[j]! + 1 : Math.max(above[j + 1]!, row[j]!));
    above = row;
  }
  return above[b.length]!;
}

function likeness(a: string, b: string): number {
  const length = a.length + b.length;
  return length === 0 ? 1 : (length - distance(a, b)) / length;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) row.push(Math.min(row[j]! + 1, above[j + 1]! + 1, above[j]! + (a[i] === b[j] ? 0 : 1)));
    above = row;
  }
  return above[b.length]!;
}
