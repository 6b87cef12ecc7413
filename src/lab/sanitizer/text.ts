/** Linear searching in hostile lines: never a pattern of the shape `.*a.*b`, whose cost grows with the square of the line. */

/** The match of a sticky pattern right after the last `needle` for which there is one. */
export function lastAfter(line: string, needle: string, sticky: RegExp): RegExpExecArray | null {
  for (let at = line.lastIndexOf(needle); at >= 0; at = at === 0 ? -1 : line.lastIndexOf(needle, at - 1)) {
    sticky.lastIndex = at + needle.length;
    const match = sticky.exec(line);
    if (match) return match;
  }
  return null;
}

/** What follows the last `needle`; undefined when it is not there. */
export function textAfter(line: string, needle: string): string | undefined {
  const at = line.lastIndexOf(needle);
  return at < 0 ? undefined : line.slice(at + needle.length);
}

/** True when the parts stand in the line in this order without overlap. */
export function inOrder(line: string, ...parts: string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = line.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** The last match of a global pattern whose own cost is linear. */
export function lastMatch(line: string, global: RegExp): RegExpMatchArray | undefined {
  let last: RegExpMatchArray | undefined;
  for (const match of line.matchAll(global)) last = match;
  return last;
}

export function containsAny(text: string, needles: readonly string[]): boolean {
  return needles.some((needle) => text.includes(needle));
}

export function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

/** Removes every one of these characters from both ends. */
export function stripChars(text: string, chars: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && chars.includes(text[from]!)) from++;
  while (to > from && chars.includes(text[to - 1]!)) to--;
  return text.slice(from, to);
}

export function baseName(path: string): string {
  return path.replaceAll('\\', '/').split('/').at(-1)!;
}

/** 0 when the text is no hexadecimal number, as ClusterFuzz reads addresses: an unreadable address counts as null. */
export function addressValue(text: string): bigint {
  const digits = /^(?:0[xX])?([0-9a-fA-F]+)$/.exec(text.trim())?.[1];
  return digits === undefined || digits.length > 64 ? 0n : BigInt(`0x${digits}`);
}
