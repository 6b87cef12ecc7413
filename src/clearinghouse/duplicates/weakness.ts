import { weaknessParents } from './weakness-parents.ts';

const parents: ReadonlyMap<string, readonly string[]> = new Map(
  weaknessParents
    .join(' ')
    .split(' ')
    .map((entry) => {
      const [child, above] = entry.split(':') as [string, string];
      return [`CWE-${child}`, above.split(',').map((id) => `CWE-${id}`)] as const;
    }),
);

/** Pillars: everything is under one of them. */
const pillars = new Set([...parents.values()].flat().filter((id) => !parents.has(id)));

/**
 * How two weaknesses stand to each other: `same`, `kin` when one is a kind of the other (CWE's research view, pillars left out), else `other`.
 * Finders name one flaw on different levels: CWE-119, CWE-787, CWE-122.
 */
export function kinship(a: string, b: string): 'same' | 'kin' | 'other' {
  if (a === b) return 'same';
  return isAbove(a, b) || isAbove(b, a) ? 'kin' : 'other';
}

function isAbove(above: string, below: string): boolean {
  const seen = new Set<string>();
  const waiting = [below];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const parent of parents.get(id) ?? []) {
      if (seen.has(parent) || pillars.has(parent)) continue;
      if (parent === above) return true;
      seen.add(parent);
      waiting.push(parent);
    }
  return false;
}
