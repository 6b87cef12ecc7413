import { limits } from '../base/limits.ts';
/** A `multipart/mixed` body (RFC 2046 §5.1), read strictly by hand: what two readers could take differently is refused. */
export interface Part {
  /** By lower-case name; a repeated one stands as often as it came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: Buffer;
}

export interface Media {
  /** Lower case. */
  readonly type: string;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * `type; name=value; name="value"` (RFC 9110 §5.6.6); undefined when it is not that, or names a parameter twice. A backslash before anything
 * but a quote or a backslash stays: half of the world's readers keep it (`filename="C:\poc"`), so that it may be refused where it matters.
 */
export function readMedia(header: string): Media | undefined {
  const end = header.indexOf(';');
  const type = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  if (!type.split('/').every((half) => token.test(half))) return undefined;
  const parameters = new Map<string, string>();
  let rest = end < 0 ? '' : header.slice(end);
  while (rest.trim() !== '') {
    // No two runs of blanks may touch: which of them takes how many would be tried in every way.
    const match = /^[ \t]*;[ \t]*(?:([^\s=;"]+)=(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s;"]+))[ \t]*)?(?=;|$)/.exec(rest);
    if (!match) return undefined;
    rest = rest.slice(match[0].length);
    const [, name, quoted, bare] = match;
    if (name === undefined) {
      // A lone `;` at the end is harmless (RFC 9110 allows empty parameters).
      continue;
    }
    if (!token.test(name) || (bare !== undefined && !token.test(bare)) || parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted === undefined ? bare! : quoted.replace(/\\(["\\])/g, '$1'));
  }
  return { type, parameters };
}

/** The parts in order, or what is wrong with the body. */
export function readMultipart(body: Buffer, boundary: string): Part[] | string {
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{1,70}$/.test(boundary) || boundary.endsWith(' '))
    return 'the boundary must be 1 to 70 allowed characters';
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  // The first delimiter may stand at the very beginning, without the line break before it.
  let at = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2)) ? delimiter.length - 2 : after(body, delimiter, 0);
  while (at >= 0) {
    if (body.subarray(at, at + 2).toString('latin1') === '--')
      return /^[ \t]*(\r\n|$)/.test(body.subarray(at + 2, at + 258).toString('latin1')) ? parts : 'the closing boundary is malformed';
    const line = /^[ \t]*\r\n/.exec(body.subarray(at, at + 256).toString('latin1'));
    if (!line) return 'a boundary is not followed by a line break';
    const start = at + line[0].length;
    // Looked for from the line break before the headers on, so that a part without headers or body still ends.
    const end = body.indexOf(delimiter, start - 2);
    if (end < 0) return 'the closing boundary is missing';
    const part = readPart(body.subarray(start, Math.max(start, end)));
    if (typeof part === 'string') return part;
    if (parts.length === limits.multipartParts) return `a body has at most ${limits.multipartParts} parts`;
    parts.push(part);
    at = end + delimiter.length;
  }
  return parts.length === 0 ? 'the boundary does not occur in the body' : 'the closing boundary is missing';
}

function after(body: Buffer, what: Buffer, from: number): number {
  const at = body.indexOf(what, from);
  return at < 0 ? -1 : at + what.length;
}

function readPart(part: Buffer): Part | string {
  if (part.subarray(0, 2).toString('latin1') === '\r\n') return { headers: [], bytes: part.subarray(2) };
  const end = part.subarray(0, limits.partHeadBytes).indexOf('\r\n\r\n');
  if (end < 0) return 'the headers of a part do not end, or are too long';
  let head: string;
  try {
    head = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part.subarray(0, end));
  } catch {
    return 'the headers of a part are not valid UTF-8';
  }
  const headers: [string, string][] = [];
  for (const text of head.split('\r\n')) {
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(colon, 0));
    // Folded lines (RFC 5322 obs-fold) begin with a space and fail here too.
    if (!token.test(name) || /[\r\n\0]/.test(text)) return 'a header of a part is malformed';
    headers.push([name.toLowerCase(), withoutBlanks(text.slice(colon + 1))]);
  }
  return { headers, bytes: part.subarray(end + 4) };
}

/** By hand: `/[ \t]+$/` looks at every run of blanks from each of its places, and a header may be one long run. */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}
