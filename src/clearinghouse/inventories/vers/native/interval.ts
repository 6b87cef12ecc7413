import type { Constraint } from '../constraint.ts';
import { one } from './bounds.ts';

/** Intervals as Maven and NuGet write them: `[1.0,2.0)`, `(,1.0]`, `[1.0]`, several in a row. What stands bare is read by `bare`. */
export function intervalAlternatives(text: string, bare: (version: string) => Constraint): Constraint[][] | undefined {
  const compact = text.replace(/\s+/g, '').replaceAll('||', ',');
  if (/^[^[\](),]+$/.test(compact)) return [[bare(compact)]];
  const interval = /([[(])([^[\]()]*)([\])])(?:,|$)/y;
  const alternatives: Constraint[][] = [];
  while (interval.lastIndex < compact.length) {
    const constraints = bounds(interval.exec(compact));
    if (!constraints) return undefined;
    alternatives.push(constraints);
  }
  return alternatives.length > 0 && !compact.endsWith(',') ? alternatives : undefined;
}

function bounds(match: RegExpExecArray | null): Constraint[] | undefined {
  if (!match) return undefined;
  const [, open, inside = '', close] = match;
  const [lower = '', upper, ...more] = inside.split(',');
  if (more.length > 0) return undefined;
  const isExact = open === '[' && close === ']' && lower !== '';
  if (upper === undefined || (upper === lower && lower !== '')) return isExact ? [one('=', lower)] : undefined;
  const constraints: Constraint[] = [];
  if (lower !== '') constraints.push(one(open === '[' ? '>=' : '>', lower));
  if (upper !== '') constraints.push(one(close === ']' ? '<=' : '<', upper));
  return constraints;
}
