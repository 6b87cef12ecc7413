import type { Comparator, Constraint } from '../constraint.ts';
import { between, next, one } from './bounds.ts';

/** Conan's ranges ("Version ranges"): alternatives by `||`, options such as `include_prerelease` behind a comma. */
export function conanAlternatives(text: string): Constraint[][] | undefined {
  const alternatives: Constraint[][] = [];
  for (const alternative of text.split(',', 1)[0]!.split('||')) {
    const expressions = alternative
      .replace(/([<>=~^])\s+/g, '$1')
      .split(/\s+/)
      .filter((word) => word !== '');
    const constraints = expressions.map(expand);
    if (constraints.includes(undefined)) return undefined;
    alternatives.push(constraints.length === 0 ? [anyRelease] : constraints.flatMap((c) => c!));
  }
  return alternatives;
}

const anyRelease = one('>=', '0.0.0');

function expand(expression: string): Constraint[] | undefined {
  // A hyphen at the end lets pre-releases in; it belongs to no version.
  const bare = expression.endsWith('-') ? expression.slice(0, -1) : expression;
  if (bare === '' || bare === '*') return [anyRelease];
  const [, operator = '', version = ''] = /^(>=|<=|[<>=~^]?)(.*)$/.exec(bare)!;
  if (version === '') return undefined;
  const main = version.split(/[+-]/, 1)[0]!.split('.');
  if (operator === '~') return upTo(version, main, Math.min(1, main.length - 1));
  if (operator !== '^') return [one((operator || '=') as Comparator, version)];
  const first = main.findIndex((item) => !/^0+$/.test(item));
  return upTo(version, main, first < 0 ? main.length - 1 : first);
}

/** The bound ends in a hyphen: pre-releases of what lies beyond are beyond it too. */
function upTo(version: string, main: readonly string[], index: number): Constraint[] | undefined {
  if (!/^[0-9]+$/.test(main[index]!)) return undefined;
  return between(version, `${[...main.slice(0, index), next(main[index]!)].join('.')}-`);
}
