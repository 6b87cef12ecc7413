/** What the runs of one input on one build show: `crash` only if every run crashed at one place, `quiet` only if every run was silent. */
export interface Cell {
  readonly saw: 'crash' | 'quiet' | 'could-not-tell';
  readonly crashes: number;
  readonly of: number;
  /** Of a crash: its type and top frames. Of one that could not tell: why. */
  readonly because: string;
}

/** One build: the unpatched one of a recipe, or that with one fix. */
export interface Column {
  readonly name: string;
  /** Whose fix it is said to be; nobody's where it is unpatched. */
  readonly of: readonly string[];
  /** The column it was patched from, by index; null = this one is unpatched. */
  readonly base: number | null;
  /** Equal for fixes that leave the same source behind. */
  readonly source: string | null;
  /** Why its silence proves nothing: it does not build, its tests fail, its oracle is blind. Null = it counts. */
  readonly void: string | null;
  /** One for each row. */
  readonly cells: readonly Cell[];
}

/** Every input against every build. */
export interface Matrix {
  readonly rows: readonly { readonly name: string; readonly of: string }[];
  readonly columns: readonly Column[];
}

export const relations = ['equivalent', 'separate', 'subsumes', 'could-not-tell'] as const;
export interface Arbitration {
  readonly relation: (typeof relations)[number];
  /** Of `subsumes`: whose flaw contains the other. */
  readonly container: string | null;
  readonly because: string;
}

/** What a fix does to one side: stops all of its inputs, leaves at least one of them as it was, or nobody can say. */
export type Reach = 'stops' | 'leaves' | 'unknown';

/** An input speaks about a fix only if it trips the very build that the fix was made from. */
export function reachOf(matrix: Matrix, column: Column, side: string): Reach {
  const base = column.base === null ? undefined : matrix.columns[column.base];
  if (!base) return 'unknown';
  const cells = matrix.rows.flatMap((row, i) => (row.of === side ? [{ before: base.cells[i]!, after: column.cells[i]! }] : []));
  const counted = cells.filter(({ before }) => before.saw === 'crash');
  // A crash at another place may be a second flaw behind the first.
  if (counted.some(({ before, after }) => after.saw === 'crash' && after.because === before.because)) return 'leaves';
  return counted.length > 0 && cells.every(({ after }) => after.saw === 'quiet') ? 'stops' : 'unknown';
}

interface Fix {
  readonly column: Column;
  readonly a: Reach;
  readonly b: Reach;
}

/**
 * Whether two findings are of one flaw, by what stops them: each fix stops both = equivalent; a fix stops the one and not the other, and
 * nothing contradicts = separate; the one's fix stops both and the other's only its own = the one contains the other. Only builds on which
 * every functional test passes with the oracle awake are heard, so that a patch that switches a feature off merges nothing.
 */
export function arbitrate(matrix: Matrix, a: string, b: string): Arbitration {
  const say = (relation: Arbitration['relation'], because: string, container: string | null = null) => ({ relation, container, because });
  const missing = [a, b].find((side) => !tripsSomewhere(matrix, side));
  if (missing !== undefined) return say('could-not-tell', `no input of ${missing} trips an unpatched build in every run`);
  const heard = matrix.columns
    .filter((column) => column.base !== null && column.void === null)
    .map((column) => ({ column, a: reachOf(matrix, column, a), b: reachOf(matrix, column, b) }));
  const both = heard.filter((fix) => fix.a === 'stops' && fix.b === 'stops');
  const onlyA = heard.filter((fix) => fix.a === 'stops' && fix.b === 'leaves');
  const onlyB = heard.filter((fix) => fix.a === 'leaves' && fix.b === 'stops');
  const stops = (fixes: readonly Fix[], what: string) => `${fixes.map((fix) => fix.column.name).join(', ')} stops ${what}`;

  if (both.length > 0 && onlyA.length > 0 && onlyB.length > 0)
    return say(
      'could-not-tell',
      `${stops(both, 'both')}, ${stops(onlyA, `only ${a}`)}, ${stops(onlyB, `only ${b}`)}: either one fix mends two flaws, or two are too narrow`,
    );
  if (both.length > 0 && onlyA.length + onlyB.length > 0) {
    const [narrow, inner, outer] = onlyA.length > 0 ? [onlyA, a, b] : [onlyB, b, a];
    const because = `${stops(both, 'both')}, ${stops(narrow, `only ${inner}`)}`;
    return both.some((fix) => fix.column.of.includes(outer))
      ? say('subsumes', because, outer)
      : say('could-not-tell', `${because}, and no fix is of ${outer}`);
  }
  if (onlyA.length + onlyB.length > 0)
    return say('separate', [...onlyA.map((fix) => stops([fix], `only ${a}`)), ...onlyB.map((fix) => stops([fix], `only ${b}`))].join(', '));
  if (areIndependent(both, a, b)) return say('equivalent', stops(both, 'both'));
  if (both.length > 0) return say('could-not-tell', `${stops(both, 'both')}; it takes a fix of each, for one may mend two flaws at once`);
  return say('could-not-tell', nothingHeard(matrix));
}

function tripsSomewhere(matrix: Matrix, side: string): boolean {
  const unpatched = matrix.columns.filter((column) => column.base === null);
  return matrix.rows.some((row, i) => row.of === side && unpatched.some((column) => column.cells[i]?.saw === 'crash'));
}

/** A fix of the one and a fix of the other that are not the same change. */
function areIndependent(both: readonly Fix[], a: string, b: string): boolean {
  return both.some((x) => both.some((y) => x.column.of.includes(a) && y.column.of.includes(b) && x.column.source !== y.column.source));
}

function nothingHeard(matrix: Matrix): string {
  const fixes = matrix.columns.filter((column) => column.base !== null);
  if (fixes.length === 0) return 'there is no fix to compare by';
  const reasons = fixes.map((column) => `${column.name}: ${column.void ?? 'what it stops tells nothing of the other'}`);
  return `no fix is evidence (${reasons.join('; ')})`;
}
