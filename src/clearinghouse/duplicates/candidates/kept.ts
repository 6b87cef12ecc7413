import { rarityOf } from '../rarity.ts';
import { type TextTraits, weighed } from '../text.ts';
import type { Traits } from '../traits.ts';

/** Counts up when `KeptTraits` changes: kept traits of another shape are not compared until their finding is compared anew. */
export const traitsShape = 2;

/** Traits as they lie in the store: without what follows from the words, a third of the bytes. JSON. */
export interface KeptTraits extends Omit<Traits, 'text'> {
  readonly text: Pick<TextTraits, 'versions' | 'objects' | 'topics'> & {
    /** Between blanks; no word holds one. */
    readonly words: string;
    /** Of each word the sentences in which it stands, one bit each: `limits.traitSentences` fit. */
    readonly sentences: readonly number[];
  };
}

export function keptOf(traits: Traits): KeptTraits {
  const { words, sentences, versions, objects, topics } = traits.text;
  const bits = sentences.map((list) => list.reduce((all, at) => all | (1 << at), 0));
  return { ...traits, text: { words: words.join(' '), sentences: bits, versions, objects, topics } };
}

export function traitsOfKept(kept: KeptTraits): Traits {
  const { words, sentences, versions, objects, topics } = kept.text;
  const spread = new Map<number, readonly number[]>();
  const lists = sentences.map((bits) => {
    const list = spread.get(bits) ?? placesOf(bits);
    spread.set(bits, list);
    return list;
  });
  return { ...kept, text: { ...weighed(...rated(words), lists), versions, objects, topics } };
}

type Rated = readonly [words: readonly string[], rarity: readonly number[]];
const textsRated = 4096;
const known = new Map<string, Rated>();

/** In a flood the same finding is met again and again: what its words are and how rare is remembered of so many texts. */
function rated(words: string): Rated {
  const before = known.get(words);
  if (before) return before;
  if (known.size >= textsRated) known.clear();
  const list = words === '' ? [] : words.split(' ');
  const found = [list, list.map(rarityOf)] as const;
  known.set(words, found);
  return found;
}

function placesOf(bits: number): number[] {
  const list: number[] = [];
  for (let at = 0; bits >> at !== 0; at++) if ((bits >> at) & 1) list.push(at);
  return list;
}
