import { isRefusal } from '../../../base/refusal.ts';
import { withRepositories } from '../../advisories/formats/osv/names.ts';
import { compareVersions } from '../../inventories/versions/compare.ts';
import type { OsvAffected } from './record.ts';

/** OSV schema, "Evaluation": a version is affected if it is listed, or lies in any of the ranges. */
export function affectsVersion(entry: OsvAffected, version: string): boolean {
  if (entry.versions.includes(version)) return true;
  const versioned = entry.ranges.filter((range) => range.type !== 'GIT');
  if (versioned.some((range) => isInRange(range, entry.base, version))) return true;
  // Where there is an order, what is listed lies in the ranges, however it is spelled.
  return versioned.length === 0 && isListed(entry, version);
}

/** `Debian` asks for all releases, `Debian:12` for that one and for what is said of no release. */
export function isOfEcosystem(entry: OsvAffected, base: string, suffix: string): boolean {
  if (base === '') return true;
  if (base === 'GIT') return entry.repositories.length > 0;
  if (entry.base !== base) return false;
  if (suffix === '' || entry.suffix === suffix || entry.suffix.startsWith(`${suffix}:`)) return true;
  return entry.suffix === '' && !withRepositories.has(base);
}

/** Spelled otherwise than asked. */
function isListed(entry: OsvAffected, version: string): boolean {
  const known = compareVersions(entry.base, version, version);
  if (!isRefusal(known)) return entry.versions.some((listed) => compareVersions(entry.base, listed, version) === 0);
  // Tags of a repository have no order, and everybody writes them a little differently.
  if (known.code !== 'unsupported') return false;
  const asked = tagOf(version);
  return asked !== '' && tagsOf(entry).has(asked);
}

const tags = new WeakMap<OsvAffected, ReadonlySet<string>>();

function tagsOf(entry: OsvAffected): ReadonlySet<string> {
  const known = tags.get(entry);
  if (known) return known;
  const found = new Set(entry.versions.map(tagOf));
  tags.set(entry, found);
  return found;
}

/** `release-2.1.2rc`, `v2.1.2-rc` and `2.1.2_RC` are one tag: its numbers and what comes between and after. */
function tagOf(text: string): string {
  const from = text.search(/\d+[._-]\d|\d/);
  return from < 0
    ? ''
    : (
        text
          .slice(from)
          .toLowerCase()
          .match(/\d+|[a-z]+/g) ?? []
      ).join('-');
}

type Range = OsvAffected['ranges'][number];

function isInRange(range: Range, base: string, given: string): boolean {
  // SEMVER has one order in every ecosystem, and no v.
  const isSemver = range.type === 'SEMVER';
  const ecosystem = isSemver ? 'crates.io' : base;
  const version = isSemver ? bare(given) : given;
  const limits = range.events.filter(([kind]) => kind === 'limit');
  if (limits.length > 0 && !limits.some(([, limit]) => limit === '*' || compareVersions(ecosystem, version, limit) === -1)) return false;
  const events = inOrder(range, ecosystem, isSemver);
  for (let i = events.length - 1; i >= 0; i--) {
    const [kind, at] = events[i]!;
    const side = at === '0' ? 1 : compareVersions(ecosystem, version, at);
    if (isRefusal(side)) return false;
    // The last event that the version has come to decides; it has come past the last affected one only after it.
    if (side >= (kind === 'last_affected' ? 1 : 0)) return kind === 'introduced';
  }
  return false;
}

const bare = (version: string) => version.replace(/^v(?=\d)/, '');

const ordered = new WeakMap<Range, Range['events']>();

/** Of two events at one version, the one that introduces comes last: better asked about once too often. Empty where one cannot be compared. */
function inOrder(range: Range, ecosystem: string, isSemver: boolean): Range['events'] {
  const known = ordered.get(range);
  if (known) return known;
  const events = range.events.filter(([kind]) => kind !== 'limit').map(([kind, at]) => [kind, isSemver ? bare(at) : at] as const);
  const canOrder = events.every(([, at]) => at === '0' || !isRefusal(compareVersions(ecosystem, at, at)));
  const compare = (a: string, b: string) => (a === b ? 0 : a === '0' ? -1 : b === '0' ? 1 : (compareVersions(ecosystem, a, b) as number));
  const rank = (kind: string) => (kind === 'introduced' ? 1 : 0);
  const sorted = canOrder ? events.toSorted((a, b) => compare(a[1], b[1]) || rank(a[0]) - rank(b[0])) : [];
  ordered.set(range, sorted);
  return sorted;
}
