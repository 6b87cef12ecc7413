/** `skipped`: no build of it could be had. `could-not-tell`: built, but what it does is no answer. */
export type Told = 'affected' | 'unaffected' | 'skipped' | 'could-not-tell';

export interface SearchBounds {
  /** Points that are tried at most. */
  readonly tries: number;
  /** Every point is tried, so that nothing is interpolated; where there are more than `tries`, as many as there may be. */
  readonly all: boolean;
}

const probes = 3;
const edgeTries = 4;
const isAnswer = (told: Told | undefined) => told === 'affected' || told === 'unaffected';

/**
 * Which point of a history to try next. First the one that must be affected, the ends, and probes between them, so that a history that goes
 * back and forth is noticed; then the middle between neighbours that differ. A point without an answer is passed over: the one nearest to
 * the middle that is untried is next, and where none is left the boundary stays as wide as it is. Undefined: nothing more is to be learnt.
 */
export function nextPoint(
  points: number,
  known: number,
  told: ReadonlyMap<number, Told>,
  { tries, all }: SearchBounds,
): number | undefined {
  if (told.size >= tries) return undefined;
  if (!told.has(known)) return known;
  if (all && points <= tries) return range(0, points).find((at) => !told.has(at));
  const spread = range(0, probes + 2).map((i) => Math.round((i * (points - 1)) / (probes + 1)));
  const first = [0, points - 1, ...spread].find((at) => !told.has(at));
  if (first !== undefined) return first;
  const answered = range(0, points).filter((at) => isAnswer(told.get(at)));
  for (const [i, at] of answered.entries()) {
    const next = answered[i + 1];
    if (next === undefined || told.get(at) === told.get(next)) continue;
    const middle = untriedNear(at, next, told);
    if (middle !== undefined) return middle;
  }
  return edge(-1, answered[0] ?? points, told) ?? edge(answered.at(-1) ?? points, points, told);
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Between the two, neither of them; the one nearest to the middle. */
function untriedNear(after: number, before: number, told: ReadonlyMap<number, Told>): number | undefined {
  const middle = (after + before) / 2;
  return range(after + 1, before)
    .filter((at) => !told.has(at))
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)[0];
}

/** Beyond the first and the last answer nobody knows: a few tries more. */
function edge(after: number, before: number, told: ReadonlyMap<number, Told>): number | undefined {
  const tried = range(after + 1, before).filter((at) => told.has(at)).length;
  return tried > 0 && tried <= edgeTries ? untriedNear(after, before, told) : undefined;
}

/** A change lies behind `after` and no later than `by`; null = before all that was looked at. Exact when nothing lies between. */
export interface Boundary {
  readonly after: number | null;
  readonly by: number;
}

/** One stretch of affected points. */
interface Stretch {
  readonly introduced: Boundary;
  readonly lastKnownAffected: number;
  /** Null: nothing later is known to be unaffected. */
  readonly fixed: Boundary | null;
}

/** The affected stretches that the answers show, oldest first. What lies between equal neighbours is taken to be as they are. */
export function stretchesOf(told: ReadonlyMap<number, Told>): Stretch[] {
  const answered = [...told.keys()].filter((at) => isAnswer(told.get(at))).sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  let open: { introduced: Boundary; last: number } | undefined;
  for (const [i, at] of answered.entries()) {
    if (told.get(at) === 'affected')
      open = open ? { ...open, last: at } : { introduced: { after: answered[i - 1] ?? null, by: at }, last: at };
    else if (open) {
      stretches.push({ introduced: open.introduced, lastKnownAffected: open.last, fixed: { after: open.last, by: at } });
      open = undefined;
    }
  }
  if (open) stretches.push({ introduced: open.introduced, lastKnownAffected: open.last, fixed: null });
  return stretches;
}

/** What is said of a point that was not tried: as its neighbours, where they agree. */
export function interpolated(at: number, told: ReadonlyMap<number, Told>): 'affected' | 'unaffected' | 'unknown' {
  const answered = [...told.keys()].filter((point) => isAnswer(told.get(point)));
  const before = answered.filter((point) => point < at).reduce((a, b) => Math.max(a, b), -1);
  const after = answered.filter((point) => point > at).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const [older, newer] = [told.get(before), told.get(after)];
  return older === newer && (older === 'affected' || older === 'unaffected') ? older : 'unknown';
}
