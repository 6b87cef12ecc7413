import { wordLevels } from '../../src/clearinghouse/duplicates/common-words.ts';
import { wordsIn } from '../../src/clearinghouse/duplicates/text.ts';

/** In no more texts than this a word counts as rare: how rare exactly is chance. */
const rareTexts = 12;

/** Words by how common they are, each level in one text: level 0 = in all texts, `wordLevels` (not listed) = in hardly any. */
export function commonWordLevels(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsIn(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const levels: string[][] = Array.from({ length: wordLevels }, () => []);
  const most = Math.log(texts.length / rareTexts);
  for (const [word, count] of counts) {
    const level = Math.round((Math.log(texts.length / Math.max(rareTexts, count)) / most) * wordLevels);
    if (level < wordLevels) levels[level]!.push(word);
  }
  return levels.map((words) => words.sort().join(' '));
}
