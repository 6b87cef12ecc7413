const pathForm = /^(?:[a-z0-9\-._~!$&'()*+,;=:@/]|%[0-9a-f]{2})+$/i;
const tailForm = /^(?:[a-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*$/i;
const withLiteral = /^\/\/?(?:(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*@)?\[([^\]]*)\](?::\d*)?(\/.*)?$/i;

/**
 * RFC 3986: a URI with its scheme, as validators of JSON Schema's `uri` take it: an authority that is none is a path, and no path at all is too
 * little.
 */
export function isUri(text: string): boolean {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0];
  if (scheme === undefined) return false;
  const [beforeFragment, fragment] = cut(text.slice(scheme.length), '#');
  const [hierarchy, query] = cut(beforeFragment, '?');
  if (!tailForm.test(fragment) || !tailForm.test(query)) return false;
  const literal = withLiteral.exec(hierarchy);
  return literal ? isLiteral(literal[1]!) && pathForm.test(literal[2] ?? '/') : pathForm.test(hierarchy);
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function isLiteral(text: string): boolean {
  return /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+$/i.test(text) || isIpv6(text);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const isV4 = last.includes('.');
  const sixteens = isV4 ? groups.slice(0, -1) : groups;
  if (isV4 && !(/^\d{1,3}(\.\d{1,3}){3}$/.test(last) && last.split('.').every((part) => Number(part) <= 255))) return false;
  const size = sixteens.length + (isV4 ? 2 : 0);
  return sixteens.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? size <= 7 : size === 8);
}
