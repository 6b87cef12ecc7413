/** What JSON calls an object, before anything is known of it. */
export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own members only: what is called `constructor` or `__proto__` is looked up like any other name. */
export function memberOf(of: unknown, name: string): unknown {
  return isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined;
}

/** An object at this path, empty where there is none. */
export function within(of: unknown, ...path: readonly string[]): Members {
  const found = path.reduce(memberOf, of);
  return isObject(found) ? found : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objectsOf(value: unknown): readonly Members[] {
  return listOf(value).filter(isObject);
}

/** A text, a number's digits, else ''. */
export function textOf(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value : '';
}

/** JSON.parse makes Infinity of 1e999, which JSON cannot say again: nothing that holds one can be digested. */
export function isNoNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== '');
}

/** As PostgreSQL can keep it: no lone surrogates, no NUL. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** One line of at most `maxBytes` (UTF-8), without control or formatting characters (a bidi override turns names around). */
export function line(text: string, maxBytes: number): string {
  const flat = clean(text.slice(0, maxBytes * 2))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  if (Buffer.byteLength(flat) <= maxBytes) return flat;
  let kept = '';
  let room = maxBytes - 3;
  for (const char of flat) {
    room -= Buffer.byteLength(char);
    if (room < 0) break;
    kept += char;
  }
  return `${kept}…`;
}

/** A JSON value made fit to be kept beside the finding: clean, at most this deep and this long, and what is beyond is left out. */
export function fitted(value: unknown, maxChars: number, depth = 8): unknown {
  let room = maxChars;
  const walk = (of: unknown, levels: number): unknown => {
    if (room <= 0) return undefined;
    room -= 2;
    if (typeof of === 'string') {
      const text = clean(of.slice(0, room));
      room -= text.length;
      return text;
    }
    if (typeof of !== 'object' || of === null) return of === undefined || isNoNumber(of) ? undefined : of;
    if (levels === 0) return undefined;
    if (Array.isArray(of)) return of.map((item) => walk(item, levels - 1)).filter((item) => item !== undefined);
    return Object.fromEntries(
      Object.entries(of).flatMap(([name, inner]) => {
        room -= name.length;
        const kept = walk(inner, levels - 1);
        return kept === undefined ? [] : [[clean(name), kept] as const];
      }),
    );
  };
  return walk(value, depth);
}
