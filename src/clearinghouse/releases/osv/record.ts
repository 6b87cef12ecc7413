import { sha256 } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { isObject, listOf, type Obj, objectOf, sizeOf, textOf } from '../../advisories/csaf/json.ts';
import { firstErrors } from '../../advisories/csaf/shapes/shape.ts';
import { baseOf, suffixOf } from '../../advisories/formats/osv/names.ts';
import { readableShape } from '../../advisories/formats/osv/schema.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';

/** An OSV record as it is handed out. */
export interface OsvKept {
  readonly id: string;
  /** Whose it is; null = ours. */
  readonly source: string | null;
  /** RFC 3339 in UTC, as the record has it. */
  readonly modified: string;
  readonly withdrawn: boolean;
  readonly text: string;
}

/** One entry of `affected`, as far as a query asks. */
export interface OsvAffected {
  readonly base: string;
  readonly suffix: string;
  /** Normalised. */
  readonly name: string;
  /** Canonical, without version. */
  readonly purl: string | null;
  readonly repositories: readonly string[];
  readonly versions: readonly string[];
  readonly ranges: readonly { readonly type: string; readonly events: readonly (readonly [kind: string, version: string])[] }[];
}

/** A record of somebody else, as JSON made it; refused where nobody could read it. */
export function takeOsv(value: unknown, source: string | null): (OsvKept & { readonly keys: readonly string[] }) | Refusal {
  if (!isObject(value)) return refuse('malformed', 'a record is a JSON object');
  if (sizeOf(value, limits.jsonDepth).tooDeep) return refuse('too_large', `a record has at most ${limits.jsonDepth} levels`);
  const [error] = firstErrors(readableShape, value, '', 1);
  if (error) return refuse('malformed', error.message, error.pointer);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > limits.osvRecordBytes) return refuse('too_large', `a record has at most ${limits.osvRecordBytes} bytes`);
  const id = value.id as string;
  if (id.length > limits.osvIdChars || /[^\x21-\x7e]/.test(id))
    return refuse('malformed', `an id has at most ${limits.osvIdChars} visible ASCII characters`, '/id');
  const keys = keysOf(value);
  if (keys.length > limits.osvKeysPerRecord) return refuse('too_many', `a record is found by at most ${limits.osvKeysPerRecord} names`);
  return { id, source, modified: value.modified as string, withdrawn: Object.hasOwn(value, 'withdrawn'), text, keys };
}

export const keyFor = {
  id: (id: string) => key('i', id),
  alias: (id: string) => key('a', id),
  package: (base: string, name: string) => key('p', base, name),
  name: (name: string) => key('n', name),
  purl: (purl: string) => key('u', purl),
  commit: (hash: string) => key('c', hash.toLowerCase()),
};

/** Of one length, however long a name is. */
function key(...parts: readonly string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

function keysOf(record: Obj): string[] {
  const found = affectedIn(record).flatMap(({ base, name, purl, repositories, ranges }) => [
    ...(name === '' ? [] : [keyFor.package(base, name), keyFor.name(name)]),
    ...(purl === null ? [] : [keyFor.purl(purl)]),
    ...repositories.flatMap((repository) => [keyFor.package('GIT', repository), keyFor.name(repository)]),
    ...ranges.flatMap(({ type, events }) => (type === 'GIT' ? events.filter(isAffectedCommit).map(([, hash]) => keyFor.commit(hash)) : [])),
  ]);
  const aliases = listOf(record.aliases).map((alias) => keyFor.alias(String(alias)));
  return [...new Set([keyFor.id(record.id as string), ...aliases, ...found])];
}

/** Which commits lie between is known to the repository alone: these two the record itself lists. */
export function isAffectedCommit([kind, hash]: readonly [string, string]): boolean {
  return (kind === 'introduced' || kind === 'last_affected') && hash !== '0';
}

export function affectedIn(record: Obj): OsvAffected[] {
  return listOf(record.affected)
    .map(objectOf)
    .map((entry) => {
      const named = objectOf(entry.package);
      const ecosystem = textOf(named.ecosystem) ?? '';
      const base = baseOf(ecosystem);
      const ranges = listOf(entry.ranges)
        .map(objectOf)
        .map((range) => ({
          type: String(range.type),
          repo: textOf(range.repo),
          events: listOf(range.events).map(objectOf).flatMap(eventIn),
        }));
      return {
        base,
        suffix: suffixOf(ecosystem),
        name: normalName(base, textOf(named.name) ?? ''),
        purl: packagePurl(named.purl ?? objectOf(entry.database_specific).purl),
        repositories: ranges.flatMap(({ type, repo }) => (type === 'GIT' && repo !== undefined ? [repositoryName(repo)] : [])),
        versions: listOf(entry.versions) as string[],
        ranges: ranges.map(({ type, events }) => ({ type, events })),
      };
    });
}

function eventIn(event: Obj): (readonly [string, string])[] {
  return ['introduced', 'fixed', 'last_affected', 'limit'].flatMap((kind) => {
    const version = event[kind];
    return typeof version === 'string' ? [[kind, version] as const] : [];
  });
}

function packagePurl(purl: unknown): string | null {
  const canonical = typeof purl === 'string' ? canonicalPurl(purl) : undefined;
  return canonical === undefined || isRefusal(canonical) ? null : packageOf(canonical);
}

const anyCase = new Set(['NuGet', 'Packagist', 'GitHub Actions']);

/** One spelling of a name that its registry takes in several. */
export function normalName(base: string, name: string): string {
  if (base === 'PyPI') return name.toLowerCase().replace(/[-_.]+/g, '-');
  if (base === 'GIT') return repositoryName(name);
  return anyCase.has(base) ? name.toLowerCase() : name;
}

/** Without scheme, `.git` and a slash at the end; hosts do not tell case apart. */
function repositoryName(url: string): string {
  return url
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}
