import { commonWords, wordLevels } from './common-words.ts';

const levels = new Map(commonWords.flatMap((words, level) => words.split(' ').map((word) => [word, level] as const)));

/** How rare a stem is in published advisories: 0 = in nearly all of them, 1 = in hardly any. */
export function rarityOf(stem: string): number {
  return (levels.get(stem) ?? wordLevels) / wordLevels;
}

/** A word's stem by the commonest English endings: good enough to meet, not to read. */
export function stemOf(word: string): string {
  if (!/^[a-z]{4,64}$/.test(word)) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?:ing|ed|es|s|ly)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/e$/, '');
}

/** Words that stand in any text. */
export const sayNothing: ReadonlySet<string> = new Set(
  'a an the of in on at by to for from with and or not is are was were be been being it its this that these those as if when which who whose where there their they them can could may might will would should has have had do does did than then so such any all also into via using use used before after prior up versions version affected affects issue issues vulnerability vulnerabilities'
    .split(' ')
    .map(stemOf),
);
