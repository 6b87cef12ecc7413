import { limits } from '../../base/limits.ts';
import { withoutIds } from './identifiers.ts';
import { rarityOf, sayNothing, stemOf } from './rarity.ts';

/** What a text says, in a form that two texts can be compared by without being read again. Words are stems, lower case. */
export interface TextTraits {
  /** Distinct words, sorted; a text with more keeps its rarest `limits.traitWords`. */
  readonly words: readonly string[];
  /** Of each word, how rare it is in advisories: 0 = everywhere, 1 = hardly anywhere. */
  readonly rarity: readonly number[];
  /** Of each word, in which sentences it stands. */
  readonly sentences: readonly (readonly number[])[];
  /** Of each sentence, the rarity of its words in all. */
  readonly weights: readonly number[];
  /** Version numbers with a dot, without trailing zeros. */
  readonly versions: readonly string[];
  /** What the text calls a function, parameter, endpoint, component or the like. */
  readonly objects: readonly string[];
  /** Kinds of weakness and of harm that are named. */
  readonly topics: readonly string[];
}

const wordPattern = /[\p{L}\p{N}_$]+(?:[.:/-]{1,2}[\p{L}\p{N}_]+)*/gu;

/** Of a text the first `limits.textChars` are read; linear in them. */
export function textTraitsOf(text: string): TextTraits {
  const plain = plainText(text.slice(0, limits.textChars));
  const sentences = sentencesByWord(plain);
  const kept = [...sentences.keys()]
    .sort((a, b) => rarityOf(b) - rarityOf(a) || (a < b ? -1 : 1))
    .slice(0, limits.traitWords)
    .sort();
  const lists = kept.map((word) => sentences.get(word)!);
  return {
    ...weighed(kept, kept.map(rarityOf), lists),
    versions: versionsIn(plain),
    objects: objectsIn(plain),
    topics: Object.keys(topics).filter((topic) => topics[topic]!.test(plain)),
  };
}

/** Every word of a text, as traits keep it. */
export function wordsIn(text: string): string[] {
  return [...sentencesByWord(plainText(text.slice(0, limits.textChars))).keys()];
}

function sentencesByWord(plain: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [at, sentence] of sentencesIn(plain).entries())
    for (const [raw] of sentence.matchAll(wordPattern))
      for (const word of wordsOf(raw)) {
        const list = found.get(word);
        if (!list) found.set(word, [at]);
        else if (list.at(-1) !== at) list.push(at);
      }
  return found;
}

/** What follows from the words and where they stand. */
export function weighed(
  words: readonly string[],
  rarity: readonly number[],
  sentences: TextTraits['sentences'],
): Pick<TextTraits, 'words' | 'rarity' | 'sentences' | 'weights'> {
  return { words, rarity, sentences, weights: weightsOf(rarity, sentences) };
}

function weightsOf(rarity: readonly number[], sentences: TextTraits['sentences']): number[] {
  const weights: number[] = [];
  for (const [i, list] of sentences.entries()) for (const at of list) weights[at] = (weights[at] ?? 0) + rarity[i]!;
  return Array.from(weights, (weight) => weight ?? 0);
}

function versionsIn(plain: string): string[] {
  const found = new Set<string>();
  for (const [raw] of plain.matchAll(/\bv?\d+(?:\.\d+)+/g))
    found.add(
      raw
        .replace(/^v/, '')
        .replace(/(?:\.0)+$/, '')
        .slice(0, limits.versionBytes),
    );
  return [...found].sort().slice(0, limits.versionsPerFinding);
}

/** Without identifiers, scores, addresses and code: they tell who wrote, not what about. */
function plainText(text: string): string {
  return withoutIds(text)
    .split('```')
    .filter((_, i) => i % 2 === 0)
    .join(' ')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(
      /(?:has been assigned to this vulnerability|A CVSS v[\d.]{1,4} base score of [\d.]{1,5}|has been calculated|the CVSS vector string is)/gi,
      ' ',
    )
    .replace(/\bAV:[A-Z](?:\/[A-Za-z]{1,3}:[A-Z])+/g, ' ');
}

/** Three words at least: less is a heading or a remnant. A text has few sentences that tell: of more, the rest counts as one. */
function sentencesIn(text: string): string[] {
  const all = text.split(/(?<=[.!?])\s+|\n+/);
  const first = all.slice(0, limits.traitSentences - 1);
  const rest = all.slice(limits.traitSentences - 1).join(' ');
  return rest === '' ? first : [...first, rest];
}

/** The word itself and, of a name made of several, its parts. */
function wordsOf(raw: string): string[] {
  const whole = raw.toLowerCase();
  const parts = /[.:/_-]/.test(whole) && !/^v?\d/.test(whole) ? [whole, ...whole.split(/[.:/_-]+/)] : [whole];
  return parts
    .filter((part) => part.length > 1 && part.length <= 64)
    .map(stemOf)
    .filter((word) => !sayNothing.has(word));
}

const nouns =
  '(?:function|parameter|param|endpoint|method|class|header|module|option|component|handler|field|argument|variable|attribute|api|service|plugin|driver|command|tag|protocol|parser|decoder|file|interface|page|script|process)s?';
const objectPatterns = [
  new RegExp(`\\b${nouns} ["'\`]?([\\w.$/:-]{3,60})`, 'gi'),
  new RegExp(`([\\w.$/:-]{3,60})(?:\\(\\))?["'\`]? ${nouns}\\b`, 'gi'),
];

function objectsIn(text: string): string[] {
  const found = new Set<string>();
  for (const pattern of objectPatterns)
    for (const match of text.matchAll(pattern)) {
      const word = stemOf(match[1]!.toLowerCase());
      if (!sayNothing.has(word) && rarityOf(word) > 0.45) found.add(word);
    }
  return [...found].slice(0, limits.traitHunks).sort();
}

const topics: Readonly<Record<string, RegExp>> = {
  bounds: /overflow|out.of.bounds|oob|write past|read past|memory corruption/i,
  lifetime: /use.after.free|double.free|dangling|freed/i,
  script: /cross.site script|xss|javascript/i,
  sql: /sql/i,
  path: /travers|\.\.\/|zip slip|symlink|symbolic link/i,
  forgery: /csrf|cross.site request/i,
  exhaustion: /denial.of.service|crash|panic|exhaust|infinite|hang|resource|memory consumption|cpu/i,
  execution: /execut|command|inject/i,
  login: /authentic|credential|password|login|session/i,
  permission: /privilege|permission|authoriz|access control|access check/i,
  disclosure: /disclos|leak|exposure|exposed|sensitive|confidential/i,
  cryptography: /timing|cipher|signature|certificate|tls|encrypt|key\b/i,
  pattern: /regular expression|redos|backtrack|regex/i,
  request: /ssrf|server.side request/i,
  xml: /xxe|external entit|xml/i,
  deserialisation: /deserializ|pickle|unmarshal/i,
  null: /null pointer|nil pointer/i,
  race: /race condition|data race|concurren|thread/i,
  uninitialised: /uninitiali/i,
  arithmetic: /integer|wraparound/i,
  redirect: /redirect/i,
  spoofing: /spoof|imperson/i,
  bypass: /bypass/i,
  upload: /upload/i,
};
