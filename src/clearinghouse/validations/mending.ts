import type { Evidence } from '../../lab/evidence.ts';
import { blindness, type Verdict } from '../../lab/verdict.ts';

/** The kinds of reason for which a re-run could not tell. */
export const whys = [
  'no-input',
  'no-recipe',
  'too-many-trials',
  'recipe',
  'input',
  'no-box',
  'source',
  'build',
  'control',
  'self-check',
  'run',
  'evidence',
] as const;
export type Why = (typeof whys)[number];

/** What a person can do about it. The first line of `no-box` comes from the box itself: `breakwater lab doctor` prints the same. */
const lines: Record<Why, string> = {
  'no-input': 'Ask the finder for an input that shows it; anything attached as a proof of concept or a reproducer is tried at once.',
  'no-recipe':
    'Write a recipe for this package (docs/RECIPES.md), or look at the one that came with the finding and adopt it; then re-run.',
  'too-many-trials': 'Re-run with the recipes that matter, or ask the finder for fewer inputs.',
  recipe: 'Mend the recipe, or choose another one, and re-run.',
  input: 'A file of the finding cannot be read back: whoever runs the hub finds out whether it was erased or altered.',
  'no-box': 'Run "breakwater lab doctor" where the worker runs, do what it says, and re-run.',
  source: 'See whether the registry still has this source, or name one in the recipe that it has; then re-run.',
  build: 'Build the recipe by hand ("breakwater lab run"): a compiler or a file of the host may be missing; then re-run.',
  control: 'The target trips on a harmless input as well: mend the recipe\u2019s control input or its build, and re-run.',
  'self-check': 'The oracle does not see what it must see: mend the recipe\u2019s self-check or its build, and re-run.',
  run: 'Re-run with more time or memory in the recipe\u2019s limits, if the runs ended by a limit; else look at the reports below.',
  evidence: 'Re-run; if it happens again, whoever runs the hub finds the cause in its own log.',
};

export function mendsOf(why: Why, first: readonly string[] = []): string[] {
  return [...first, lines[why]];
}

/** Why a trial could not tell, from its evidence; undefined when it could. */
export function whyOf(verdict: Verdict, evidence: Evidence | undefined): Why | undefined {
  if (verdict.verdict !== 'could-not-tell') return undefined;
  if (!evidence) return 'evidence';
  if (evidence.failure) return evidence.failure.at === 'fetch' ? 'source' : evidence.failure.at;
  if (verdict.counts.control.crashes > 0) return 'control';
  return verdict.because.startsWith(blindness) ? 'self-check' : 'run';
}
