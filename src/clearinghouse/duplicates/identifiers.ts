import { limits } from '../../base/limits.ts';

const idPattern =
  /\b(?:CVE-\d{4}-\d{4,7}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|RUSTSEC-\d{4}-\d{4}|GO-\d{4}-\d{4,5}|PYSEC-\d{4}-\d{1,6})\b/gi;

/** Identifiers of vulnerabilities that a text names: each once, upper case, in the order of the text. */
export function idsIn(text: string): string[] {
  const found = text.slice(0, limits.textChars).match(idPattern) ?? [];
  return [...new Set(found.map((id) => id.toUpperCase()))];
}

export function withoutIds(text: string): string {
  return text.replace(idPattern, ' ');
}
