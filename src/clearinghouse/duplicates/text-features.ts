import type { TextTraits } from './text.ts';

/** What two texts have in common, number by number; 0 where nothing can be said. Symmetric. */
interface TextFeatures {
  /** Weight of the words that the other text lacks, of the text that lacks less. */
  readonly missing: number;
  readonly sharedRare: number;
  readonly cosine: number;
  /** Nearly all of one text's words are in the other. */
  readonly contained: number;
  /** Best overlap of two sentences, of all their words and of the shorter one's. */
  readonly sentence: number;
  readonly sentencePart: number;
  /** The latter by the shorter text's weight: little text agrees by chance. */
  readonly sentenceWeight: number;
  readonly versionsShared: number;
  readonly versionsDiffer: number;
  readonly objectsShared: number;
  readonly objectsDiffer: number;
  readonly topicsShared: number;
}

const rare = 0.9;

export function textFeatures(a: TextTraits, b: TextTraits): TextFeatures {
  const shared = sharedWords(a, b);
  const [wa, wb] = [weight(a), weight(b)];
  let [sum, squares, rarest] = [0, 0, 0];
  for (const [i] of shared) {
    const w = a.rarity[i]!;
    sum += w;
    squares += w * w;
    if (w > rare) rarest += 1;
  }
  const lesser = Math.min(wa.sum, wb.sum);
  const [best, bestPart] = bestSentences(a, b, shared);
  const versions = agreement(a.versions, b.versions);
  const objects = agreement(a.objects, b.objects);
  const topics = common(a.topics, b.topics);
  const allTopics = a.topics.length + b.topics.length - topics;
  return {
    missing: Math.log1p(Math.max(0, lesser - sum)),
    sharedRare: Math.log1p(rarest),
    cosine: squares / Math.sqrt(wa.squares * wb.squares || 1),
    contained: lesser > 0 && sum / lesser > 0.9 ? 1 : 0,
    sentence: best,
    sentencePart: bestPart,
    sentenceWeight: bestPart * Math.log1p(lesser),
    versionsShared: versions ?? 0,
    versionsDiffer: versions === 0 ? 1 : 0,
    objectsShared: objects ?? 0.3,
    objectsDiffer: objects === 0 ? 1 : 0,
    topicsShared: allTopics > 0 ? topics / allTopics : 0.4,
  };
}

/** Indices of the words that both have; both lists are sorted. */
export function sharedWords(a: TextTraits, b: TextTraits): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0, j = 0; i < a.words.length && j < b.words.length; ) {
    const [x, y] = [a.words[i]!, b.words[j]!];
    if (x === y) found.push([i++, j++]);
    else if (x < y) i++;
    else j++;
  }
  return found;
}

function weight(text: TextTraits): { sum: number; squares: number } {
  let [sum, squares] = [0, 0];
  for (const w of text.rarity) {
    sum += w;
    squares += w * w;
  }
  return { sum, squares };
}

/** Sentences of less than this weight are remnants. */
const least = 1.5;

/** Best overlap of a sentence here with a sentence there: of both's words, and of the shorter one's. */
function bestSentences(a: TextTraits, b: TextTraits, shared: readonly [number, number][]): [number, number] {
  const [wa, wb] = [a.weights, b.weights];
  const overlap = new Float64Array(wa.length * wb.length);
  for (const [i, j] of shared)
    for (const x of a.sentences[i]!) for (const y of b.sentences[j]!) overlap[x * wb.length + y]! += a.rarity[i]!;
  let [best, bestPart] = [0, 0];
  for (let x = 0; x < wa.length; x++)
    for (let y = 0; y < wb.length; y++) {
      const both = overlap[x * wb.length + y]!;
      if (both === 0) continue;
      const [p, q] = [Math.max(wa[x]!, least), Math.max(wb[y]!, least)];
      best = Math.max(best, both / (p + q - both));
      bestPart = Math.max(bestPart, both / Math.min(p, q));
    }
  return [best, bestPart];
}

/** Of the shorter list, the share that the other has too; undefined where one is empty. */
function agreement(a: readonly string[], b: readonly string[]): number | undefined {
  return a.length === 0 || b.length === 0 ? undefined : common(a, b) / Math.min(a.length, b.length);
}

function common(a: readonly string[], b: readonly string[]): number {
  return a.filter((x) => b.includes(x)).length;
}
