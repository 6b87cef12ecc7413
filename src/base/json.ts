/**
 * Whether a JSON text has more values than `most`, told before it is parsed: sixteen megabytes of `[],` become gigabytes of empty lists, and
 * the hub stands still for as long as it takes to look at each. Of a text that is no JSON, whatever is counted in it.
 */
export function hasMoreValues(text: string, most: number): boolean {
  // What would not fit even if every character began a value need not be counted.
  if (text.length <= most) return false;
  let values = 1;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) isQuoted = !isQuoted;
    else if (isQuoted) i += c === backslash ? 1 : 0;
    else if ((c === comma || c === bracket || c === brace) && ++values > most) return true;
  }
  return false;
}

const [quote, backslash, comma, bracket, brace] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];
