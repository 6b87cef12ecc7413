import { createHash } from 'node:crypto';
import type { Sample } from './data.ts';

/** The three, as they would be built in an afternoon: each says same or not of two records. */
export const baselines: Readonly<Record<string, (a: Sample, b: Sample) => boolean>> = {
  'shared crash state frame': ({ traits: a }, { traits: b }) =>
    a.crash !== null && b.crash !== null && a.crash.state.some((frame) => b.crash!.state.includes(frame)),
  'sha256(cwe, file)': ({ traits: a }, { traits: b }) =>
    hash(a.weakness, a.file) === hash(b.weakness, b.file) && a.weakness !== null && a.file !== null,
  'word overlap ≥ 0.2': (a, b) => {
    const [x, y] = [a, b].map(({ words }) => new Set(words.toLowerCase().match(/\w+/g))) as [Set<string>, Set<string>];
    return x.intersection(y).size >= 0.2 * x.union(y).size;
  },
};

function hash(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
