import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from '../base/instant.ts';

/** Both ends included. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** RFC 9110 §13.2.2: If-None-Match is asked first, and If-Modified-Since only without it. `modified` is an HTTP date. */
export function isUnchanged(headers: IncomingHttpHeaders, tag: string, modified: string): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return tags.trim() === '*' || tagsIn(tags).includes(tag);
  const since = parseHttpDate(headers['if-modified-since'] ?? '');
  return since !== undefined && since >= parseHttpDate(modified)!;
}

/** §13.1.2: compared weakly. */
function tagsIn(header: string): string[] {
  return [...header.matchAll(/(?:W\/)?("[^"]*")/g)].map((m) => m[1]!);
}

/** §14.2: one range; of several, or of what is no range of bytes, the whole is sent. If-Range (§13.1.5) holds it to the state it was meant for. */
export function rangeOf(
  headers: IncomingHttpHeaders,
  size: number,
  tag: string,
  modified: string,
): ByteRange | 'unsatisfiable' | undefined {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '');
  const ifRange = headers['if-range'];
  if (!asked || (ifRange !== undefined && ifRange !== tag && ifRange !== modified)) return undefined;
  const [first, last] = [asked[1]!, asked[2]!];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return from >= size || (first === '' && Number(last) === 0) ? 'unsatisfiable' : { from, to };
}

/** §12.5.3: the better of the two that the other side takes; undefined = as it is. */
export function encodingFor(header: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const weights = new Map<string, number>();
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
    const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((v) => v !== undefined);
    weights.set(name, q === undefined ? 1 : Number(q));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const best = weight('br') >= weight('gzip') ? 'br' : 'gzip';
  return weight(best) > 0 ? best : undefined;
}
