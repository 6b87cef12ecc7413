const hexes = /^[0-9a-f]{1,4}$/i;
const octets = /^(?:(?:25[0-5]|2[0-4]\d|[01]?\d\d?)(?:\.(?!$)|$)){4}$/;
const pathChars = /^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*$/i;
const queryChars = /^(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*$/i;
const userChars = /^(?:[\w.~!$&'()*+,;=:-]|%[0-9a-f]{2})*$/i;

/** RFC 3986 §3: a URI with its scheme, and something behind the scheme. */
export function isUri(value: string): boolean {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(value)?.[0];
  if (scheme === undefined) return false;
  const [beforeFragment, fragment] = cut(value.slice(scheme.length), '#');
  const [hierarchy, query] = cut(beforeFragment, '?');
  if (!queryChars.test(fragment) || !queryChars.test(query)) return false;
  if (!hierarchy.startsWith('//')) return hierarchy !== '' && pathChars.test(hierarchy);
  const end = hierarchy.indexOf('/', 2);
  const authority = hierarchy.slice(2, end < 0 ? undefined : end);
  return isAuthority(authority) && pathChars.test(hierarchy.slice(2 + authority.length));
}

/** RFC 3987 §2.2: a URI whose characters may also be those of other scripts. */
export function isIri(value: string): boolean {
  const letters = /[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\u{10000}-\u{efffd}]/gu;
  return /^[a-z]/i.test(value) && isUri(value.replace(letters, 'a'));
}

function cut(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)];
}

/** Registries hold `git://git@host:path`: only an address in brackets is looked at closely. */
function isAuthority(authority: string): boolean {
  const at = authority.indexOf('@');
  const literal = /^\[([^\]]*)\](?::\d*)?$/.exec(authority.slice(at + 1))?.[1];
  if (literal === undefined) return pathChars.test(authority);
  if (at >= 0 && !userChars.test(authority.slice(0, at))) return false;
  return isIpv6(literal) || /^v[0-9a-f]+\.[\w.~!$&'()*+,;=:-]+$/i.test(literal);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const mapped = last.includes('.');
  if (mapped && (!octets.test(last) || text.endsWith('::'))) return false;
  const count = groups.length + (mapped ? 1 : 0);
  return (mapped ? groups.slice(0, -1) : groups).every((g) => hexes.test(g)) && (halves.length === 2 ? count <= 7 : count === 8);
}
