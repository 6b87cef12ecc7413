import { limits } from '../../../../base/limits.ts';
import { type Members, member, objectIn, textIn } from './members.ts';
import { canonicalUri, readUri } from './uri.ts';

/** The absolute URI of an artifact location; undefined where a base is missing, goes in a circle or is left by "..". */
export type Resolve = (location: Members) => string | undefined;

/** §3.4.4 and §3.14.14: a relative reference rests on a base, that base perhaps on another. Each base is worked out once. */
export function resolverOf(run: Members): Resolve {
  const bases = member(run, 'originalUriBaseIds');
  const known = new Map<string, string | undefined>();
  const baseOf = (id: string, open: ReadonlySet<string>): string | undefined => {
    if (open.has(id) || open.size >= limits.sarifBaseSteps) return undefined;
    if (known.has(id)) return known.get(id);
    const base = objectIn(bases, id);
    const text = textIn(base, 'uri');
    const whole = base && text !== undefined ? join(text.endsWith('/') ? text : `${text}/`, base, new Set([...open, id])) : undefined;
    known.set(id, whole);
    return whole;
  };
  const join = (text: string, location: Members, open: ReadonlySet<string>): string | undefined => {
    if (text.length > limits.sarifUriChars) return undefined;
    const uri = readUri(text);
    if (uri.absolute) return canonicalUri(uri);
    const id = textIn(location, 'uriBaseId');
    const base = id ? baseOf(id, open) : undefined;
    if (base === undefined || base.length > limits.sarifUriChars) return undefined;
    const whole = canonicalUri(readUri(base + text));
    return whole?.startsWith(base) ? whole : undefined;
  };
  return (location) => {
    const text = textIn(location, 'uri');
    return text === undefined ? undefined : join(text, location, new Set());
  };
}

/** Whether a text begins with one of many. In a sorted list without any that another one begins, only the one before it can. */
export function prefixesOf(texts: readonly string[]): (text: string) => boolean {
  const kept: string[] = [];
  for (const text of [...new Set(texts)].sort(byCodeUnits)) if (kept.length === 0 || !text.startsWith(kept.at(-1)!)) kept.push(text);
  return (text) => {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept[middle]! <= text) low = middle + 1;
      else high = middle;
    }
    return low > 0 && text.startsWith(kept[low - 1]!);
  };
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
