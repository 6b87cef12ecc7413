import { listOf, type Obj, objectsIn, textOf } from '../../csaf/json.ts';
import type { Source } from '../../source.ts';

type Versions = NonNullable<Source['products'][number]['versions']>;
type Range = Versions['ranges'][number];
type Event = Range['events'][number];

type CveStatus = 'affected' | 'unaffected' | 'unknown';
const statuses: readonly CveStatus[] = ['affected', 'unaffected', 'unknown'];

/** What is said of a product's versions, by status; null = of every version that is not named. */
export type ByStatus = Partial<Record<CveStatus, Versions | null>>;

/** Words that stand for a version where there is none. */
const isNoVersion = (text: string): boolean => /^(?:n\/a|unspecified|unknown|-|\*)?$/i.test(text);

/**
 * Reads `versions` and `defaultStatus` of an affected product. Where the default is `affected`, the affected versions are those that are left
 * over: their ranges begin where an unaffected one ends.
 */
export function readVersions(product: Obj): ByStatus {
  const entries = objectsIn(product, 'versions', '').map(({ value }) => value);
  const repository = textOf(product.repo) ?? null;
  const found: ByStatus = {};
  const rest = statuses.find((s) => s === product.defaultStatus);
  for (const status of statuses) {
    const own = versionsOf(
      entries.filter((e) => e.status === status),
      repository,
    );
    if (own.ranges.length + own.listed.length > 0) found[status] = own;
    // Named without a version: which ones is not known.
    else if (status === 'affected' && entries.some((e) => e.status === status)) found[status] = null;
  }
  if (rest === 'affected') return { ...found, affected: leftOver(entries, repository, found.affected?.listed ?? []) };
  if (rest !== undefined && (entries.length === 0 || (found[rest] === undefined && found.affected === undefined))) found[rest] = null;
  return found;
}

function versionsOf(entries: readonly Obj[], repository: string | null): Versions {
  const ranges: Range[] = [];
  const listed: string[] = [];
  for (const entry of entries) {
    const version = textOf(entry.version) ?? '';
    if (entry.lessThan !== undefined || entry.lessThanOrEqual !== undefined) ranges.push(rangeOf(entry, repository));
    else {
      const compared = comparedRange(version);
      if (compared) ranges.push(compared);
      else if (!isNoVersion(version)) listed.push(version);
    }
  }
  return { ranges, listed };
}

function typeOf(entry: Obj): Range['type'] {
  const type = textOf(entry.versionType)?.toLowerCase();
  return type === 'git' ? 'GIT' : type === 'semver' ? 'SEMVER' : 'ECOSYSTEM';
}

function rangeOf(entry: Obj, repository: string | null): Range {
  const type = typeOf(entry);
  const version = textOf(entry.version) ?? '';
  const events: Event[] = [{ kind: 'introduced', version: isNoVersion(version) ? '0' : version }];
  let isIn = true;
  for (const change of listOf(entry.changes) as Obj[]) {
    const at = textOf(change.at) ?? '';
    const turnsIn = change.status === entry.status;
    if (turnsIn !== isIn) events.push({ kind: turnsIn ? 'introduced' : 'fixed', version: at });
    isIn = turnsIn;
  }
  const end = isIn ? endOf(entry) : undefined;
  return { type, repository: type === 'GIT' ? repository : null, events: end ? [...events, end] : events };
}

/** `*` is no end; `1.*` ends with the whole branch. */
function endOf(entry: Obj): Event | undefined {
  const [below, upTo] = [textOf(entry.lessThan), textOf(entry.lessThanOrEqual)];
  const text = below ?? upTo ?? '';
  if (isNoVersion(text)) return undefined;
  const branch = afterBranch(text);
  if (branch !== undefined) return { kind: 'limit', version: branch };
  if (text.endsWith('*')) return undefined;
  return { kind: below === undefined ? 'last-affected' : 'fixed', version: text };
}

/** The first version after a branch of numbers: `5.15.*` → `5.16`. */
function afterBranch(text: string): string | undefined {
  const numbers = /^(?:\d{1,15}\.)+\*$/.test(text) ? text.slice(0, -2).split('.').map(Number) : undefined;
  return numbers?.map((n, i) => (i === numbers.length - 1 ? n + 1 : n)).join('.');
}

/** Some write `>= 1.7.0, < 1.18.4` in place of a version: no version has these characters. */
function comparedRange(text: string): Range | undefined {
  const parts = text.length <= 256 && /[<>]/.test(text) ? text.split(/\s*,\s*/).map((p) => /^(>=|<=|<)\s*(\S+)$/.exec(p.trim())) : [];
  if (parts.length === 0 || parts.length > 2 || parts.some((p) => p === null)) return undefined;
  const of = (comparator: string) => parts.filter((p) => p![1] === comparator).map((p) => p![2]!);
  const [lower, below, upTo] = [of('>='), of('<'), of('<=')];
  if (lower.length > 1 || below.length + upTo.length > 1) return undefined;
  const end: Event[] = [
    ...below.map((version) => ({ kind: 'fixed' as const, version })),
    ...upTo.map((version) => ({ kind: 'last-affected' as const, version })),
  ];
  return { type: 'ECOSYSTEM', repository: null, events: [{ kind: 'introduced', version: lower[0] ?? '0' }, ...end] };
}

/**
 * All versions but those of the ranges that are not affected, which are taken in their order; null, which is all of them, where that cannot be
 * said. A single version that is not affected is not taken out: that would need the one after it.
 */
function leftOver(entries: readonly Obj[], repository: string | null, listed: readonly string[]): Versions | null {
  const others = entries.filter((e) => e.status !== 'affected' && (e.lessThan !== undefined || e.lessThanOrEqual !== undefined));
  const ranges: Range[] = [];
  for (const own of Map.groupBy(others, (e) => typeOf(e) === 'GIT').values()) {
    const events: Event[] = [];
    let isIn = true;
    for (const { events: given } of own.map((entry) => rangeOf(entry, repository))) {
      const [first, end, more] = given;
      if (more || end?.kind === 'last-affected' || end?.kind === 'introduced') return null;
      if (isIn && first!.version !== '0') events.push(...(events.length === 0 ? [begin] : []), { kind: 'fixed', version: first!.version });
      isIn = end !== undefined;
      if (end) events.push({ kind: 'introduced', version: end.version });
    }
    const types = own.map(typeOf);
    const type = types.find((t) => t !== 'ECOSYSTEM') ?? 'ECOSYSTEM';
    if (events.length > 0) ranges.push({ type, repository: type === 'GIT' ? repository : null, events });
  }
  return ranges.length > 0 ? { ranges, listed } : null;
}

const begin: Event = { kind: 'introduced', version: '0' };

/** Version types that the record format names, by the type of the package. */
const versionTypes: Readonly<Record<string, string>> = {
  pypi: 'python',
  maven: 'maven',
  rpm: 'rpm',
  deb: 'dpkg',
  gem: 'gem',
  nuget: 'nuget',
};

/** What is said of a product's versions, as entries of one status: each range from where it begins to where it ends. */
export function writeVersions(versions: Versions, status: CveStatus, packagePurl: string | null): Record<string, string>[] {
  const listed = versions.listed.map((version) => ({ version, status }));
  const ranges = versions.ranges.flatMap((range) => {
    const named = versionTypes[/^pkg:([^/]+)\//.exec(packagePurl ?? '')?.[1] ?? ''] ?? 'custom';
    const versionType = range.type === 'GIT' ? 'git' : range.type === 'SEMVER' ? 'semver' : named;
    const entries: Record<string, string>[] = [];
    let from: string | undefined;
    for (const { kind, version } of range.events) {
      if (kind === 'introduced') from ??= version;
      else {
        const end = kind === 'last-affected' ? { lessThanOrEqual: version } : { lessThan: version };
        if (kind !== 'limit' || version !== '*') entries.push({ version: from ?? '0', ...end, status, versionType });
        if (kind !== 'limit' || version !== '*') from = undefined;
      }
    }
    if (from !== undefined) entries.push({ version: from, lessThan: '*', status, versionType });
    return entries;
  });
  const seen = new Set<string>();
  return [...listed, ...ranges].filter((entry) => {
    const key = JSON.stringify(Object.entries(entry).sort());
    return !seen.has(key) && seen.add(key);
  });
}
