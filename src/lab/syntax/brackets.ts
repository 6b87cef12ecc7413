/** One item of a bracket's list. The separator after it lies in [to, next). */
interface Item {
  readonly from: number;
  /** Of what follows the key, where the item is `key: value`. */
  readonly valueFrom: number;
  readonly to: number;
  readonly next: number;
}

/** What stands between a bracket and its partner; without a partner, up to the end of the text. */
interface Bracket {
  /** Of the bracket itself; the content begins one behind. */
  readonly at: number;
  /** Of the closing bracket, or the end of the text. */
  readonly close: number;
  readonly depth: number;
  readonly items: readonly Item[];
}

interface Nesting {
  /** In the order in which they open. */
  readonly brackets: readonly Bracket[];
  /** Of texts in double quotes, quotes included. */
  readonly texts: readonly { readonly from: number; readonly to: number }[];
}

/** A bracket that waits for its partner. Without `index`: too deep to be told of. */
interface Open {
  readonly index: number | undefined;
  readonly at: number;
  readonly closer: number;
  readonly items: Item[];
  from: number;
  colon: number;
}

/** Brackets nested deeper than this are seen and not told of. */
export const depthsTold = 8;

const code = (char: string) => char.charCodeAt(0);
const [quote, backslash, colon, comma, semicolon] = ['"', '\\', ':', ',', ';'].map(code) as [number, number, number, number, number];
const closers = new Map([
  [code('['), code(']')],
  [code('{'), code('}')],
  [code('('), code(')')],
]);
const closing = new Set(closers.values());
const none: Item[] = [];
const unclosed: Bracket = { at: 0, close: 0, depth: 0, items: none };
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/**
 * Brackets, lists and texts in double quotes, as JSON and most languages have them, whatever else the bytes are: inputs that crash something
 * are seldom well formed. A closing bracket closes its nearest partner and all that is open within; without a partner it is a byte like any
 * other. Linear in the input.
 */
export function nestingOf(bytes: Uint8Array): Nesting {
  const [brackets, texts, open]: [Bracket[], { from: number; to: number }[], Open[]] = [[], [], []];
  const openBy = new Map<number, number>();
  const close = (at: number) => {
    const { index, items, from, colon: behind, closer, at: start } = open.pop()!;
    openBy.set(closer, openBy.get(closer)! - 1);
    if (index === undefined) return;
    addItem(bytes, items, from, behind, at, at);
    brackets[index] = { at: start, close: at, depth: open.length, items };
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const top = open.at(-1);
    const closer = closers.get(byte);
    if (byte === quote) {
      const to = endOfText(bytes, i);
      texts.push({ from: i, to });
      i = to - 1;
    } else if (closer !== undefined) {
      // Its place is kept free: brackets are told in the order in which they open.
      const index = open.length < depthsTold ? brackets.push(unclosed) - 1 : undefined;
      open.push({ index, at: i, closer, items: index === undefined ? none : [], from: i + 1, colon: -1 });
      openBy.set(closer, (openBy.get(closer) ?? 0) + 1);
    } else if (closing.has(byte)) {
      if (!openBy.get(byte)) continue;
      while (open.at(-1)!.closer !== byte) close(i);
      close(i);
    } else if (top?.index === undefined) {
      // Its items are nobody's.
    } else if (byte === colon && top.colon < 0) top.colon = i + 1;
    else if (byte === comma || byte === semicolon) {
      addItem(bytes, top.items, top.from, top.colon, i, i + 1);
      [top.from, top.colon] = [i + 1, -1];
    }
  }
  while (open.length > 0) close(bytes.length);
  return { brackets, texts };
}

/** Nothing but space between two separators is part of the separator before it. */
function addItem(bytes: Uint8Array, items: Item[], from: number, behindColon: number, to: number, next: number): void {
  let begin = from;
  while (begin < to && isSpace(bytes[begin]!)) begin++;
  const last = items.at(-1);
  if (begin < to) {
    if (last) items[items.length - 1] = { ...last, next: begin };
    items.push({ from: begin, valueFrom: Math.max(begin, behindColon), to, next });
  } else if (last) items[items.length - 1] = { ...last, next };
}

function endOfText(bytes: Uint8Array, from: number): number {
  for (let i = from + 1; i < bytes.length; i++) {
    if (bytes[i] === backslash) i++;
    else if (bytes[i] === quote) return i + 1;
  }
  return bytes.length;
}
