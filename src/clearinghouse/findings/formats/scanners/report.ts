import type { Refusal } from '../../../../base/refusal.ts';
import { type Context, type Reading, reading, type Told } from '../drafting.ts';
import { textOf } from '../members.ts';

/** What a scanner tells of one flaw; everything else of the draft is the same for all of them. */
export type Seen = Omit<Told, 'format' | 'method' | 'text' | 'purl'> & {
  readonly text: readonly unknown[];
  readonly purl?: string | undefined;
  /** As the scanner says it. */
  readonly severity?: unknown;
  readonly rule?: unknown;
};

/** A scanner's report as drafts: what names no package is of the one that the sender says was scanned, and what it says twice it says once. */
export function scanned(
  tool: string,
  seen: readonly Seen[],
  context: Context,
  skipped = 0,
  notes: readonly string[] = [],
): Reading | Refusal {
  const once = [...new Map(seen.map((s) => [[s.rule, s.title, s.purl, s.file, s.line, s.function].map(textOf).join('\n'), s])).values()];
  const repeated = seen.length - once.length;
  const told = once.map(
    ({ severity, rule, text, purl, original, ...rest }): Told => ({
      tooling: tool,
      ...rest,
      format: 'scanner',
      method: 'automated-scan',
      purl: purl ?? context.purl ?? undefined,
      text: text.map(textOf),
      original: { tool, severity, rule, ...original },
    }),
  );
  const said = repeated > 0 ? [`${repeated} results that the report repeats`] : [];
  return reading(told, (i) => `/${i}`, skipped + repeated, [...notes, ...said]);
}
