import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { join, type Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Candidate, Known } from '../candidates/candidate.ts';
import { houseLabel } from '../duplicate.ts';
import type { Decided } from '../same.ts';
import type { Traits } from '../traits.ts';

/** How two findings compare, as it was decided once; of a pair the newest rules. `a` has the smaller id: it is the older. */
export interface Comparison extends Decided {
  readonly id: Id<'cmp'>;
  readonly aId: Id<'fnd'>;
  readonly bId: Id<'fnd'>;
  /** `house` or a person's id. */
  readonly decidedBy: string;
  /** A person's word: the hub leaves the pair as it is. */
  readonly binding: boolean;
  /** Of an undecided pair, its place in the queue: the lower the sooner. */
  readonly turn: number;
  /** The act of a person that this was part of. */
  readonly regroupingId: Id<'rgp'> | null;
  readonly label: Label;
  readonly decidedAt: Instant;
}

/** A pair and what has just been decided of it. */
export interface Weighed extends Decided {
  readonly other: Candidate;
  readonly turn: number;
  /** What ruled before. */
  readonly known: Known | null;
}

/** Two packages are two fixes and two releases even where the code is one: what looks the same across them is for a person. */
export function acrossPackages(a: Traits, b: Traits, decided: Decided): Decided {
  if (decided.decision !== 'same' || a.package === b.package) return decided;
  return { ...decided, decision: 'unsure', reasons: [...decided.reasons, 'two packages: a person decides'] };
}

/** What our own runs have shown goes first, then what is likelier the same; then the older pair, by its id. */
export function turnOf(a: Pick<Candidate, 'state'>, b: Pick<Candidate, 'state'>, score: number): number {
  const replayed = [a, b].filter((f) => f.state === 'valid' || f.state === 'closed').length;
  return (2 - replayed) * 1001 + Math.round((1 - score) * 1000);
}

/**
 * What is kept of all that was just decided: the surest that are the same, the likeliest of the undecided, and *distinct* only where it says
 * something that no new comparison would say by itself: both were replayed. What was decided before is kept anew when it is decided otherwise.
 */
export function worthKeeping(mine: Candidate, weighed: readonly Weighed[]): Weighed[] {
  const inTurn = weighed.toSorted((x, y) => x.turn - y.turn);
  const leading = (decision: Weighed['decision']) => inTurn.filter((w) => w.decision === decision).slice(0, limits.keptPerFinding);
  const isReplayed = ({ traits }: Candidate) => traits.crash?.from === 'verdict';
  const apart = (w: Weighed) =>
    w.decision === 'distinct' && isReplayed(mine) && isReplayed(w.other) && w.other.traits.package === mine.traits.package;
  const kept = new Set([...leading('same'), ...leading('unsure'), ...inTurn.filter(apart)]);
  return weighed.filter((w) => (w.known ? !w.known.binding && !saysTheSame(w.known, w) : kept.has(w)));
}

function saysTheSame(known: Known, w: Weighed): boolean {
  return known.decision === w.decision && known.turn === w.turn && known.reasons.join('\n') === w.reasons.join('\n');
}

export function otherOf(pair: Pick<Comparison, 'aId' | 'bId'>, id: string): Id<'fnd'> {
  return pair.aId === id ? pair.bId : pair.aId;
}

export function inOrder(x: Id<'fnd'>, y: Id<'fnd'>): { aId: Id<'fnd'>; bId: Id<'fnd'> } {
  return x < y ? { aId: x, bId: y } : { aId: y, bId: x };
}

/** Whoever may not see one of two findings does not see how they compare. */
export function labelOfPair(a: Pick<Candidate, 'label'>, b: Pick<Candidate, 'label'>): Label {
  return join(join(houseLabel, a.label), b.label);
}

/** What two findings show, side by side: what both say alike, and what they say differently. What only one of them says is neither. */
export function sideBySide(a: Traits, b: Traits): { common: string[]; differing: string[] } {
  const common: string[] = [];
  const differing: string[] = [];
  for (const key of single) {
    const [x, y] = [a[key], b[key]];
    if (x === null || y === null) continue;
    if (x === y) common.push(`${names[key]}: ${x}`);
    else differing.push(`${names[key]}: ${x} | ${y}`);
  }
  for (const key of ['upstreamIds', 'hunks'] as const) compareLists(names[key], a[key], b[key], common, differing);
  if (a.crash && b.crash) {
    compareLists('frames', a.crash.state, b.crash.state, common, differing);
    if (a.crash.type !== null && a.crash.type === b.crash.type) common.push(`crash: ${a.crash.type}`);
    else if (a.crash.type !== null && b.crash.type !== null) differing.push(`crash: ${a.crash.type} | ${b.crash.type}`);
  }
  const words = a.text.words.filter((word) => b.text.words.includes(word)).slice(0, limits.wordsShown);
  if (words.length > 0) common.push(`words: ${words.join(' ')}`);
  return { common, differing };
}

const single = [
  'package',
  'repository',
  'weakness',
  'file',
  'function',
  'verdict',
  'recipeId',
  'fuzzTarget',
  'introducedCommit',
  'fixedCommit',
] as const;
const names = {
  ...{ package: 'package', repository: 'repository', weakness: 'weakness', file: 'file', function: 'function', verdict: 'verdict' },
  ...{ recipeId: 'recipe', fuzzTarget: 'fuzz target', introducedCommit: 'introduced', fixedCommit: 'fixed', upstreamIds: 'known as' },
  hunks: 'patch hunks',
};

function compareLists(name: string, a: readonly string[], b: readonly string[], common: string[], differing: string[]): void {
  if (a.length === 0 || b.length === 0) return;
  const both = a.filter((x) => b.includes(x));
  if (both.length > 0) common.push(`${name}: ${both.join(' < ')}`);
  else differing.push(`${name}: ${a.join(' < ')} | ${b.join(' < ')}`);
}
