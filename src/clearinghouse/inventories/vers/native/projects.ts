import type { Constraint } from '../constraint.ts';
import { between, leadingNumbers, one, raisedAt } from './bounds.ts';
import { coerceSemver } from './coerce.ts';

/** OpenSSL's vulnerability lists: versions, parted by commas. */
export function opensslAlternatives(text: string): Constraint[][] | undefined {
  const versions = text.replace(/\s+/g, '').toLowerCase().split(',');
  return versions.includes('') ? undefined : versions.map((version) => [one('=', version)]);
}

/**
 * nginx's security advisories: `0.7.52-1.20.0` with both ends; `1.21.0+` and later of its branch, which is the mainline where the
 * second number is odd and a stable one of its own where it is even; `all`.
 */
export function nginxAlternatives(text: string): Constraint[][] | undefined {
  const compact = text.replace(/\s+/g, '').toLowerCase().replaceAll('nginx/windows', '');
  if (compact === 'all') return [[]];
  const alternatives: Constraint[][] = [];
  for (const clause of compact.split(',')) {
    const constraints = expand(clause);
    if (!constraints) return undefined;
    alternatives.push(constraints);
  }
  return alternatives;
}

function expand(clause: string): Constraint[] | undefined {
  const [from, to] = clause.split(/-(?=[0-9])/);
  const isOpen = clause.endsWith('+');
  const [lower, upper] = [coerceSemver(isOpen ? from!.slice(0, -1) : from!), to === undefined ? undefined : coerceSemver(to)];
  if (lower === undefined) return undefined;
  if (to !== undefined) return upper === undefined ? undefined : [one('>=', lower), one('<=', upper)];
  if (!isOpen) return [one('=', lower)];
  const numbers = leadingNumbers(lower);
  const isStable = /[02468]$/.test(numbers[1]!);
  return isStable ? between(lower, coerceSemver(raisedAt(numbers, 1))!) : [one('>=', lower)];
}
