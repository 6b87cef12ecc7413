import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { orderOfScheme } from '../versions/compare.ts';
import type { Order } from '../versions/order.ts';
import { type Comparator, type Constraint, comparators, everything, rangeText, sorted } from './constraint.ts';

interface Range {
  /** The type, e.g. `npm`. */
  readonly scheme: string;
  /** Sorted by version. */
  readonly constraints: readonly Constraint[];
}

/** `vers:all/*` and `vers:none/*` are the only ranges of these two types. */
const wholeSchemes = ['all', 'none'];

/** Reads a canonical range (package-url/vers-spec, "How to parse and validate VERS"); what is not canonical is refused, never put right. */
export function parseRange(text: string): Range | Refusal {
  const range = readCanonical(text);
  if (isRefusal(range)) return range;
  return brokenSequence(range.constraints) ? malformed('comparators that follow each other contradict') : range;
}

/**
 * The canonical range, which is the text itself. The rules on which comparators may follow each other are those of `parseRange` only:
 * the specification's own suite holds ranges that break them to be valid.
 */
export function canonicalRange(text: string): string | Refusal {
  const range = readCanonical(text);
  return isRefusal(range) ? range : rangeText(range.scheme, range.constraints);
}

/** Whether a version lies in a range. The range need not be sorted, as many in the wild are not. */
export function containsVersion(text: string, version: string): boolean | Refusal {
  const range = read(text);
  if (isRefusal(range)) return range;
  if (wholeSchemes.includes(range.scheme)) return range.scheme === 'all';
  if (version.length > limits.versionChars)
    return refuse('too_large', `a version has at most ${limits.versionChars} characters`, 'version');
  if (range.order(version, version) === undefined) return malformed('this is no version of the type', 'version');
  const constraints = sorted(range.constraints, range.order);
  return constraints ? contains(constraints, version, range.order) : malformed('a version is none of the type');
}

/** "Checking if a version is contained within a range". A range of exclusions only holds all the rest. */
function contains(constraints: readonly Constraint[], version: string, order: Order): boolean {
  if (constraints[0]!.comparator === '*') return true;
  const equal = constraints.filter((c) => order(version, c.version) === 0);
  if (equal.some((c) => ['=', '<=', '>='].includes(c.comparator))) return true;
  if (equal.some((c) => c.comparator === '!=')) return false;
  if (constraints.every((c) => c.comparator === '!=')) return true;
  const bounds = constraints.filter((c) => c.comparator !== '=' && c.comparator !== '!=');
  const isOlder = (bound: Constraint) => order(version, bound.version)! < 0;
  const isNewer = (bound: Constraint) => order(version, bound.version)! > 0;
  const [first, last] = [bounds[0], bounds.at(-1)];
  if (first && isUpper(first) && isOlder(first)) return true;
  if (last && isLower(last) && isNewer(last)) return true;
  return bounds.some((bound, i) => {
    const next = bounds[i + 1];
    return next !== undefined && isLower(bound) && isUpper(next) && isNewer(bound) && isOlder(next);
  });
}

function readCanonical(text: string): Range | Refusal {
  const range = read(text);
  if (isRefusal(range)) return range;
  const { scheme, constraints, order } = range;
  if (rangeText(scheme, constraints) !== text) return malformed('percent-encoding, an equals sign or case is not canonical');
  if (scheme === 'datetime' && /[tz]/.test(text.slice('vers:datetime/'.length))) return malformed('T and Z are upper case');
  if (constraints[0]!.comparator === '*') return { scheme, constraints };
  for (const [i, { version }] of constraints.entries()) {
    if (order(version, version) === undefined) return malformed('a version is none of the type');
    const step = i === 0 ? -1 : order(constraints[i - 1]!.version, version)!;
    if (step >= 0) return malformed(step === 0 ? 'a version stands twice' : 'versions are not sorted');
  }
  return { scheme, constraints };
}

function read(text: string): (Range & { order: Order }) | Refusal {
  if (text.length > limits.versChars) return refuse('too_large', `a range has at most ${limits.versChars} characters`);
  if (!/^[\x21-\x7e]*$/.test(text)) return malformed('a range is printable ASCII without spaces');
  const [, scheme, list] = /^vers:([a-z][a-z0-9.-]*)\/(.+)$/.exec(text) ?? [];
  if (scheme === undefined || list === undefined) return malformed('a range is vers:type/constraints, type in lower case');
  if (wholeSchemes.includes(scheme))
    return list === '*' ? { scheme, constraints: [everything], order: () => 0 } : malformed('only * may follow this type');
  const order = orderOfScheme(scheme);
  if (!order) return refuse('unsupported', 'versions of this type cannot be ordered here');
  if (list === '*') return { scheme, constraints: [everything], order };
  const constraints: Constraint[] = [];
  for (const item of list.split('|')) {
    const constraint = readConstraint(item);
    if (isRefusal(constraint)) return constraint;
    constraints.push(constraint);
  }
  return { scheme, constraints, order };
}

function readConstraint(item: string): Constraint | Refusal {
  if (item === '') return malformed('a pipe stands at an end or beside another');
  const comparator: Comparator = comparators.find((c) => item.startsWith(c)) ?? '=';
  if (comparator === '*') return malformed('* stands alone');
  const encoded = item.startsWith(comparator) ? item.slice(comparator.length) : item;
  if (encoded === '') return malformed('a version is missing');
  if (/[><=!*]/.test(encoded)) return malformed('a comparator stands inside a version');
  const version = decode(encoded);
  return version === undefined ? malformed('broken percent-encoding') : { comparator, version };
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** `=` is followed by `=`, `>` or `>=`; upper and lower bounds alternate. `!=` may stand anywhere. */
function brokenSequence(constraints: readonly Constraint[]): boolean {
  const listed = constraints.filter((c) => c.comparator !== '!=');
  const bounds = listed.filter((c) => c.comparator !== '=');
  return (
    listed.some((c, i) => c.comparator === '=' && i + 1 < listed.length && isUpper(listed[i + 1]!)) ||
    bounds.some((c, i) => i + 1 < bounds.length && isUpper(c) === isUpper(bounds[i + 1]!))
  );
}

function isUpper({ comparator }: Constraint): boolean {
  return comparator === '<' || comparator === '<=';
}

function isLower({ comparator }: Constraint): boolean {
  return comparator === '>' || comparator === '>=';
}

function malformed(because: string, at?: string): Refusal {
  return refuse('malformed', because, at);
}
