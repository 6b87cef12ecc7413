import { limits } from '../../../../base/limits.ts';

/**
 * A URI reference as the validator's runtime (.NET System.Uri) reads it: what is a Windows path or a share is an absolute file there, what
 * begins with one slash is relative, and what has a scheme but no sound authority is nothing at all.
 */
interface UriReference {
  readonly text: string;
  readonly absolute: boolean;
  /** Lower case; '' for a relative reference. */
  readonly scheme: string;
  /** By RFC 3986 and the runtime's own narrower reading: no fragment and no character beyond ASCII in a relative reference. */
  readonly wellFormed: boolean;
}

const dosPath = /^[A-Za-z][:|][\\/]/;
const unsafe = /[\u0000-\u0020\u007F-\u009F"<>[\]\\^`{|}]|%(?![0-9A-Fa-f]{2})/;
/** A host in brackets is an IPv6 address. */
const afterHost = /^[^/?#]*/;

export function readUri(text: string): UriReference {
  const relative = (wellFormed: boolean): UriReference => ({ text, absolute: false, scheme: '', wellFormed });
  if (dosPath.test(text) || text.startsWith('\\\\')) return { text, absolute: true, scheme: 'file', wellFormed: false };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(text.slice(0, 1024))?.[1]?.toLowerCase();
  if (scheme === undefined || text.length < 3) return relative(isSoundRelative(text));
  const rest = text.slice(scheme.length + 1);
  const needsHost = ['http', 'https', 'ftp', 'ws', 'wss'].includes(scheme);
  if (needsHost && !(/^[\\/]{2}/.test(rest) && hasHost(text))) return relative(false);
  if (scheme === 'file' && rest.startsWith('/')) return { text, absolute: true, scheme, wellFormed: true };
  return { text, absolute: true, scheme, wellFormed: isSoundRest(rest) };
}

function hasHost(text: string): boolean {
  return text.length > limits.sarifUriChars ? /^\w+:[\\/]{2}[^\\/?#]/.test(text.slice(0, 64)) : URL.canParse(text);
}

/** RFC 3986 §4.2: a colon in the first segment would be a scheme. */
function isSoundRelative(text: string): boolean {
  const end = text.search(/[:\\/?#]/);
  return text[end] !== ':' && !/[#\u0080-\uFFFF]/.test(text) && !unsafe.test(text);
}

function isSoundRest(rest: string): boolean {
  const host = rest.startsWith('//') ? afterHost.exec(rest.slice(2))![0] : '';
  const open = host.replace(/\[[0-9A-Fa-f:.]+\]/, '');
  const tail = rest.slice(rest.startsWith('//') ? 2 + host.length : 0);
  return !unsafe.test(open) && !unsafe.test(tail) && tail.indexOf('#') === tail.lastIndexOf('#');
}

/** One spelling of an absolute reference, to compare by: dot segments resolved, scheme and host in lower case. */
export function canonicalUri({ text, absolute, scheme }: UriReference): string | undefined {
  if (!absolute) return undefined;
  const path = scheme === 'file' ? text.replaceAll('\\', '/') : text;
  if (dosPath.test(path)) return canonicalUrl(`file:///${path}`);
  return canonicalUrl(path.startsWith('//') ? `file:${path}` : path);
}

/** Of what `canonicalUri` gave. */
export function pathOf(canonical: string): string {
  return new URL(canonical).pathname;
}

function canonicalUrl(text: string): string | undefined {
  if (text.length > limits.sarifUriChars) return undefined;
  return URL.canParse(text) ? new URL(text).href : undefined;
}
