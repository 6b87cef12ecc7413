import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { canonicalPurl } from './purl.ts';

/** A canonical purl without version, qualifiers and subpath: the name by which claims, findings and components meet. */
export function packageOf(canonicalPurl: string): string {
  const end = canonicalPurl.search(/[?#]/);
  const bare = end < 0 ? canonicalPurl : canonicalPurl.slice(0, end);
  const at = bare.lastIndexOf('@');
  return at < 0 ? bare : bare.slice(0, at); // canonical form encodes every other @ as %40
}

/** The version of a canonical purl, decoded; undefined when it has none. */
export function versionOf(canonicalPurl: string): string | undefined {
  const end = canonicalPurl.search(/[?#]/);
  const bare = end < 0 ? canonicalPurl : canonicalPurl.slice(0, end);
  const at = bare.lastIndexOf('@');
  return at < 0 ? undefined : decodeURIComponent(bare.slice(at + 1));
}

/** Somebody's purl as the name of a package; refused where it says more than that. */
export function bareOf(text: string, at: string): string | Refusal {
  const purl = canonicalPurl(text);
  if (isRefusal(purl)) return { ...purl, at };
  return purl === packageOf(purl) ? purl : refuse('malformed', 'leave out version, qualifiers and subpath', at);
}
