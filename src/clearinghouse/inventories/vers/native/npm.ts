import type { Comparator, Constraint } from '../constraint.ts';
import { between, leadingNumbers, next, one, raisedAt, wildcard } from './bounds.ts';
import { coerceSemver } from './coerce.ts';

/** npm's ranges ("node-semver", Ranges). Alternatives; one without constraints holds every version. */
export function npmAlternatives(text: string): Constraint[][] | undefined {
  const alternatives: Constraint[][] = [];
  for (const alternative of text.split('||')) {
    const constraints = / - /.test(alternative) ? hyphenRange(alternative) : comparatorSet(alternative);
    if (!constraints) return undefined;
    alternatives.push(constraints);
  }
  return alternatives;
}

function hyphenRange(text: string): Constraint[] | undefined {
  const [from, to, ...more] = text.trim().split(/ +- +/);
  const [lower, upper] = [coerceSemver(from!), coerceSemver(to ?? '')];
  if (lower === undefined || upper === undefined || more.length > 0) return undefined;
  const numbers = leadingNumbers(to!);
  return numbers.length < 3 ? between(lower, full(raisedAt(numbers, numbers.length - 1))) : [one('>=', lower), one('<=', upper)];
}

function comparatorSet(text: string): Constraint[] | undefined {
  const constraints: Constraint[] = [];
  let apart = '';
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    const [, operator = '', version = ''] = /^([<>=~^]*)(.*)$/.exec(word)!;
    if (version === '') {
      apart += operator;
      continue;
    }
    const expanded = expand(apart + operator, version, apart !== '');
    if (!expanded) return undefined;
    constraints.push(...expanded);
    apart = '';
  }
  return apart === '' ? constraints : undefined;
}

const comparators: Record<string, Comparator> = { '': '=', '=': '=', '==': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

function expand(operator: string, text: string, isApart: boolean): Constraint[] | undefined {
  const prefix = wildcard(text);
  if (prefix) return expandWildcard(operator, prefix, isApart);
  const version = coerceSemver(text);
  if (version === undefined) return undefined;
  if (operator === '^') return between(version, caretBound(leadingNumbers(text)));
  if (operator === '~' || operator === '~>') return tilde(version, leadingNumbers(text).length);
  return Object.hasOwn(comparators, operator) ? [one(comparators[operator]!, version)] : undefined;
}

function expandWildcard(operator: string, prefix: readonly string[], isApart: boolean): Constraint[] | undefined {
  if (prefix.length === 0) return [];
  const [lower, upper] = [full(prefix.join('.')), full(raisedAt(prefix, prefix.length - 1))];
  if (operator === '^') return between(lower, caretBound(prefix));
  if (operator === '~' || operator === '~>' || operator === '' || operator === '=' || operator === '==') return between(lower, upper);
  // The specification's suite reads `>= 2.2.x` as 2.2.x alone; without the space it is a lower bound.
  if (operator === '>=') return isApart ? between(lower, upper) : [one('>=', lower)];
  if (operator === '>') return [one('>=', upper)];
  if (operator === '<') return [one('<', lower)];
  return operator === '<=' ? [one('<', upper)] : undefined;
}

/** Up to the next change of the leftmost number that is not zero. */
function caretBound(numbers: readonly string[]): string {
  const leftmost = numbers.slice(0, 3).findIndex((digits) => !/^0+$/.test(digits));
  return full(raisedAt(numbers, leftmost < 0 ? Math.min(numbers.length, 3) - 1 : leftmost));
}

/**
 * Up to the next minor version, or major if only that is given. From a pre-release on, the specification's suite takes
 * the pre-releases of that one version and, apart, what follows its release; the minor version that 1.2.0-rc leads to is 1.2.0.
 */
function tilde(version: string, written: number): Constraint[] {
  const numbers = leadingNumbers(version);
  const upper = full(raisedAt(numbers, written === 1 ? 0 : 1));
  if (!/^[^+]*-/.test(version)) return between(version, upper);
  const [release, patch] = [numbers.join('.'), [numbers[0], numbers[1], next(numbers[2]!)].join('.')];
  return [...between(version, patch), ...between(release, numbers[2] === '0' ? release : upper)];
}

function full(version: string): string {
  return coerceSemver(version)!;
}
