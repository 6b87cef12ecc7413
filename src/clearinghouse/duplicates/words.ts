import { limits } from '../../base/limits.ts';

const idPattern =
  /\b(?:CVE-\d{4}-\d{4,7}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|RUSTSEC-\d{4}-\d{4}|GO-\d{4}-\d{4,5}|PYSEC-\d{4}-\d{1,6})\b/gi;

/** Identifiers of vulnerabilities that a text names: each once, upper case, in the order of the text. */
export function idsIn(text: string): string[] {
  const found = text.slice(0, limits.textChars).match(idPattern) ?? [];
  return [...new Set(found.map((id) => id.toUpperCase()))];
}

/**
 * The distinct words of a text, rarest first, without identifiers of vulnerabilities, severity scores and addresses.
 * A function's or a file's name stays one word, lower case.
 */
export function wordsOf(text: string): string[] {
  const plain = text.slice(0, limits.textChars).replace(idPattern, ' ').toLowerCase();
  const seen = new Set<string>();
  for (const [word] of plain.matchAll(/[\p{L}\p{N}_]+(?:[.:/-]+[\p{L}\p{N}_]+)*/gu))
    if (word.length > 1 && word.length <= 64) seen.add(word);
  return [...seen].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, limits.traitWords);
}
