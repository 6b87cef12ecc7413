import { type Refusal, refuse } from '../../base/refusal.ts';
import { isCount } from './intervals.ts';

export interface Attempts {
  /** Attempts made. */
  readonly n: number;
  /** Attempts that succeeded. */
  readonly c: number;
  /** Attempts asked about. */
  readonly k: number;
}

function badAttempts({ n, c, k }: Attempts): Refusal | undefined {
  if (!isCount(n) || n === 0) return refuse('malformed', 'a whole number of at least 1 is needed', 'n');
  if (!isCount(c) || c > n) return refuse('malformed', 'a whole number from 0 to n is needed', 'c');
  if (!isCount(k) || k === 0 || k > n) return refuse('malformed', 'a whole number from 1 to n is needed', 'k');
  return undefined;
}

/** The chance that k attempts drawn from n without putting back all fall into a part of `part`: C(part, k) / C(n, k). */
function allWithin(part: number, n: number, k: number): number {
  if (part < k) return 0;
  // C(part, k) / C(n, k) = C(n−k, n−part) / C(n, n−part): the shorter product loses less.
  const [take, from] = k <= n - part ? [k, part] : [n - part, n - k];
  let chance = 1;
  for (let i = 0; i < take && chance > 0; i++) chance *= (from - i) / (n - i);
  return chance;
}

/** Unbiased chance that at least one of k attempts succeeds (Chen et al. 2021, arXiv 2107.03374, eq. 1). */
export function passAtK(attempts: Attempts): { value: number } | Refusal {
  return badAttempts(attempts) ?? { value: 1 - allWithin(attempts.n - attempts.c, attempts.n, attempts.k) };
}

/** Unbiased chance that all of k attempts succeed (Yao et al. 2024, arXiv 2406.12045). */
export function passHatK(attempts: Attempts): { value: number } | Refusal {
  return badAttempts(attempts) ?? { value: allWithin(attempts.c, attempts.n, attempts.k) };
}
