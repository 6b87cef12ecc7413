import type { Source } from './source.ts';

/** How one sees that a flaw is or was exploited, never how it is done: in words, and for machines as a pattern of STIX 2.1 §9. */
export interface Indicator {
  readonly text: string;
  readonly pattern: string | null;
}

type Note = Source['notes'][number];

const title = 'Indicator';
const before = '\nSTIX pattern: ';

/** As formats without a place of its own for it say it. */
export function indicatorNote({ text, pattern }: Indicator): Note {
  return { category: 'details', title, text: pattern === null ? text : `${text}${before}${pattern}`, audience: null };
}

/** The indicator that a note says, where it says one with a pattern. */
export function indicatorIn(note: Note): { readonly text: string; readonly pattern: string } | undefined {
  const at = note.text.lastIndexOf(before);
  if (note.title !== title || note.category !== 'details' || note.audience !== null || at < 0) return undefined;
  const pattern = note.text.slice(at + before.length);
  return isPattern(pattern) ? { text: note.text.slice(0, at), pattern } : undefined;
}

/**
 * Whether this has the outer form of a STIX pattern (§9.2): observation expressions in brackets, each with a comparison in it, joined by words;
 * quotes and brackets closed. What the comparisons say is not looked at.
 */
export function isPattern(text: string): boolean {
  const outside: string[] = [];
  let [depth, inQuote, hasComparison] = [0, false, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (inQuote) {
      if (c === '\\') i++;
      else if (c === "'") inQuote = false;
    } else if (c === "'") inQuote = true;
    else if (c === '[') depth++;
    else if (c === ']') depth--;
    else if (depth === 0) outside.push(c);
    else if (c === '=' || c === '<' || c === '>' || c === ' ') hasComparison = true;
    if (depth < 0) return false;
  }
  const joins = /^(?:[\s()]|AND|OR|FOLLOWEDBY|WITHIN|REPEATS|TIMES|SECONDS|START|STOP|t|\d|\.)*$/;
  return depth === 0 && !inQuote && hasComparison && joins.test(outside.join(''));
}
