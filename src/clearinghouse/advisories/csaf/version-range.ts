import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import type { Comparator, Constraint } from '../../inventories/vers/constraint.ts';
import { parseRange } from '../../inventories/vers/range.ts';
import { orderOfScheme } from '../../inventories/versions/compare.ts';
import { generic } from '../../inventories/versions/generic.ts';
import type { Order } from '../../inventories/versions/order.ts';

/** A product version range of CSAF 2.1: VERS, or vls, which is VERS's constraints alone and ordered as well as one can. */
export interface VersionRange {
  readonly kind: 'vers' | 'vls';
  /** VERS type; versions of two types are not compared. */
  readonly scheme: string;
  readonly constraints: readonly Constraint[];
  /** undefined where versions of the type cannot be ordered here. */
  readonly order: Order | undefined;
}

const comparators: readonly Comparator[] = ['>=', '<=', '!=', '<', '>', '='];

/** A range, or what is wrong with it by "Name under Product Version Range". */
export function readVersionRange(text: string): VersionRange | string {
  if (text.length > limits.versChars) return `a range has at most ${limits.versChars} characters`;
  const typed = /^vers:([^/]*)\/(.*)$/s.exec(text);
  if (!typed) return readVls(text);
  const scheme = typed[1]!;
  const range = parseRange(text);
  if (!isRefusal(range)) return { kind: 'vers', scheme, constraints: range.constraints, order: orderOfScheme(scheme) };
  if (range.code !== 'unsupported') return range.because;
  const constraints = readConstraints(typed[2]!);
  return typeof constraints === 'string' ? constraints : { kind: 'vers', scheme, constraints, order: undefined };
}

function readVls(text: string): VersionRange | string {
  const constraints = readConstraints(text);
  return typeof constraints === 'string' ? constraints : { kind: 'vls', scheme: '', constraints, order: generic };
}

function readConstraints(list: string): Constraint[] | string {
  const constraints: Constraint[] = [];
  const seen = new Set<string>();
  for (const item of list.split('|')) {
    const given = comparators.find((c) => item.startsWith(c));
    const version = item.slice(given?.length ?? 0);
    if (version === '') return 'a version is missing';
    if (!/^(?:[\x21\x22\x24-\x29\x2b-\x3b\x3f-\x7b\x7d\x7e]|%[0-9A-F]{2})+$/.test(version) || /%(?![0-9A-F]{2})|[!=*<>]/.test(version))
      return `"${version.slice(0, 40)}" is no encoded version`;
    if (seen.has(version)) return `the version ${version.slice(0, 40)} stands twice`;
    seen.add(version);
    constraints.push({ comparator: given ?? '=', version });
  }
  // Where versions cannot be ordered, the order in which they are written must do.
  const bounds = constraints.filter(({ comparator }) => comparator !== '!=' && comparator !== '=');
  if (bounds.some(({ comparator }, i) => i > 0 && comparator[0] === bounds[i - 1]!.comparator[0]))
    return 'comparators that follow each other contradict';
  return constraints;
}

/** Where a constraint list leaves no end above. */
export function isOpenAbove(range: VersionRange): boolean {
  if (range.scheme === 'none') return false;
  const last = range.constraints.findLast((constraint) => constraint.comparator !== '!=');
  return last === undefined || last.comparator === '>' || last.comparator === '>=' || last.comparator === '*';
}

/** Whether a text names one version and no other, canonical or not. */
export function isSingle(text: string): boolean {
  const constraints = text.replace(/^vers:[^/]*\//, '').split('|');
  const bounds = constraints.filter((constraint) => !constraint.startsWith('!='));
  const [first = '', second = ''] = bounds;
  if (bounds.length === 1) return /^=?[^\s<>=*!]+$/.test(first);
  return bounds.length === 2 && first.startsWith('>=') && second.startsWith('<=') && first.slice(2) === second.slice(2);
}

interface Interval {
  readonly low: Constraint | undefined;
  readonly high: Constraint | undefined;
}

function intervals(constraints: readonly Constraint[]): Interval[] {
  const found: Interval[] = [];
  let low: Constraint | undefined;
  for (const constraint of constraints) {
    const { comparator } = constraint;
    if (comparator === '!=') continue;
    if (comparator === '*') return [{ low: undefined, high: undefined }];
    if (comparator === '=') found.push({ low: constraint, high: constraint });
    else if (comparator === '<' || comparator === '<=') {
      found.push({ low, high: constraint });
      low = undefined;
    } else low = constraint;
  }
  if (low) found.push({ low, high: undefined });
  if (found.length === 0) found.push({ low: undefined, high: undefined });
  return found;
}

const isClosed = (bound: Constraint) => bound.comparator === '=' || bound.comparator.endsWith('=');

/** Whether some version lies in both; undefined where that cannot be told. A gap between two bounds is taken to hold a version. */
export function overlap(a: VersionRange, b: VersionRange): boolean | undefined {
  if (a.scheme === 'all' || b.scheme === 'all') return a.scheme !== 'none' && b.scheme !== 'none';
  if (a.scheme === 'none' || b.scheme === 'none') return false;
  if (a.kind !== b.kind || a.scheme !== b.scheme || !a.order) return undefined;
  const order = a.order;
  const excluded = [...a.constraints, ...b.constraints].filter((constraint) => constraint.comparator === '!=');
  return intervals(a.constraints).some((x) => intervals(b.constraints).some((y) => meet(x, y, order, excluded)));
}

function meet(x: Interval, y: Interval, order: Order, excluded: readonly Constraint[]): boolean {
  const low = extreme(x.low, y.low, order, 1);
  const high = extreme(x.high, y.high, order, -1);
  if (!low || !high) return true;
  const difference = order(low.version, high.version);
  if (difference === undefined || difference !== 0) return difference !== undefined && difference < 0;
  return isClosed(low) && isClosed(high) && !excluded.some((constraint) => order(constraint.version, low.version) === 0);
}

/** The narrower of two bounds: the higher of two low ones (`way` 1), the lower of two high ones (−1). */
function extreme(a: Constraint | undefined, b: Constraint | undefined, order: Order, way: 1 | -1): Constraint | undefined {
  if (!a || !b) return a ?? b;
  const difference = (order(a.version, b.version) ?? 0) * way;
  return difference > 0 || (difference === 0 && !isClosed(a)) ? a : b;
}

/** A single version of the type as a range. */
export function pointRange(version: string, like: VersionRange): VersionRange {
  return { ...like, constraints: [{ comparator: '=', version }] };
}
