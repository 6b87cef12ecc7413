import type { PlanProgress } from '../wire.ts';

const classes = {
  input: 'read',
  cacheRead: 'read from the cache',
  cacheWrite: 'written to the cache',
  output: 'written',
  reasoning: 'thought',
};

/** Tokens by the classes that endpoints bill apart; those of which there are none are left out. */
export function classesOf(use: PlanProgress['whole']['spent']['use']): string {
  const named = Object.entries(classes).flatMap(([name, word]) => {
    const count = use[name as keyof typeof classes];
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${word}`];
  });
  return named.join(', ') || 'none';
}
