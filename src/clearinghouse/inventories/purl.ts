import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { type PurlType, purlTypes } from './purl-types.ts';

/** A package URL (package-url/purl-spec) by its components, decoded and in normal form. */
export interface Purl {
  readonly type: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>> | null;
  readonly subpath: string | null;
}

export type PurlParts = { readonly [K in keyof Purl]?: unknown };

export function parsePurl(text: string): Purl | Refusal {
  return readPurl(text, (key) => key);
}

function readPurl(text: string, keyOf: (key: string) => string): Purl | Refusal {
  if (text.length > limits.purlReadChars) return refuse('too_large', `a package URL has at most ${limits.purlReadChars} characters`);
  const scheme = /^pkg:\/*/i.exec(text);
  if (!scheme) return refuse('malformed', 'a package URL begins with pkg:');
  let rest = text.slice(scheme[0].length);
  const [beforeSubpath, subpath] = splitLast(rest, '#');
  const [beforeQualifiers, query] = splitLast(beforeSubpath, '?');
  rest = beforeQualifiers.replace(/\/+$/, '');
  const slash = rest.indexOf('/');
  if (slash < 0) return refuse('malformed', 'a package URL has a type and a name', 'name');
  const type = rest.slice(0, slash);
  const [path, version] = splitVersion(rest.slice(slash + 1));
  const segments = path.split('/').filter((segment) => segment !== '');
  const ownSegments = segments.splice(nameIsPath(type) ? 1 : -1);
  const decoded = decodeAll({ namespace: segments, name: ownSegments, version: [version ?? ''], subpath: (subpath ?? '').split('/') });
  if (isRefusal(decoded)) return decoded;
  const qualifiers = query === undefined ? {} : parseQualifiers(query, keyOf);
  if (isRefusal(qualifiers)) return qualifiers;
  return settle({
    type,
    namespace: decoded.namespace!.join('/'),
    name: decoded.name!.join('/'),
    version: decoded.version![0]!,
    qualifiers,
    subpath: decoded.subpath!.join('/'),
  });
}

/** The canonical text of these components. */
export function buildPurl(parts: PurlParts): string | Refusal {
  for (const key of ['type', 'namespace', 'name', 'version', 'subpath'] as const) {
    const value = parts[key] ?? '';
    if (typeof value !== 'string' || !value.isWellFormed()) return refuse('malformed', 'must be text', key);
  }
  const qualifiers = parts.qualifiers ?? {};
  if (typeof qualifiers !== 'object' || Array.isArray(qualifiers)) return refuse('malformed', 'must be an object of texts', 'qualifiers');
  if (!Object.values(qualifiers).every((value) => value === null || (typeof value === 'string' && value.isWellFormed())))
    return refuse('malformed', 'must be an object of texts', 'qualifiers');
  const purl = settle({
    type: (parts.type ?? '') as string,
    namespace: (parts.namespace ?? '') as string,
    name: (parts.name ?? '') as string,
    version: (parts.version ?? '') as string,
    qualifiers: qualifiers as Record<string, string | null>,
    subpath: (parts.subpath ?? '') as string,
  });
  return isRefusal(purl) ? purl : formatPurl(purl);
}

/** The one way in which this package is written. Mends what may be mended: `parsePurl` refuses qualifiers in upper case, this lowers them. */
export function canonicalPurl(text: string): string | Refusal {
  const purl = readPurl(text, (key) => key.toLowerCase());
  return isRefusal(purl) ? purl : formatPurl(purl);
}

export function formatPurl(purl: Purl): string {
  const name = nameIsPath(purl.type) ? purl.name.split('/') : [purl.name];
  const path = [...(purl.namespace?.split('/') ?? []), ...name].map(encode).join('/');
  const query = Object.keys(purl.qualifiers ?? {})
    .sort()
    .map((key) => `${key}=${encode(purl.qualifiers![key]!)}`)
    .join('&');
  const subpath = (purl.subpath ?? '').split('/').map(encode).join('/');
  return `pkg:${purl.type}/${path}${purl.version ? `@${encode(purl.version)}` : ''}${query && `?${query}`}${subpath && `#${subpath}`}`;
}

function rulesOf(type: string): PurlType {
  return Object.hasOwn(purlTypes, type) ? purlTypes[type]! : {};
}

function nameIsPath(type: string): boolean {
  return rulesOf(type.toLowerCase()).nameIsPath === true;
}

type Raw = Record<Exclude<keyof Purl, 'qualifiers'>, string> & { readonly qualifiers: Readonly<Record<string, string | null>> };

/** Normal form and the type's rules; the same for what was read and what is built. */
function settle(raw: Raw): Purl | Refusal {
  const type = raw.type.toLowerCase();
  if (!/^[a-z][a-z0-9.-]*$/.test(type))
    return refuse('malformed', 'a type is letters, digits, dots and dashes and begins with a letter', 'type');
  const rules = rulesOf(type);
  const lower = (key: 'namespace' | 'name' | 'version') => (rules.lower?.includes(key) ? raw[key].toLowerCase() : raw[key]);
  const namespace = lower('namespace')
    .split('/')
    .filter((segment) => segment !== '')
    .join('/');
  const version = lower('version');
  const qualifiers = settleQualifiers(raw.qualifiers);
  if (isRefusal(qualifiers)) return qualifiers;
  const name = rules.name ? rules.name(lower('name'), qualifiers) : lower('name');
  const broken = breach(rules, namespace, name, version, qualifiers);
  if (broken) return broken;
  const subpath = raw.subpath
    .split('/')
    .filter((segment) => !['', '.', '..'].includes(segment))
    .join('/');
  return {
    type,
    namespace: namespace || null,
    name,
    version: version || null,
    qualifiers: Object.keys(qualifiers).length > 0 ? qualifiers : null,
    subpath: subpath || null,
  };
}

function breach(
  rules: PurlType,
  namespace: string,
  name: string,
  version: string,
  qualifiers: Readonly<Record<string, string>>,
): Refusal | undefined {
  if (name === '') return refuse('malformed', 'a name is required', 'name');
  if (rules.namespace === 'required' && namespace === '') return refuse('malformed', 'this type needs a namespace', 'namespace');
  if (rules.namespace === 'prohibited' && namespace !== '') return refuse('malformed', 'this type has no namespace', 'namespace');
  if (rules.nameIs && !rules.nameIs.test(name)) return refuse('malformed', 'this type allows no such name', 'name');
  if (rules.versionIs && version !== '' && !rules.versionIs.test(version))
    return refuse('malformed', 'this type allows no such version', 'version');
  const missing = rules.qualifiers?.find((key) => !qualifiers[key]);
  return missing === undefined ? undefined : refuse('malformed', `this type needs the qualifier ${missing}`, 'qualifiers');
}

function settleQualifiers(given: Readonly<Record<string, string | null>>): Record<string, string> | Refusal {
  const settled: [string, string][] = [];
  for (const [key, value] of Object.entries(given)) {
    if (!/^[a-z][a-z0-9._-]*$/.test(key))
      return refuse('malformed', 'a qualifier’s key is lower-case letters, digits, dots, dashes and underscores', 'qualifiers');
    if (value !== null && value !== '') settled.push([key, value]);
  }
  // Not assigned key by key: `__proto__` would be no key of its own.
  return Object.fromEntries(settled);
}

function parseQualifiers(query: string, keyOf: (key: string) => string): Record<string, string> | Refusal {
  const pairs = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 1) return refuse('malformed', 'a qualifier is key=value', 'qualifiers');
    const key = keyOf(pair.slice(0, equals));
    const value = decode(pair.slice(equals + 1));
    if (value === undefined) return refuse('malformed', 'broken percent encoding', 'qualifiers');
    if (pairs.has(key)) return refuse('malformed', `the qualifier ${key} stands twice`, 'qualifiers');
    pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

function decodeAll(parts: Readonly<Record<string, readonly string[]>>): Record<string, string[]> | Refusal {
  const all: Record<string, string[]> = {};
  for (const [key, segments] of Object.entries(parts)) {
    const decoded = segments.map(decode);
    if (decoded.includes(undefined)) return refuse('malformed', 'broken percent encoding', key);
    all[key] = decoded as string[];
  }
  return all;
}

function decode(text: string): string | undefined {
  try {
    return text.isWellFormed() ? decodeURIComponent(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Everything but letters, digits, `.-_~` and the colon is percent-encoded, in upper-case hexadecimal of UTF-8. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function splitLast(text: string, mark: string): [string, string | undefined] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** A scope is sometimes written with a bare `@`: only one after the last slash, and not at its start, begins a version. */
function splitVersion(path: string): [string, string | undefined] {
  const at = path.lastIndexOf('@');
  return at < 0 || path.lastIndexOf('/') > at ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}
