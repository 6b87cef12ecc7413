import { digestOf } from '../../base/canonical.ts';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';

/** Which of two versions is older, by the type of a package URL: negative when `a` is. */
export type CompareVersions = (purlType: string, a: string, b: string) => number | Refusal;

type Versioned = Extract<Source, { readonly version: string }>;
const purlTypes: Record<Versioned['kind'], string> = { debian: 'deb', npm: 'npm', pypi: 'pypi' };

/** In the order of versions, with what was asked for in its place as it was asked for: it may be pinned, and gone from the registry. */
export function inOrder(found: readonly Versioned[], asked: readonly Versioned[], compare: CompareVersions): Versioned[] {
  const type = purlTypes[asked[0]!.kind];
  const others = found.filter(({ version }) => !asked.some((source) => source.version === version));
  const sound = [...others, ...asked].filter(({ version }) => !isRefusal(compare(type, version, version)));
  return sound.sort((a, b) => compare(type, a.version, b.version) as number);
}

/** From the one to the other, both included. */
export function between<T extends Source>(line: readonly T[], source: Source, until: Source | undefined): readonly T[] | Refusal {
  const tooMany = (n: number) =>
    n > limits.historyPoints ? refuse('too_many', `${n} points, of which at most ${limits.historyPoints} can be looked at`) : undefined;
  if (!until) return tooMany(line.length) ?? line;
  const [first, last] = [indexOf(line, source), indexOf(line, until)];
  if (first < 0 || last < 0) return refuse('not_found', 'it does not lie on this line', first < 0 ? 'source' : 'until');
  if (last < first) return refuse('conflict', 'the second is older than the first', 'until');
  return tooMany(last - first + 1) ?? line.slice(first, last + 1);
}

const indexOf = (line: readonly Source[], source: Source) => line.map(digestOf).indexOf(digestOf(source));
