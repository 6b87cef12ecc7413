/** A range of versions as people write it: `pkg:npm/a from 1.0.0 before 1.4.2`, each part optional but one. */
interface Range {
  readonly package?: string;
  readonly introduced: string | null;
  readonly fixed: string | null;
}

/** One range a line. What cannot be read is sent as it is, as a package: the hub then says what is wrong with it, and where. */
export function rangesOfLines(text: string, ofCase: string): Range[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const read = /^(?:(?<name>pkg:\S+)\s*)?(?:all versions|(?:from\s+(?<introduced>\S+)\s*)?(?:before\s+(?<fixed>\S+))?)$/.exec(
        line,
      )?.groups;
      if (!read) return { package: line, introduced: null, fixed: null };
      const { name, introduced = null, fixed = null } = read as { name?: string; introduced?: string; fixed?: string };
      return { ...(name !== undefined && name !== ofCase ? { package: name } : {}), introduced: introduced ?? null, fixed: fixed ?? null };
    });
}

export function linesOfRanges(ranges: readonly (Range & { readonly package?: string | undefined })[]): string {
  return ranges.map((range) => `${range.package === undefined ? '' : `${range.package} `}${spelled(range)}`).join('\n');
}

export function rangesSpelled(ranges: readonly Pick<Range, 'introduced' | 'fixed'>[]): string {
  return ranges.map(spelled).join('; ');
}

function spelled({ introduced, fixed }: Pick<Range, 'introduced' | 'fixed'>): string {
  if (introduced === null && fixed === null) return 'all versions';
  return [introduced === null ? '' : `from ${introduced}`, fixed === null ? '' : `before ${fixed}`].filter(Boolean).join(' ');
}
