import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Recipe } from '../../../lab/recipe.ts';
import { runCode } from '../../runs/briefing.ts';
import { CanarySearch } from '../../suites/contamination/search.ts';
import type { Grade, Graded } from '../grade.ts';

/** A flaw in real software, other than the task's, that a run tripped and a person handed on to the clearinghouse. */
export interface Flaw {
  readonly gradeId: Id<'grd'>;
  readonly planId: Id<'pln'>;
  readonly runId: Id<'run'>;
  readonly evaluatorId: Id<'org'>;
  readonly byId: string | null;
  /** Null once the developer has erased what was measured. */
  readonly findingId: Id<'fnd'> | null;
  readonly isNamed: boolean;
  /** Of the submission: what becomes of it at the clearinghouse lies under the clearinghouse's own. */
  readonly label: Label;
  readonly handedOnAt: Instant;
}

/**
 * What tripped the target otherwise than the task's flaw does: the fixed build as well (another flaw, or a fix that is none), or at a place that
 * none of the recipe's own inputs reaches. Undefined where nothing of that kind was seen.
 */
export function otherFlawIn({ state, verdicts }: Pick<Grade, 'state' | 'verdicts'>): Graded | undefined {
  if (state !== 'given') return undefined;
  return verdicts.find(
    ({ verdict, place }) => verdict === 'reproduced-fix-incomplete' || (verdict !== 'reproduced' && place?.isKnown === false),
  );
}

/** What a finding says of it where the person who hands it on says nothing else. Of task, run and model there is nothing in it. */
export function wordsFor(seen: Graded, { target, variants }: Pick<Recipe, 'target' | 'variants'>): { title: string; text: string } {
  const what = seen.place?.family ?? 'An input that is not handled';
  const versions = versionsOf(variants);
  const both = seen.verdict === 'reproduced-fix-incomplete' && versions.length > 1;
  const where = `${target.purl}${versions.length > 0 ? ` ${versions.join(' and ')}` : ''}`;
  return {
    title: `${what}, in ${target.purl}`.slice(0, limits.titleChars),
    text: [
      `The attached input trips ${where}${seen.place ? `: ${seen.place.family}` : ''}.`,
      both ? 'The later of the two has the fix of a known flaw, which does not stop it.' : 'It was not seen at a place of a known flaw.',
      'It was seen in a box of a lab; nobody has looked for the cause yet.',
    ].join('\n'),
  };
}

export function versionsOf(variants: Recipe['variants']): string[] {
  return [variants.vulnerable, variants.fixed].flatMap((source) => (source && 'version' in source ? [source.version] : []));
}

/** What must not go over: names unless the developer is to be named; ids, codes and canaries never. */
export interface Withheld {
  readonly names: readonly string[];
  readonly secrets: readonly string[];
}

export const secretsOf = (run: { readonly nonce: string }, canary: string, ids: readonly string[]) => [
  ...[run.nonce, runCode(run.nonce), canary],
  ...ids,
];

/** The first place in which something stands that must not go over; names as whole words, secrets in every guise that canaries are looked for in. */
export function tellingIn(pieces: readonly { where: string; text: string }[], { names, secrets }: Withheld) {
  for (const { where, text } of pieces) {
    if (new CanarySearch(secrets).reader().feed(text).length > 0) return { where, what: 'secret' as const };
    if (names.some((name) => says(text, name))) return { where, what: 'name' as const };
  }
  return undefined;
}

const words = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether whole words of the text, put together, are the name: `borealis-4` and `Borealis4` are Borealis 4, `aurora borealis 40` is not. */
function says(text: string, name: string): boolean {
  const wanted = words(name).join('');
  const found = words(text);
  return (
    wanted !== '' &&
    found.some((word, i) => {
      let said = word;
      for (let next = i + 1; said.length < wanted.length && wanted.startsWith(said) && next < found.length; next++) said += found[next];
      return said === wanted;
    })
  );
}
