import { isRefusal } from '../../../base/refusal.ts';
import { withRepositories } from '../../advisories/formats/osv/names.ts';
import { compareVersions } from '../../inventories/versions/compare.ts';
import type { OsvAffected } from './record.ts';

/** OSV schema, "Evaluation": a version is affected if it is listed, or lies in any of the ranges. */
export function affectsVersion(entry: OsvAffected, version: string): boolean {
  return isListed(entry, version) || entry.ranges.some((range) => isInRange(range, entry.base, version));
}

/** `Debian` asks for all releases, `Debian:12` for that one and for what is said of no release. */
export function isOfEcosystem(entry: OsvAffected, base: string, suffix: string): boolean {
  if (base === '') return true;
  if (base === 'GIT') return entry.repositories.length > 0;
  if (entry.base !== base) return false;
  if (suffix === '' || entry.suffix === suffix || entry.suffix.startsWith(`${suffix}:`)) return true;
  return entry.suffix === '' && !withRepositories.has(base);
}

function isListed({ versions, base }: OsvAffected, version: string): boolean {
  if (versions.includes(version)) return true;
  const known = compareVersions(base, version, version);
  if (!isRefusal(known)) return versions.some((listed) => compareVersions(base, listed, version) === 0);
  // Tags of a repository have no order, and everybody writes them a little differently.
  if (known.code !== 'unsupported') return false;
  const asked = tagOf(version);
  return asked !== '' && versions.some((listed) => tagOf(listed) === asked);
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

function isInRange({ type, events }: Range, base: string, given: string): boolean {
  if (type === 'GIT') return false;
  // SEMVER has one order in every ecosystem, and no v.
  const ecosystem = type === 'SEMVER' ? 'crates.io' : base;
  const version = type === 'SEMVER' ? given.replace(/^v(?=\d)/, '') : given;
  const against = (other: string) =>
    other === '0' ? 1 : compareVersions(ecosystem, version, type === 'SEMVER' ? other.replace(/^v(?=\d)/, '') : other);
  const limits = events.filter(([kind]) => kind === 'limit');
  if (limits.length > 0 && !limits.some(([, limit]) => limit === '*' || against(limit) === -1)) return false;
  let [latest, isAffected] = [undefined as string | undefined, false];
  for (const [kind, at] of events) {
    if (kind === 'limit') continue;
    const side = against(at);
    if (isRefusal(side)) return false;
    if (side < (kind === 'last_affected' ? 1 : 0)) continue;
    const later = latest === undefined ? 1 : order(ecosystem, at, latest);
    // Of two events at one version, the one that introduces: better asked about once too often.
    if (later < 0 || (later === 0 && kind !== 'introduced')) continue;
    [latest, isAffected] = [at, kind === 'introduced'];
  }
  return isAffected;
}

function order(ecosystem: string, a: string, b: string): number {
  if (a === b) return 0;
  if (a === '0' || b === '0') return a === '0' ? -1 : 1;
  const side = compareVersions(ecosystem, a, b);
  return isRefusal(side) ? 0 : side;
}
